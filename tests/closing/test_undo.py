"""Undoing a closing (R11): for ten minutes, by who closed it or a moderator, and as if it had not been."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from service.kit.clock import Clock
from tests.build import a_thread
from tests.cast import Person
from tests.closing.doing import close, do_sweep, path, reopen, set_closing, set_site, shown, told, try_reply
from tests.closing.timing import DAY, HOUR, from_now, set_timer, timers
from tests.working import Jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
MINUTE = timedelta(minutes=1)


async def undo(by: Person, thread: Json, **headers: str) -> Response:
    """Ask for the closing to be undone."""
    return await by.post(path(thread, "closure", "undo"), headers=headers)


async def undone(by: Person, thread: Json) -> Json:
    """Undo the closing; the thread that comes back."""
    answer = await undo(by, thread)
    assert answer.status_code == 200, answer.text
    seen: Json = answer.json()
    return seen


async def inbox(person: Person) -> list[str]:
    """The kinds of what somebody is told."""
    return [each["kind"] for each in (await person.get("/api/v1/notifications")).json()["items"]]


async def test_everything_is_as_it_was_before(app: FastAPI, alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    terms = {"closes_at": await from_now(app, 9 * DAY), "reopens_at": await from_now(app, 12 * DAY), "override": "open"}
    await set_closing(mona, thread, close_after_idle="P30D", **terms)
    before, planned = await shown(mona, thread), await timers(mona, thread)
    await close(mona, thread, "By mistake.")
    after = await undone(mona, thread)
    assert {**after, "version": before["version"]} == before
    assert await timers(mona, thread) == planned
    assert (await try_reply(bob, thread))[0] == 201
    (event,) = await told(app, thread, "thread.reopened")
    assert (event.actor_id, event.facts["undone"]) == (mona.id, True)


async def test_the_same_person_or_any_moderator(alice: Person, bob: Person, mona: Person, ada: Person) -> None:
    await set_site(ada, author_may_close=True)
    thread = await a_thread(by=alice)
    await close(alice, thread)
    assert (await undo(bob, thread)).status_code == 403
    assert (await undone(alice, thread))["state"] == "open"
    await close(alice, thread)
    assert (await undone(mona, thread))["state"] == "open"
    await close(mona, thread)
    assert (await undo(alice, thread)).status_code == 403, "what a moderator closed, its author does not open"
    assert (await undone(ada, thread))["state"] == "open"


async def test_who_closed_may_undo_though_authors_may_close_no_more(alice: Person, ada: Person) -> None:
    await set_site(ada, author_may_close=True)
    thread = await a_thread(by=alice)
    await close(alice, thread)
    await set_site(ada, author_may_close=False)
    assert (await undone(alice, thread))["state"] == "open"


async def test_nobody_else_and_in_the_order_of_checks(
    client: AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    assert (await client.post(path(thread, "closure", "undo"))).status_code == 401
    assert (await undo(bob, thread)).status_code == 403
    refused = await undo(mona, thread)
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid-transition")
    await mona.delete(path(thread))
    assert (await undo(bob, thread)).status_code == 404


async def test_it_is_too_late_after_ten_minutes(clock: Clock, alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await close(mona, thread)
    clock.offset += 9 * MINUTE
    assert (await undone(mona, thread))["state"] == "open"
    await close(mona, thread)
    clock.offset += 10 * MINUTE
    refused = await undo(mona, thread)
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid-transition")
    assert (await shown(mona, thread))["state"] == "closed"


async def test_a_second_undo_is_refused(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await close(mona, thread)
    await undone(mona, thread)
    assert (await undo(mona, thread)).status_code == 409


async def test_what_time_closed_or_the_archive_holds_is_not_undone(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread, archived = await a_thread(by=alice), await a_thread(by=alice, title="Archived")
    await set_timer(mona, thread, "close", after="PT1H")
    clock.offset += HOUR
    await do_sweep(app, jobs)
    assert (await undo(mona, thread)).status_code == 409
    await close(mona, archived)
    assert (await mona.put(path(archived, "archive"))).status_code == 200
    assert (await undo(mona, archived)).status_code == 409


async def test_a_closing_that_was_reopened_or_has_ended_is_not_undone(
    clock: Clock, alice: Person, mona: Person
) -> None:
    thread, temporary = await a_thread(by=alice), await a_thread(by=alice, title="For two minutes")
    await close(mona, thread)
    await reopen(mona, thread)
    assert (await undo(mona, thread)).status_code == 409
    await close(mona, temporary)
    await set_timer(mona, temporary, "open", after="PT2M")
    clock.offset += 3 * MINUTE
    assert (await undo(mona, temporary)).status_code == 409


async def test_what_was_changed_after_the_closing_stays(app: FastAPI, alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await close(mona, thread)
    await set_closing(mona, thread, closes_at=await from_now(app, 5 * DAY), close_after_age="P90D")
    before = (await shown(mona, thread))["closing"]
    assert (await undone(mona, thread))["closing"] == before
    assert [each["kind"] for each in await timers(mona, thread)] == ["close"]


async def test_the_authors_timer_that_a_moderators_closing_ended_is_back(
    alice: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, author_may_close=True)
    thread = await a_thread(by=alice)
    planned = await set_timer(alice, thread, "open", after="P1D")
    await close(mona, thread)
    assert await timers(mona, thread) == []
    await undone(mona, thread)
    assert [(each["kind"], each["at"]) for each in await timers(mona, thread)] == [("open", planned["at"])]


async def test_what_closes_the_thread_meanwhile_by_itself_is_told_with_its_own_time(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_timer(mona, thread, "close", after="PT5M")
    await close(mona, thread)
    clock.offset += 8 * MINUTE
    seen = await undone(mona, thread)
    assert (seen["state"], seen["close_reason"]) == ("closed", "scheduled")
    await do_sweep(app, jobs)
    assert [event.facts["reason"] for event in await told(app, thread, "thread.closed")] == ["manual", "scheduled"]


async def test_unread_and_unsent_notices_vanish_and_others_stay(
    app: FastAPI, jobs: Jobs, alice: Person, bob: Person, charlie: Person, mona: Person
) -> None:
    """Alice reads it on the site, bob gets no mail, charlie's letter has left."""
    thread = await a_thread(by=alice)
    await jobs()
    for person in (bob, charlie):
        await person.put(path(thread, "subscription"), {"level": "watching"})
    for person in (alice, bob):
        assert (await person.patch("/api/v1/me/notification-preferences", {"mail": False})).status_code == 200
    await close(mona, thread)
    await jobs()
    assert [await inbox(person) for person in (alice, bob, charlie)] == [["closed"]] * 3
    await alice.post("/api/v1/notifications/read", {"all": True})
    await undone(mona, thread)
    await jobs()
    assert [await inbox(person) for person in (alice, bob, charlie)] == [["closed"], [], ["closed"]]
    await close(mona, thread)
    await jobs()
    assert await inbox(bob) == ["closed"], "the next closing is told of itself"


async def test_nobody_is_told_of_a_closing_that_was_undone_before(
    app: FastAPI, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await close(mona, thread)
    await undone(mona, thread)
    await jobs()
    assert await inbox(alice) == []


async def test_undoing_and_closing_at_once_come_one_after_the_other(
    app: FastAPI, alice: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    await close(mona, thread, "First.")
    answers = await asyncio.gather(*(undo(by, thread) for by in [mona, ada] * 3), close(ada, thread, "Second."))
    statuses = [answer.status_code for answer in answers if isinstance(answer, Response)]
    assert set(statuses) <= {200, 409}
    reopened, closed = await told(app, thread, "thread.reopened"), await told(app, thread, "thread.closed")
    assert len(reopened) == statuses.count(200) >= 1, "each that was accepted undid one closing"
    assert (await shown(alice, thread))["state"] == ("closed" if len(closed) > len(reopened) else "open")


async def test_it_guards_the_version_that_was_seen(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await close(mona, thread)
    assert (await undo(mona, thread, **{"If-Match": '"v1"'})).status_code == 412
