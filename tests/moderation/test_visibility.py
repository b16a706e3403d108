"""What stubs, tags of versions, redirects and earlier texts tell of posts that not everybody may see; every other place
is walked in test_leaks.py.
"""

import httpx
import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import Json, at, hold_all, hold_none, step

pytestmark = pytest.mark.anyio

WORDS = ("xylophone", "marimba", "zither", "theremin")
"""In the title, the text, the tag and the source of the secret post, and nowhere else."""


def leaks(answer: httpx.Response, asked: str = "") -> list[str]:
    """The secret words in an answer, its headers and its redirects included, but those that were asked with."""
    told = answer.text.lower() + str(answer.headers).lower()
    return [word for word in WORDS if word in told and word not in asked.lower()]


async def secret_thread(bob: Person) -> Json:
    """A thread that says all the words."""
    source = [{"title": "On the theremin", "author": "L. T."}]
    return await a_thread(by=bob, title="Xylophone", body="A *marimba*.", tags=["zither"], sources=source)


async def test_a_stub_keeps_its_secret(client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread, "The marimba.")
    await a_reply(alice, thread, "An answer.", parent=reply["id"])
    for action in ("hide", "restore", "spam"):
        await step(mona, reply, action, "No marimba here.")
        if action == "restore":
            continue
        for path in (
            thread["url"],
            at(reply),
            f"/api/v1/threads/{thread['id']}/replies",
            f"/t/{thread['id']}/feed.atom",
        ):
            assert not leaks(await client.get(path)), (action, path)
        stub = (await client.get(at(reply))).json()
        assert (stub["body"], stub["body_html"], stub["author"], stub["number"]) == (None, None, None, 1)
        assert (await client.get(f"/t/{thread['id']}/replies/1/edit")).status_code == 404
        assert (await client.get(f"{at(reply)}/revisions")).status_code == 404
    assert "An answer." in (await client.get(thread["url"])).text


async def test_an_etag_is_of_what_the_reader_sees(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    await a_reply(alice, thread, parent=reply["id"])
    tag = (await client.get(at(reply))).headers["etag"]
    await step(mona, reply, "hide")
    answer = await client.get(at(reply), headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()["body"]) == (200, None)
    assert (await client.get(at(reply))).headers["etag"] != (await mona.get(at(reply))).headers["etag"]


async def test_a_redirect_does_not_tell_a_title(client: httpx.AsyncClient, bob: Person, ada: Person) -> None:
    await hold_all(ada)
    thread = await secret_thread(bob)
    for path in (f"/t/{thread['id']}", f"/t/{thread['id']}/wrong", f"/t/{thread['id']}?page=2"):
        answer = await client.get(path)
        assert (answer.status_code, leaks(answer)) == (404, []), path
    assert (await bob.get(f"/t/{thread['id']}")).status_code == 301


async def test_what_was_changed_before_it_was_published_stays_with_author_and_moderators(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    """Only the text that was approved, and what came after it, is everybody's; the numbers are the same for all."""
    thread = await a_thread(by=mona)
    await hold_all(ada)
    for post in (await a_reply(bob, thread, "My marimba."), await a_thread(by=bob, body="My marimba.")):
        await bob.patch(at(post), {"body": "My zither."})
        await bob.patch(at(post), {"body": "Approved."})
        await step(mona, post, "approve")
        await hold_none(ada)  # else what is said after would wait too
        await bob.patch(at(post), {"body": "Said after."})
        read = [(reader, (await reader.get(f"{at(post)}/revisions")).json()) for reader in (client, alice, bob, mona)]
        for reader, page in read:
            seen = [each["number"] for each in page["items"]]
            assert (seen, page["next"]) == ([4, 3, 2, 1] if reader in (bob, mona) else [4, 3], None)
        first = await client.get(f"{at(post)}/revisions?limit=1")
        second = await client.get(first.links["next"]["url"] + "&limit=1")
        assert [each["body"] for each in second.json()["items"]] == ["Approved."]
        assert second.json()["next"] is None
        shown = (await mona.get(at(post))).json()["url"].partition("#")[0]
        path = f"{shown}/revisions" if "title" in post else f"/t/{thread['id']}/replies/1/revisions"
        assert leaks(await client.get(path)) == []
        assert "Earlier edits" not in (await client.get(path)).text
        assert "marimba" in (await bob.get(path)).text
