"""Reactions at the door: who gives which to what, once each, and what the posts say of them."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import select

from service.kit.database import Session
from service.kit.events import EventRow
from service.kit.queue.tables import job
from service.threads.models import REACTIONS
from tests.build import a_reply, a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


def door(post: Json, name: str = "like") -> str:
    kind = "replies" if "thread_id" in post else "threads"
    return f"/api/v1/{kind}/{post['id']}/reactions/{name}"


async def shown(person: Person | AsyncClient, post: Json) -> tuple[dict[str, int], list[str]]:
    """What the post says: the counts, and the reader's own."""
    answer = await person.get(f"/api/v1/{'replies' if 'thread_id' in post else 'threads'}/{post['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()["reactions"], answer.json()["my_reactions"]


async def scene(alice: Person, bob: Person, of: str) -> Json:
    """A post of alice's: the opening of a thread with a reply of bob's, or her reply in bob's thread."""
    if of == "opening":
        thread = await a_thread(by=alice)
        await a_reply(bob, thread)
        return thread
    return await a_reply(alice, await a_thread(by=bob))


POSTS = pytest.mark.parametrize("of", ["opening", "reply"])


@POSTS
async def test_each_name_counts_once_for_each_person(
    alice: Person, bob: Person, charlie: Person, client: AsyncClient, of: str
) -> None:
    post = await scene(alice, bob, of)
    assert (post["reactions"], post["my_reactions"]) == ({}, [])
    for _ in range(2):
        answer = await bob.put(door(post, "thanks"))
        assert (answer.status_code, answer.json()["reactions"]) == (200, {"thanks": 1})
        assert (answer.json()["id"], answer.json()["my_reactions"]) == (post["id"], ["thanks"])
    await bob.put(door(post, "like"))
    answer = await charlie.put(door(post, "thanks"))
    assert (answer.json()["reactions"], answer.json()["my_reactions"]) == ({"like": 1, "thanks": 2}, ["thanks"])
    assert await shown(bob, post) == ({"like": 1, "thanks": 2}, ["like", "thanks"])
    assert await shown(client, post) == ({"like": 1, "thanks": 2}, [])
    for _ in range(2):
        assert (await bob.delete(door(post, "thanks"))).status_code == 204
    assert await shown(bob, post) == ({"like": 1, "thanks": 1}, ["like"])
    await bob.delete(door(post, "like"))
    await charlie.delete(door(post, "thanks"))
    assert await shown(charlie, post) == ({}, [])


async def test_the_opening_and_the_replies_are_counted_apart(alice: Person, bob: Person, charlie: Person) -> None:
    thread = await a_thread(by=alice)
    replies = [await a_reply(alice, thread) for _ in range(2)]
    for post, name in ((thread, "like"), (replies[0], "agree"), (replies[1], "funny")):
        assert (await bob.put(door(post, name))).status_code == 200
        assert (await charlie.put(door(post, "disagree"))).status_code == 200
    listed = (await bob.get(f"/api/v1/threads/{thread['id']}/replies")).json()["items"]
    assert [(each["reactions"], each["my_reactions"]) for each in listed] == [
        ({"agree": 1, "disagree": 1}, ["agree"]), ({"disagree": 1, "funny": 1}, ["funny"]),
    ]  # fmt: skip
    (found,) = (await bob.get("/api/v1/threads")).json()["items"]
    assert (found["reactions"], found["my_reactions"]) == ({"like": 1, "disagree": 1}, ["like"])


@POSTS
@pytest.mark.parametrize("name", REACTIONS)
async def test_every_name_is_taken(alice: Person, bob: Person, of: str, name: str) -> None:
    answer = await bob.put(door(await scene(alice, bob, of), name))
    assert (answer.status_code, answer.json()["reactions"]) == (200, {name: 1})


@POSTS
async def test_other_names_are_nowhere(alice: Person, bob: Person, of: str) -> None:
    post = await scene(alice, bob, of)
    for name in ("love", "Like", "%E2%9D%A4", "like%20", "x" * 300):
        for answer in (await bob.put(door(post, name)), await bob.delete(door(post, name))):
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@POSTS
async def test_nobody_reacts_to_their_own(alice: Person, bob: Person, of: str) -> None:
    post = await scene(alice, bob, of)
    for answer in (await alice.put(door(post)), await alice.delete(door(post))):
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")


@POSTS
async def test_a_guest_is_asked_to_sign_in(alice: Person, bob: Person, client: AsyncClient, of: str) -> None:
    post = await scene(alice, bob, of)
    for answer in (await client.put(door(post)), await client.delete(door(post))):
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


@POSTS
async def test_a_hidden_post_is_not_there_and_shows_its_counts_again_when_it_is(
    alice: Person, bob: Person, mona: Person, of: str
) -> None:
    post = await scene(alice, bob, of)
    await bob.put(door(post))
    moderation = door(post).replace("reactions/like", "moderation")
    assert (await mona.put(moderation, {"action": "hide"})).status_code == 200
    for person in (bob, mona):
        for answer in (await person.put(door(post)), await person.delete(door(post))):
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    await mona.put(moderation, {"action": "restore"})
    assert await shown(bob, post) == ({"like": 1}, ["like"])


async def test_a_stub_says_nothing_of_reactions(alice: Person, bob: Person, charlie: Person) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    await a_reply(alice, thread, parent=reply["id"])
    await charlie.put(door(reply))
    assert (await bob.delete(f"/api/v1/replies/{reply['id']}")).status_code == 204
    assert await shown(charlie, reply) == ({}, [])
    assert (await charlie.put(door(reply))).status_code == 404


@POSTS
async def test_what_one_may_not_see_is_not_there(ada: Person, bob: Person, mona: Person, of: str) -> None:
    await ada.post("/api/v1/categories", {"name": "Backroom", "visibility": "staff"})
    thread = await a_thread(by=ada, category="backroom")
    post = thread if of == "opening" else await a_reply(ada, thread)
    assert (await mona.put(door(post))).status_code == 200
    for path in (door(post), door(post).replace(f"/{post['id']}/", "/999999/")):
        for answer in (await bob.put(path), await bob.delete(path)):
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@POSTS
async def test_an_archived_thread_takes_none_from_anybody(alice: Person, bob: Person, mona: Person, of: str) -> None:
    post = await scene(alice, bob, of)
    await bob.put(door(post))
    assert (await mona.put(f"/api/v1/threads/{post.get('thread_id', post['id'])}/archive")).status_code == 200
    for person in (bob, mona):
        for answer in (await person.put(door(post, "agree")), await person.delete(door(post))):
            assert (answer.status_code, answer.json()["code"]) == (409, "thread-closed")
    assert await shown(bob, post) == ({"like": 1}, ["like"])


@POSTS
@pytest.mark.parametrize("also", [[], ["edits"], ["reactions"], ["reactions", "edits"]])
async def test_a_closed_thread_takes_them_unless_the_site_says_otherwise(
    alice: Person, bob: Person, mona: Person, ada: Person, of: str, also: list[str]
) -> None:
    post = await scene(alice, bob, of)
    assert (await bob.put(door(post))).status_code == 200
    set_so = await ada.patch("/api/v1/site", {"close_also": also}, headers={"If-Match": "*"})
    assert set_so.status_code == 200, set_so.text
    assert (await mona.put(f"/api/v1/threads/{post.get('thread_id', post['id'])}/closure", {})).status_code == 200
    expected = (409, 409) if "reactions" in also else (200, 204)
    answers = await bob.put(door(post, "agree")), await bob.delete(door(post))
    assert tuple(answer.status_code for answer in answers) == expected
    assert [answer.json()["code"] for answer in answers if answer.status_code == 409] == (
        ["thread-closed"] * 2 if "reactions" in also else []
    )
    assert (await mona.put(door(post, "thanks"))).status_code == 200, "who moderates may"


@POSTS
async def test_nobody_is_told_and_no_version_rises(app: FastAPI, alice: Person, bob: Person, of: str) -> None:
    post = await scene(alice, bob, of)

    def facts(session: Session) -> int:
        return len(session.execute(job.select()).all())

    before = await app.state.database.read(facts)
    answer = await bob.put(door(post))
    assert answer.json()["version"] == post["version"]
    await bob.delete(door(post))
    assert await app.state.database.read(facts) == before
    noted = await app.state.database.read(lambda session: session.scalars(select(EventRow).order_by("id")).all()[-2:])
    assert [(event.kind, event.actor_id, event.audience) for event in noted] == [("post.reacted", None, "staff")] * 2


@POSTS
async def test_the_etag_follows_the_counts_and_an_edit_is_not_disturbed(alice: Person, bob: Person, of: str) -> None:
    post = await scene(alice, bob, of)
    url = door(post).removesuffix("/reactions/like")
    tag = (await alice.get(url)).headers["etag"]
    assert (await alice.get(url, headers={"If-None-Match": tag})).status_code == 304
    await bob.put(door(post))
    assert (await alice.get(url, headers={"If-None-Match": tag})).status_code == 200
    assert (await alice.patch(url, {"body": "In other words."}, headers={"If-Match": tag})).status_code == 200
    assert (await shown(bob, post))[0] == {"like": 1}
