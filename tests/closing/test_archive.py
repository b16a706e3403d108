"""The archive (R15): nobody posts, nothing is edited, nobody deletes; and moderators in a closed thread, who may."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import (
    Json,
    close,
    do_sweep,
    instant,
    path,
    reopen,
    set_closing,
    set_site,
    shown,
    told,
    try_reply,
)
from tests.working import Jobs

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def archive(by: Person, thread: Json) -> Json:
    """Archive the thread; the thread that comes back."""
    answer = await by.put(path(thread, "archive"))
    assert answer.status_code == 200, answer.text
    archived: Json = answer.json()
    return archived


async def test_in_the_archive_nobody_posts_edits_or_deletes(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    first = await archive(mona, thread)
    assert (first["state"], first["close_reason"], first["can_reply"]) == ("archived", "archived", False)
    assert first["cannot_reply_code"] == "thread-closed"
    assert await archive(ada, thread) == first, "the first time stays"
    replies = f"/api/v1/replies/{reply['id']}"
    refusals = [await person.post(path(thread, "replies"), {"body": "Still?"}) for person in (alice, bob, mona, ada)]
    refusals += [await person.patch(path(thread), {"title": "New"}) for person in (alice, mona)]
    refusals += [await person.patch(replies, {"body": "New"}) for person in (bob, mona)]
    refusals += [await bob.delete(replies), await mona.delete(replies), await ada.delete(path(thread))]
    for refused in refusals:
        problem = refused.json()
        assert (refused.status_code, problem["code"], problem.get("reason")) == (409, "thread-closed", "archived")
        assert problem["closed_at"] == first["closed_at"]
    refused = await mona.delete(path(thread, "closure"))
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid-transition")
    closed = await mona.put(path(thread, "closure"))
    assert (closed.status_code, closed.json()["state"]) == (200, "archived"), "it is closed already"
    assert (await shown(bob, thread))["reply_count"] == 1


async def test_an_author_without_replies_may_not_delete_in_the_archive_either(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await archive(mona, thread)
    assert (await alice.delete(path(thread))).status_code == 409


async def test_out_of_the_archive_a_thread_is_as_its_other_terms_say(
    app: FastAPI, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await archive(mona, thread)
    freed = (await mona.delete(path(thread, "archive"))).json()
    assert (freed["state"], freed["closed_at"]) == ("open", None)
    assert (await try_reply(bob, thread))[0] == 201
    closed = await close(mona, thread)
    await archive(mona, thread)
    freed = (await mona.delete(path(thread, "archive"))).json()
    assert (freed["state"], freed["closed_at"], freed["close_reason"]) == ("closed", closed["closed_at"], "manual")
    assert (await mona.delete(path(thread, "archive"))).json() == freed, "out is out"
    assert len(await told(app, thread, "thread.archived")) == 2
    assert len(await told(app, thread, "thread.unarchived")) == 2
    assert len(await told(app, thread, "thread.closed")) == 1


async def test_a_deadline_that_passes_in_the_archive_is_told_afterwards(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, close_after_age="P3D")
    await archive(mona, thread)
    clock.offset += 5 * DAY
    await do_sweep(app, jobs)
    assert await told(app, thread, "thread.closed") == []
    freed = (await mona.delete(path(thread, "archive"))).json()
    assert (freed["state"], freed["close_reason"]) == ("closed", "age")
    await do_sweep(app, jobs)
    (event,) = await told(app, thread, "thread.closed")
    assert event.at == instant(thread["created_at"]) + 3 * DAY


async def test_who_may_archive(client: httpx.AsyncClient, alice: Person, ada: Person) -> None:
    thread = await a_thread(by=alice)
    await set_site(ada, author_may_close=True)
    for verb in ("PUT", "DELETE"):
        assert (await client.request(verb, path(thread, "archive"))).status_code == 401
        assert (await alice.client.request(verb, path(thread, "archive"))).status_code == 403
        assert (await client.request(verb, "/api/v1/threads/999/archive")).status_code == 404
    assert (await archive(ada, thread))["state"] == "archived"


async def test_a_moderator_may_post_in_a_closed_thread_and_the_reply_says_so(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    before = await a_reply(mona, thread)
    assert before["posted_while_closed"] is False
    await close(mona, thread)
    seen = await shown(mona, thread)
    assert (seen["state"], seen["can_reply"], seen["cannot_reply_code"]) == ("closed", True, None)
    status, reply = await try_reply(mona, thread)
    assert (status, reply["posted_while_closed"], reply["number"]) == (201, True, 2)
    assert (await try_reply(bob, thread))[0] == 409
    await reopen(mona, thread)
    assert (await a_reply(bob, thread))["posted_while_closed"] is False
    listed = (await bob.get(path(thread, "replies"))).json()["items"]
    assert [item["posted_while_closed"] for item in listed] == [False, True, False]


async def test_a_moderators_post_does_not_reopen_what_silence_has_closed(
    clock: Clock, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, close_after_idle="P7D")
    first = await a_reply(bob, thread)
    clock.offset += 8 * DAY
    closed = await shown(bob, thread)
    assert closed["close_reason"] == "idle"
    status, reply = await try_reply(mona, thread)
    assert (status, reply["posted_while_closed"]) == (201, True)
    seen = await shown(bob, thread)
    assert (seen["state"], seen["closed_at"]) == ("closed", closed["closed_at"])
    assert (seen["last_reply_at"], seen["reply_count"]) == (reply["created_at"], 2)
    assert (await try_reply(bob, thread))[0] == 409
    await mona.delete(f"/api/v1/replies/{first['id']}")
    seen = await shown(bob, thread)
    assert instant(seen["closed_at"]) == instant(thread["created_at"]) + 7 * DAY
    assert seen["last_reply_at"] == reply["created_at"]


async def test_a_token_without_the_scope_to_moderate_meets_the_closed_door(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    made = await mona.post("/api/v1/tokens", {"name": "a script", "scopes": ["read", "write"]})
    await close(mona, thread)
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    refused = await mona.post(path(thread, "replies"), {"body": "By script."}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "thread-closed")
    seen = (await mona.get(path(thread), headers=headers)).json()
    assert (seen["can_reply"], seen["cannot_reply_code"]) == (False, "thread-closed")
    assert (await mona.put(path(thread, "archive"), headers=headers)).status_code == 403
