"""The sweep only tells: once per closing, with the deadline as its time; and a policy that reopens is told too."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from service.app import create_app
from service.closing.jobs import AT_ONCE
from service.kit.clock import Clock
from service.kit.database import Session
from service.kit.queue import enqueue
from service.settings import Settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import (
    close,
    do_sweep,
    instant,
    reopen,
    set_category,
    set_closing,
    set_site,
    shown,
    sweep_now,
    told,
    try_reply,
)
from tests.working import Jobs

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def test_a_closing_is_told_once_with_the_deadline_as_its_time_after_downtime_too(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice, title="Open for ever")
    await set_closing(mona, thread, close_after_age="P7D")
    await do_sweep(app, jobs)
    assert await told(app, thread, "thread.closed") == [], "nothing is told before the deadline"
    clock.offset += 20 * DAY  # nobody worked for two weeks
    for _ in range(3):
        await do_sweep(app, jobs)
    (event,) = await told(app, thread, "thread.closed")
    due = instant(thread["created_at"]) + 7 * DAY
    assert (event.at, instant(event.facts["closed_at"]), event.facts["reason"]) == (due, due, "age")
    assert (event.actor_id, event.actor_role) == (None, "system"), "nobody did it: time did"
    assert await told(app, other, "thread.closed") == []
    seen = await shown(alice, thread)
    assert (instant(seen["closed_at"]), seen["version"]) == (due, thread["version"] + 1), "telling changes nothing"


async def test_the_thread_is_closed_before_any_sweep(clock: Clock, alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "PT1H"})
    clock.offset += timedelta(hours=1)
    assert (await try_reply(bob, thread))[0] == 409


async def test_nobody_is_told_of_a_closing_that_was_lifted_or_never_came(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    reopened, answered = await a_thread(by=alice), await a_thread(by=alice)
    for thread in (reopened, answered):
        await set_closing(mona, thread, close_after_idle="P7D")
    clock.offset += 6 * DAY
    await a_reply(bob, answered)
    clock.offset += 2 * DAY
    await reopen(mona, reopened)
    await do_sweep(app, jobs)
    (closing,) = await told(app, reopened, "thread.closed")
    (opening,) = await told(app, reopened, "thread.reopened")
    assert closing.at == instant(reopened["created_at"]) + 7 * DAY
    assert (closing.id or 0) < (opening.id or 0), "whoever follows the events hears both, in order"
    notices = (await alice.get("/api/v1/notifications")).json()["items"]
    assert [notice["kind"] for notice in notices] == ["reply"]
    assert await told(app, answered, "thread.closed") == []
    clock.offset += 5 * DAY
    await do_sweep(app, jobs)
    assert len(await told(app, answered, "thread.closed")) == 1


async def test_a_thread_that_is_gone_is_not_told_of(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P1D"})
    await mona.delete(f"/api/v1/threads/{thread['id']}")
    clock.offset += 2 * DAY
    await do_sweep(app, jobs)
    assert await told(app, thread, "thread.closed") == []


async def test_two_workers_at_once_tell_once(
    app: FastAPI, clock: Clock, settings: Settings, alice: Person, mona: Person
) -> None:
    threads = [await a_thread(by=alice, title=f"Thread {number}") for number in range(5)]
    await close_after_a_day(mona, threads)
    clock.offset += 2 * DAY
    second = create_app(settings, clock=clock, worker=False)
    async with second.router.lifespan_context(second):
        databases = [app.state.database, second.state.database] * 3
        await asyncio.gather(*(database.write(sweep_now) for database in databases))
    for thread in threads:
        assert len(await told(app, thread, "thread.closed")) == 1


async def close_after_a_day(mona: Person, threads: list[dict[str, object]]) -> None:
    """Every thread closes after a day."""
    for thread in threads:
        await set_closing(mona, thread, close_after_age="P1D")


async def test_more_than_a_hundred_closings_are_told_job_by_job(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    await app.state.database.write(copy_thread, thread["id"], AT_ONCE + 30)
    await set_site(ada, closing={"close_after_age": "P1D"})
    clock.offset += 2 * DAY
    await do_sweep(app, jobs)
    assert await app.state.database.read(count_kind, "thread.closed") == AT_ONCE + 31
    await set_site(ada, closing={"close_after_age": "P9D"})
    await jobs()
    assert await app.state.database.read(count_kind, "thread.reopened") == AT_ONCE + 31


def copy_thread(session: Session, thread_id: int, times: int) -> None:
    """The same thread again and again."""
    columns = (
        "category_id, author_id, title, slug, body, body_html, renderer, moderation, created_at, published_at, version,"
        " last_number, reply_count, idle_anchor, closure_reason, override"
    )
    copy = text(f"INSERT INTO thread ({columns}) SELECT {columns} FROM thread WHERE id = :id")
    for _ in range(times):
        session.execute(copy, {"id": thread_id})


def count_kind(session: Session, kind: str) -> int:
    """How many events of a kind there are."""
    return int(session.scalar(text("SELECT count(*) FROM event WHERE kind = :kind"), {"kind": kind}) or 0)


async def test_a_policy_that_reopens_is_told_once_and_the_next_closing_again(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, ada: Person
) -> None:
    await set_site(ada, closing={"close_after_age": "P7D"})
    thread = await a_thread(by=alice)
    clock.offset += 8 * DAY
    await do_sweep(app, jobs)
    await set_category(ada, closing={"close_after_age": "P14D"})
    assert (await try_reply(bob, thread))[0] == 201, "it is open before anybody is told"
    for _ in range(2):
        await jobs()
    (event,) = await told(app, thread, "thread.reopened")
    assert (event.actor_id, event.facts["override"]) == (None, "auto")
    await set_site(ada, name="Another name")
    await jobs()
    assert len(await told(app, thread, "thread.reopened")) == 1
    clock.offset += 7 * DAY
    await do_sweep(app, jobs)
    assert [event.at for event in await told(app, thread, "thread.closed")] == [
        instant(thread["created_at"]) + 7 * DAY, instant(thread["created_at"]) + 14 * DAY,
    ]  # fmt: skip


async def test_a_threads_own_policy_that_reopens_is_told_at_once(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, close_after_age="P7D")
    clock.offset += 6 * DAY
    assert (await shown(alice, thread))["state"] == "open"
    clock.offset += 2 * DAY
    await do_sweep(app, jobs)
    await set_closing(mona, thread, close_after_age="P9D")
    assert len(await told(app, thread, "thread.reopened")) == 1
    await jobs()
    assert len(await told(app, thread, "thread.reopened")) == 1


async def test_a_policy_leaves_a_moderators_closure_alone(
    app: FastAPI, jobs: Jobs, alice: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    await close(mona, thread)
    await set_site(ada, closing={"close_after_age": "off"})
    await jobs()
    assert await told(app, thread, "thread.reopened") == []
    assert (await shown(alice, thread))["state"] == "closed"


@pytest.mark.postgresql_only("only there does the sweep run while a policy is being changed")
async def test_a_policy_that_changes_while_the_sweep_tells_is_heard_of(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, ada: Person
) -> None:
    """The sweep has told that a thread closed, and has not committed, when the policy opens the thread."""
    await set_site(ada, closing={"close_after_age": "P7D"})
    thread = await a_thread(by=alice)
    clock.offset += 8 * DAY
    swept = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow_sweep(session: Session) -> None:
        sweep_now(session)
        loop.call_soon(swept.set)
        session.execute(text("SELECT pg_sleep(1)"))

    sweeping = asyncio.create_task(app.state.database.write(slow_sweep))
    await swept.wait()
    await set_site(ada, closing={"close_after_age": "off"})
    await app.state.database.write(enqueue, "closing.sweep", {})
    await jobs()
    await sweeping
    assert (await shown(alice, thread))["state"] == "open"
    assert len(await told(app, thread, "thread.closed")) == 1
    assert len(await told(app, thread, "thread.reopened")) == 1, "whoever heard that it closed hears that it is open"
