"""A moderator closes and reopens (R11): at the JSON door."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from tests.build import a_thread
from tests.cast import Person
from tests.closing.doing import (
    close,
    do_sweep,
    instant,
    path,
    reopen,
    set_closing,
    set_site,
    shown,
    the_time,
    told,
    try_reply,
    wire,
)
from tests.working import Jobs

pytestmark = pytest.mark.anyio


async def test_a_closed_thread_says_so_and_takes_no_replies(
    app: FastAPI, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    before = await the_time(app)
    closed = await close(mona, thread, "The seminar is over.")
    assert (closed["state"], closed["close_reason"]) == ("closed", "manual")
    assert before <= instant(closed["closed_at"]) <= await the_time(app)
    assert closed["closed_at"].endswith("Z")
    assert (closed["closes_at"], closed["closure_reason"]) == (None, "The seminar is over.")
    seen = await shown(bob, thread)
    assert (seen["can_reply"], seen["cannot_reply_code"]) == (False, "thread-closed")
    status, problem = await try_reply(bob, thread)
    assert (status, problem["code"]) == (409, "thread-closed")
    assert (problem["closed_at"], problem["reason"]) == (closed["closed_at"], "manual")
    assert (await shown(bob, thread))["reply_count"] == 0


async def test_closing_again_keeps_the_first_time_and_tells_nobody_twice(
    app: FastAPI, alice: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    first = await close(mona, thread, "Settled.")
    second = await close(ada, thread, "Another reason.")
    third = await close(mona, thread)
    assert first == second == third
    (event,) = await told(app, thread, "thread.closed")
    assert (event.actor_id, event.facts["reason"]) == (mona.id, "manual")
    assert event.at == instant(first["closed_at"])
    assert event.facts["closed_at"] == first["closed_at"]


async def test_reopening_lets_people_reply_and_is_told_once(
    app: FastAPI, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await close(mona, thread, "Settled.")
    opened = await reopen(mona, thread)
    assert (opened["state"], opened["closed_at"], opened["close_reason"]) == ("open", None, None)
    assert (opened["closure_reason"], opened["closing"]["override"]) == (None, "auto")
    assert await reopen(mona, thread) == opened, "an open thread stays as it is"
    assert (await try_reply(bob, thread))[0] == 201
    assert len(await told(app, thread, "thread.reopened")) == 1
    again = await close(mona, thread)
    assert instant(again["closed_at"]) > instant(opened["created_at"])
    assert len(await told(app, thread, "thread.closed")) == 2, "a second closing is told too"


async def test_who_may_close(
    client: httpx.AsyncClient, alice: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    for verb in ("PUT", "DELETE"):
        refused = await client.request(verb, path(thread, "closure"))
        assert (refused.status_code, refused.json()["code"]) == (401, "not-signed-in")
        for member in (alice, charlie):
            refused = await member.client.request(verb, path(thread, "closure"))
            assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
        for person in (alice.client, mona.client, client):
            missing = await person.request(verb, "/api/v1/threads/999/closure")
            assert (missing.status_code, missing.json()["code"]) == (404, "not-found")
    assert (await close(ada, thread))["state"] == "closed"


async def test_an_author_may_close_where_the_site_says_so(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_site(ada, author_may_close=True)
    assert (await bob.put(path(thread, "closure"))).status_code == 403
    closed = await close(alice, thread, "I have my answer.")
    assert (closed["state"], closed["closure_reason"]) == ("closed", "I have my answer.")
    assert (await try_reply(alice, thread))[0] == 409, "whoever closes it is no moderator for that"
    assert (await reopen(alice, thread))["state"] == "open"
    await set_site(ada, author_may_close=False)
    assert (await alice.put(path(thread, "closure"))).status_code == 403


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"reason": "x" * 501}, "/reason"),
        ({"reason": 5}, "/reason"),
        ({"reason": "a\x00b"}, "/reason"),
        ({"why": "so"}, "/why"),
        ([], ""),
    ],
)
async def test_a_wrong_reason_is_refused_and_closes_nothing(
    alice: Person, mona: Person, body: object, pointer: str
) -> None:
    thread = await a_thread(by=alice)
    answer = await mona.put(path(thread, "closure"), body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await shown(mona, thread))["state"] == "open"
    assert (await alice.put(path(thread, "closure"), body)).status_code == 403, "allowed comes before valid"


async def test_a_reason_of_500_characters_is_shown_whole(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    reason = "é" * 499 + "!"
    assert (await close(mona, thread, reason))["closure_reason"] == reason


async def test_a_body_is_not_needed(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    answer = await mona.client.put(path(thread, "closure"))
    assert (answer.status_code, answer.json()["closure_reason"]) == (200, None)


async def test_reopening_what_age_has_closed_overrides_the_policy_and_says_so(
    app: FastAPI, clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, closing={"close_after_age": "P14D", "close_after_idle": "P7D"})
    thread = await a_thread(by=alice)
    clock.offset += timedelta(days=15)
    assert (await shown(bob, thread))["close_reason"] == "idle"
    opened = await reopen(mona, thread)
    assert (opened["state"], opened["closing"]["override"], opened["closes_at"]) == ("open", "open", None)
    assert (await try_reply(bob, thread))[0] == 201
    (event,) = await told(app, thread, "thread.reopened")
    assert event.facts["override"] == "open"
    clock.offset += timedelta(days=10)
    assert (await shown(bob, thread))["state"] == "open", "the override holds until somebody changes it"
    assert (await close(mona, thread))["close_reason"] == "manual", "and does not keep a moderator from closing"


async def test_reopening_a_closure_leaves_a_policy_alone_that_is_not_due(
    clock: Clock, alice: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, closing={"close_after_age": "P14D"})
    thread = await a_thread(by=alice)
    due = thread["closes_at"]
    await close(mona, thread)
    clock.offset += timedelta(days=1)
    opened = await reopen(mona, thread)
    assert (opened["closing"]["override"], opened["closes_at"]) == ("auto", due)


async def test_reopening_after_a_passed_instant_switches_that_instant_off(
    app: FastAPI, clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    due = await the_time(app) + timedelta(days=1)
    await set_site(ada, closing={"closes_at": wire(due)})
    thread = await a_thread(by=alice)
    clock.offset += timedelta(days=2)
    assert (await shown(bob, thread))["close_reason"] == "scheduled"
    opened = await reopen(mona, thread)
    assert (opened["state"], opened["closing"]["closes_at"]) == ("open", "off")
    assert (await try_reply(bob, thread))[0] == 201


async def test_a_closure_that_comes_after_the_deadline_changes_nothing(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, close_after_age="P1D")
    clock.offset += timedelta(days=3)
    closed = await close(mona, thread, "Too late to matter.")
    assert closed["close_reason"] == "age"
    assert instant(closed["closed_at"]) == instant(thread["created_at"]) + timedelta(days=1)
    await do_sweep(app, jobs)
    assert [event.facts["reason"] for event in await told(app, thread, "thread.closed")] == ["age"]


async def test_if_match_guards_closing_reopening_and_the_archive(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    for verb, what in (("PUT", "closure"), ("DELETE", "closure"), ("PUT", "archive"), ("DELETE", "archive")):
        place = f"/api/v1/threads/{thread['id']}/{what}"
        before = (await mona.get(f"/api/v1/threads/{thread['id']}")).json()
        stale = await mona.client.request(verb, place, headers={"If-Match": '"v999-x"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "edit-conflict")
        assert (await mona.get(f"/api/v1/threads/{thread['id']}")).json() == before
        fresh = await mona.client.request(verb, place, headers={"If-Match": f'"v{before["version"]}-x"'})
        assert fresh.status_code == 200
        assert fresh.json()["version"] == before["version"] + 1
