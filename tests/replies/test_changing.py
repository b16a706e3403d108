"""Editing and deleting replies: who may, over which version, and what stays."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import Session, col

from service.kit.actor import SYSTEM
from service.replies.models import Reply
from service.replies.queries import lock_reply
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.replies.test_posting import replies_of

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


def at(reply: Json) -> str:
    """The reply's address in the API."""
    return f"/api/v1/replies/{reply['id']}"


async def test_the_author_and_moderators_edit(alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    edited = (await bob.patch(at(reply), {"body": "The numbers hide *families*."})).json()
    assert (edited["body"], edited["version"], edited["number"]) == ("The numbers hide *families*.", 2, 1)
    assert "<em>families</em>" in edited["body_html"]
    assert edited["edited_at"] > edited["created_at"]
    assert (await mona.patch(at(reply), {"body": "Mended."})).json()["version"] == 3
    assert (await bob.get(at(reply))).json()["author"]["username"] == "bob"
    assert (await alice.get(f"/api/v1/threads/{thread['id']}")).json()["version"] == 1


async def test_the_checks_come_in_their_order(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await ada.post("/api/v1/categories", {"name": "Staff", "visibility": "staff"})
    hidden = await a_reply(mona, await a_thread(by=mona, category="staff"))
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    wrong, stale = {"body": ""}, {"If-Match": '"v7-old"'}
    for verb, body in (("PATCH", wrong), ("DELETE", None)):
        for browser, address, status in (
            (client, "/api/v1/replies/999", 404),
            (client, at(hidden), 404),
            (bob.client, at(hidden), 404),
            (client, at(reply), 401),
            (alice.client, at(reply), 403),
        ):
            answer = await browser.request(verb, address, json=body, headers=stale)
            assert answer.status_code == status, (verb, address)
    assert (await bob.patch(at(reply), wrong, headers=stale)).status_code == 422
    assert (await bob.patch(at(reply), {"body": "New."}, headers=stale)).status_code == 412
    assert (await bob.delete(at(reply), headers=stale)).status_code == 412
    await mona.put(f"/api/v1/threads/{thread['id']}/archive")
    assert (await bob.patch(at(reply), wrong)).status_code == 422
    assert (await bob.patch(at(reply), {"body": "New."})).status_code == 409
    assert (await bob.delete(at(reply))).status_code == 409


async def test_a_closed_thread_lets_authors_mend_what_they_wrote(alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    reply, other = await a_reply(bob, thread), await a_reply(bob, thread)
    await mona.put(f"/api/v1/threads/{thread['id']}/closure")
    assert (await bob.patch(at(reply), {"body": "Mended."})).status_code == 200
    assert (await bob.delete(at(other))).status_code == 204


async def test_two_edits_at_once_the_second_is_told(bob: Person, mona: Person) -> None:
    reply = await a_reply(bob, await a_thread(by=bob))
    tag = (await bob.get(at(reply))).headers["etag"]
    first = await bob.patch(at(reply), {"body": "Mine."}, headers={"If-Match": tag})
    assert first.status_code == 200
    second = await mona.patch(at(reply), {"body": "No, mine."}, headers={"If-Match": tag})
    assert (second.status_code, second.json()["code"], second.json()["version"]) == (412, "edit-conflict", 2)
    third = await mona.patch(at(reply), {"body": "Then again."}, headers={"If-Match": first.headers["etag"]})
    assert third.json()["body"] == "Then again."


async def test_etags_answer_304_and_malformed_ones_422(bob: Person) -> None:
    reply = await a_reply(bob, await a_thread(by=bob))
    tag = (await bob.get(at(reply))).headers["etag"]
    for known in (tag, "*", f'"other", {tag}', f"W/{tag}"):
        answer = await bob.get(at(reply), headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag), known
    assert (await bob.get(at(reply), headers={"If-None-Match": '"other"'})).status_code == 200
    for wrong in ("1", "v1", '"v1', "latest"):
        answer = await bob.patch(at(reply), {"body": "New."}, headers={"If-Match": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/If-Match"), wrong
    for foreign in ('"other"', '"v0-abc"', '"v2-abc"', '"v-1"'):
        assert (await bob.patch(at(reply), {"body": "New."}, headers={"If-Match": foreign})).status_code == 412, foreign
    for fits in ("*", tag, f'"other", {tag}'):
        fresh = (await bob.get(at(reply))).headers["etag"]
        used = fits.replace(tag, fresh)
        assert (await bob.patch(at(reply), {"body": "New."}, headers={"If-Match": used})).status_code == 200, fits


async def test_a_deleted_reply_leaves_the_list_and_its_number_is_never_used_again(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    first, last = await a_reply(bob, thread), await a_reply(bob, thread)
    for reply in (last, first):
        assert (await bob.delete(at(reply))).status_code == 204
        assert (await bob.get(at(reply))).status_code == 404
        for answer in (await bob.delete(at(reply)), await bob.patch(at(reply), {"body": "Back."})):
            assert answer.status_code == 404
    assert await replies_of(bob, thread) == []
    seen = (await alice.get(f"/api/v1/threads/{thread['id']}")).json()
    assert (seen["reply_count"], seen["last_reply_at"]) == (0, None)
    assert (await a_reply(bob, thread))["number"] == 3


async def test_a_deleted_reply_that_was_answered_stays_as_a_stub_until_nothing_hangs_on_it(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    root = await a_reply(bob, thread, "The root.")
    middle = await a_reply(alice, thread, "The middle.", parent=root["id"])
    leaf = await a_reply(bob, thread, "The leaf.", parent=middle["id"])
    assert (await bob.delete(at(root))).status_code == 204
    assert (await mona.delete(at(middle))).status_code == 204
    listed = await replies_of(bob, thread)
    assert [reply["moderation"] for reply in listed] == ["trashed", "trashed", "published"]
    for stub in listed[:2]:
        assert (stub["author"], stub["body"], stub["body_html"]) == (None, None, None)
    assert "The root" not in (await bob.get(thread["url"])).text
    assert (await bob.get(at(root))).json()["body"] is None
    assert (await mona.get(f"/api/v1/threads/{thread['id']}")).json()["reply_count"] == 1
    assert (await bob.patch(at(root), {"body": "Back."})).status_code == 404
    assert (await bob.delete(at(leaf))).status_code == 204
    assert await replies_of(bob, thread) == [], "the stubs go with the last reply they held"


async def test_a_stub_stays_while_any_branch_stands(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    root = await a_reply(bob, thread)
    one, two = await a_reply(alice, thread, parent=root["id"]), await a_reply(alice, thread, parent=root["id"])
    await bob.delete(at(root))
    await alice.delete(at(one))
    assert [reply["number"] for reply in await replies_of(bob, thread)] == [1, 3]
    await alice.delete(at(two))
    assert await replies_of(bob, thread) == []


async def test_a_reply_is_read_afresh_once_its_thread_is_locked(app: FastAPI, alice: Person, bob: Person) -> None:
    reply = await a_reply(bob, await a_thread(by=alice))

    def lock(session: Session) -> tuple[int, int]:
        read_before = session.get_one(Reply, reply["id"])
        by_another = update(Reply).where(col(Reply.id) == reply["id"]).values(version=7)
        session.execute(by_another.execution_options(synchronize_session=False))
        _, found = lock_reply(session, SYSTEM, reply["id"])
        return found.reply.version, read_before.version

    assert await app.state.database.write(lock) == (7, 7)
