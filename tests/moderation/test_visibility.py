"""What is held, hidden, rejected, spam or trashed is nowhere for those who may not see it: every GET route, every role.

The routes are read off the application, so that a new one is walked too.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from service import wiring
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import WAYS, Json, at, hold_all, step
from tests.working import Jobs

pytestmark = pytest.mark.anyio

WORDS = ("xylophone", "marimba", "zither", "theremin")
"""In the title, the text, the tag and the source of the secret post, and nowhere else."""

QUERIES = {
    "/api/v1/threads": ("", "?author=bob", "?tag=zither", "?state=open", "?state=closed", "?sort=new", "?sort=top"),
    "/u/{username}": ("",),
    "/mod/queue": ("", "?show=trash", "?show=hidden", "?show=spam", "?show=rejected"),
    "/api/v1/reviews": ("", "?state=open", "?state=decided"),
}
SEEN_BY_AUTHOR = ("pending", "published", "hidden", "rejected")
AUTHORS_PLACES = ("/notifications", "/api/v1/notifications")


def patterns() -> Iterator[str]:
    """The paths of all GET routes, with their parameters by name."""
    for routers, prefix in ((wiring.ROUTERS, "/api/v1"), (wiring.PAGES, "")):
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                    yield prefix + route.path


def filled(pattern: str, values: dict[str, Any]) -> list[str]:
    """The addresses of a pattern; none where a value is missing (static files, letters' links, problems)."""
    try:
        path = pattern.format(**values)
    except KeyError:
        return []
    return [path + query for query in QUERIES.get(pattern, ("",))]


def values_for(pattern: str, thread: Json, reply: Json) -> dict[str, Any]:
    """What to put into a route's path: the secret post, and the lists it would stand in."""
    slug = thread["slug"] if pattern.startswith("/t/") else "zither" if "/tags/" in pattern else "general"
    named = {"thread_id": thread["id"], "reply_id": reply["id"], "number": reply["number"] or 1, "review_id": 1}
    return named | {"slug": slug, "username": "bob"}


def leaks(answer: httpx.Response, asked: str = "") -> list[str]:
    """The secret words in an answer, its headers and its redirects included, but those that were asked with."""
    told = answer.text.lower() + str(answer.headers).lower()
    return [word for word in WORDS if word in told and word not in asked.lower()]


async def look(browser: httpx.AsyncClient, path: str) -> httpx.Response:
    """GET, and HEAD, which must say the same."""
    answer = await browser.get(path)
    head = await browser.head(path)
    assert (head.status_code, head.content) == (answer.status_code, b""), path
    return answer


async def secret_thread(bob: Person) -> Json:
    """A thread that says all the words."""
    source = [{"title": "On the theremin", "author": "L. T."}]
    return await a_thread(by=bob, title="Xylophone", body="A *marimba*.", tags=["zither"], sources=source)


@pytest.mark.parametrize("state", [state for state in WAYS if state != "published"])
async def test_a_thread_is_nowhere(
    client: httpx.AsyncClient, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person,
    jobs: Jobs, state: str,
) -> None:  # fmt: skip
    await hold_all(ada)
    thread = await secret_thread(bob)
    for action in WAYS[state]:
        await step(mona, thread, action, "Of the zither.")
    await jobs()
    people = {"guest": client, "stranger": charlie.client, "author": bob.client, "moderator": mona.client}
    reads = {"moderator"} if not state.startswith("trashed") else set()
    reads |= {"author"} if state in SEEN_BY_AUTHOR else set()
    wrong = []
    for who, browser in people.items():
        for pattern in patterns():
            for path in filled(pattern, values_for(pattern, thread, {"id": 999, "number": 1})):
                answer = await look(browser, path)
                if "{thread_id}" in pattern and who not in reads and answer.status_code != 404:
                    wrong.append(f"{who} {path}: {answer.status_code}")
                of_moderators = "/mod/" in path or "/reviews" in path
                if (who not in reads and not (who == "moderator" and of_moderators)) and leaks(answer, path):
                    wrong.append(f"{who} {path} says {leaks(answer, path)}")
        unused = await browser.get("/tags/unused")
        if who not in reads or state != "pending":
            assert (await browser.get("/tags/zither")).status_code == unused.status_code, f"{who} learns of the tag"
    assert not wrong, "\n".join(wrong)
    for who in reads:
        assert leaks(await people[who].get(thread["url"])) == list(WORDS), who
        assert (await people[who].get(at(thread))).json()["moderation"] == state.partition(",")[0]
    queue = await mona.get(
        {"pending": "/mod/queue"}.get(state, f"/mod/queue?show={state.partition(',')[0].replace('trashed', 'trash')}")
    )
    assert "Xylophone" in queue.text


@pytest.mark.parametrize("state", [state for state in WAYS if state != "published"])
async def test_a_reply_is_nowhere(
    client: httpx.AsyncClient, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person,
    jobs: Jobs, state: str,
) -> None:  # fmt: skip
    thread = await a_thread(by=alice)
    await charlie.put(f"/api/v1/threads/{thread['id']}/subscription", {"level": "watching"})
    await hold_all(ada)
    reply = await a_reply(bob, thread, "The marimba, @charlie.")
    for action in WAYS[state]:
        await step(mona, reply, action)
    await jobs()
    people = {"guest": client, "stranger": charlie.client, "threads author": alice.client, "author": bob.client}
    people["moderator"] = mona.client
    reads = {"moderator"} if not state.startswith("trashed") else set()
    reads |= {"author"} if state in SEEN_BY_AUTHOR else set()
    number = 1 if "once" in state or state == "hidden" else None
    wrong = []
    for who, browser in people.items():
        for pattern in patterns():
            for path in filled(pattern, values_for(pattern, thread, {"id": reply["id"], "number": number})):
                answer = await look(browser, path)
                names_it = "{reply_id}" in pattern or ("{number}" in pattern and number)
                if names_it and who not in reads and answer.status_code != 404:
                    wrong.append(f"{who} {path}: {answer.status_code}")
                of_moderators = "/mod/" in path or "/reviews" in path
                if (who not in reads and not (who == "moderator" and of_moderators)) and leaks(answer, path):
                    wrong.append(f"{who} {path} says {leaks(answer, path)}")
        for path in AUTHORS_PLACES if who in ("stranger", "threads author") else ():
            shown = (await browser.get(path)).text
            assert f"#reply-{reply['id']}" not in shown, "nobody is shown a notice of it"
    assert not wrong, "\n".join(wrong)
    for who in reads:
        assert (await people[who].get(at(reply))).json()["body"] == "The marimba, @charlie."
    seen = (await client.get(f"/api/v1/threads/{thread['id']}")).json()
    assert (seen["reply_count"], seen["last_reply_at"]) == (0, None)
    told = (await alice.get(f"/api/v1/threads/{thread['id']}/events?after=0&limit=100")).json()["items"]
    public = [event for event in told if event["subject"]["type"] == "reply"]
    assert bool(public) == bool(number), "of what was never public nobody but moderators hears"


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
