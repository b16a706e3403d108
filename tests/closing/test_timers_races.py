"""A timer fires once: two workers at it, a worker that was down, a job that is repeated, one that died in between."""

import asyncio
from collections import Counter

import pytest
from fastapi import FastAPI

from service.app import create_app, make_worker
from service.closing.jobs.timers import FIRE
from service.closing.operations import fire_timer, firing
from service.closing.queries import due_timers
from service.kit.clock import Clock
from service.kit.database import Session
from service.kit.errors import Invalid
from service.kit.queue import enqueue
from service.settings import Settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import close, do_sweep, instant, path, shown, the_time, told
from tests.closing.timing import DAY, HOUR, fire, kinds, outcome, put_timer, set_timer, timers
from tests.working import Jobs

pytestmark = pytest.mark.anyio


async def fired(app: FastAPI, thread: dict[str, object]) -> Counter[str]:
    """How often which timer of a thread fired."""
    return Counter(event.facts["timer"] for event in await told(app, thread, "timer.fired"))


async def test_two_workers_at_once_fire_each_timer_once(
    app: FastAPI, clock: Clock, settings: Settings, alice: Person, bob: Person, mona: Person
) -> None:
    threads = [await a_thread(by=alice, title=f"Thread {number}") for number in range(3)]
    for thread in threads:
        await a_reply(bob, thread)
        for kind in ("bump", "close", "delete_replies", "archive"):
            await set_timer(mona, thread, kind, after="PT1H")
        await set_timer(bob, thread, "remind", after="PT1H")
    clock.offset += HOUR
    second = create_app(settings, clock=clock, worker=False)
    async with second.router.lifespan_context(second):
        databases = [app.state.database, second.state.database] * 2
        due = await app.state.database.read(due_timers, 100)
        assert len(due) == 15
        await asyncio.gather(*(database.write(fire_timer, each) for each in due for database in databases))
    for thread in threads:
        assert set((await fired(app, thread)).values()) == {1}
        assert sum((await fired(app, thread)).values()) == 5
        assert len(await told(app, thread, "thread.archived")) == 1


async def test_two_real_workers_racing_fire_once(
    app: FastAPI, clock: Clock, settings: Settings, alice: Person, mona: Person
) -> None:
    threads = [await a_thread(by=alice, title=f"Thread {number}") for number in range(4)]
    for thread in threads:
        for kind in ("bump", "archive"):
            await set_timer(mona, thread, kind, after="PT1H")
    clock.offset += HOUR
    for _ in range(6):
        await app.state.database.write(enqueue, FIRE, {})
    workers = [make_worker(settings, app.state.database) for _ in range(2)]
    for worker in workers:
        await worker.start()
    try:
        async with asyncio.timeout(60):
            while await app.state.database.read(due_timers, 1):
                await asyncio.sleep(0.05)
    finally:
        for worker in workers:
            await worker.stop()
    for thread in threads:
        assert await fired(app, thread) == Counter(bump=1, archive=1)


async def test_a_worker_that_was_down_over_several_timers_fires_each_once_on_return(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    plan = {"close": "P1D", "open": "P2D", "bump": "P3D", "silent_close": "P4D", "archive": "P5D"}
    made = {kind: await set_timer(mona, thread, kind, after=after) for kind, after in plan.items()}
    clock.offset += 30 * DAY
    back = await the_time(app)
    for _ in range(2):
        await do_sweep(app, jobs)
        await fire(app, jobs)
    assert await fired(app, thread) == Counter(dict.fromkeys(plan, 1))
    assert await kinds(mona, thread) == []
    ended = {each["kind"]: instant(each["ended_at"]) for each in await timers(mona, thread, "ended")}
    assert ended["open"] == instant(made["open"]["at"]), "the law opened it at the very instant"
    assert min(ended["bump"], ended["archive"]) >= back, "what the worker does is done when it is back"
    assert (await shown(alice, thread))["state"] == "archived"


async def test_a_timer_whose_worker_died_half_way_is_fired_by_the_next(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_timer(mona, thread, "archive", after="PT1H")
    clock.offset += HOUR
    (timer_id,) = await app.state.database.read(due_timers, 9)

    def fire_and_die(session: Session) -> None:
        fire_timer(session, timer_id)
        raise Invalid("the worker dies here")

    with pytest.raises(Invalid):
        await app.state.database.write(fire_and_die)
    assert (await shown(alice, thread))["state"] == "open"
    await fire(app, jobs)
    assert (await shown(alice, thread))["state"] == "archived"
    assert await fired(app, thread) == Counter(archive=1)


async def test_a_worker_that_died_between_two_chunks_loses_and_doubles_nothing(
    app: FastAPI, clock: Clock, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, alice: Person, bob: Person, mona: Person
) -> None:
    monkeypatch.setattr(firing, "AT_ONCE", 2)
    thread = await a_thread(by=alice)
    for number in range(5):
        await a_reply(bob, thread, f"Number {number}.")
    await set_timer(mona, thread, "delete_replies", after="PT1H")
    clock.offset += HOUR
    (timer_id,) = await app.state.database.read(due_timers, 9)
    assert await app.state.database.write(fire_timer, timer_id) is False
    assert (await shown(alice, thread))["reply_count"] == 3
    assert (await fired(app, thread), await kinds(mona, thread)) == (Counter(), ["delete_replies"])
    await fire(app, jobs)
    assert (await shown(alice, thread))["reply_count"] == 0
    assert await fired(app, thread) == Counter(delete_replies=1)


async def test_one_timer_that_fails_holds_no_other_up(
    app: FastAPI, clock: Clock, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, alice: Person, mona: Person
) -> None:
    bad, good = await a_thread(by=alice), await a_thread(by=alice, title="Another")
    await set_timer(mona, bad, "archive", after="PT1H")
    await set_timer(mona, good, "bump", after="PT2H")
    clock.offset += 3 * HOUR

    def refuse(*_: object) -> firing.Outcome:
        raise Invalid("this cannot be done")

    monkeypatch.setitem(firing.DEEDS, "archive", refuse)
    await fire(app, jobs)
    assert await outcome(mona, bad) == "this cannot be done"
    assert await fired(app, good) == Counter(bump=1)


async def test_of_two_who_set_a_timer_at_once_the_last_one_stands(
    app: FastAPI, alice: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    days = range(1, 9)
    answers = await asyncio.gather(
        *(put_timer(by, thread, "bump", after=f"P{day}D") for day, by in zip(days, [mona, ada] * 4, strict=True))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len(await timers(mona, thread)) == 1
    assert len(await timers(mona, thread, "ended")) == 7


async def test_removing_and_firing_at_once_do_one_or_the_other(
    app: FastAPI, clock: Clock, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await close(mona, thread)
    await set_timer(mona, thread, "archive", after="PT1H")
    clock.offset += HOUR
    (timer_id,) = await app.state.database.read(due_timers, 9)
    await asyncio.gather(app.state.database.write(fire_timer, timer_id), mona.delete(path(thread, "timers", "archive")))
    archived = (await shown(alice, thread))["state"] == "archived"
    assert await outcome(mona, thread) == ("the thread was archived" if archived else "removed")
    assert len(await told(app, thread, "timer.fired")) == archived
