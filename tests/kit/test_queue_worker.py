"""The worker and the schedule: racing workers, ticks, hints, stopping, heartbeats, and a database that is away."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from service.kit.database import Database, Session, open_database
from service.kit.errors import NotReady
from service.kit.queue import (
    Cron,
    Elsewhere,
    JobKind,
    Outside,
    Run,
    Stepwise,
    Transactional,
    backlog,
    dead_jobs,
    enqueue,
    is_worked,
)
from service.kit.queue.cron import keep_time
from service.kit.queue.statements import bury, claim, finish
from service.kit.queue.tables import job
from service.notifications.operations.pushing import BRING_PUSH
from service.wiring import JOBS
from service.worker import Worker, run_forever
from tests.kit.effects import bump, effects

pytestmark = pytest.mark.anyio

DAY = Cron("daily", timedelta(days=1), "count")


def count_up(session: Session, run: Run[Any]) -> None:
    bump(session, str(run.payload.get("n", "tick")))


COUNT = JobKind(name="count", work=Transactional(count_up))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop does not wait 7 s for jobs that hang for an hour."""
    monkeypatch.setattr("service.worker.GRACE", 0.1)


def rows(session: Session) -> list[Any]:
    return list(session.execute(job.select()).all())


@asynccontextmanager
async def at_work(
    database: Database, jobs: Sequence[JobKind] = (COUNT,), schedule: Sequence[Cron] = (), **keywords: Any
) -> AsyncIterator[Worker]:
    worker = Worker(database, jobs, schedule, **{"poll": 0.1, **keywords})
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


async def until(database: Database, done: Callable[[Session], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await database.read(done):
            await asyncio.sleep(0.02)


def is_empty(session: Session) -> bool:
    return not rows(session)


async def test_two_workers_do_every_job_once(database: Database, database_url: str) -> None:
    def fill(session: Session) -> None:
        for number in range(100):
            enqueue(session, "count", {"n": number})

    other = open_database(database_url)
    await other.start()
    try:
        async with at_work(database), at_work(other):
            await database.write(fill)
            await until(database, is_empty)
    finally:
        await other.stop()
    assert await database.read(effects) == {str(number): 1 for number in range(100)}


async def test_a_hint_starts_a_job_long_before_the_poll(database: Database) -> None:
    async with at_work(database, poll=60):
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await database.write(enqueue, "count", {"n": 1})
        await until(database, lambda session: effects(session) == {"1": 1})
        assert time.monotonic() - began < 5


async def test_without_a_hint_the_poll_finds_the_job(database: Database) -> None:
    async with at_work(database, poll=0.1):
        soon = database.clock.now() + timedelta(seconds=0.3)
        await database.write(lambda session: enqueue(session, "count", {"n": 1}, run_at=soon))
        await until(database, lambda session: effects(session) == {"1": 1})


async def test_a_tick_is_enqueued_once_by_racing_workers_even_when_its_job_is_done(database: Database) -> None:
    for _ in range(3):
        await asyncio.gather(*(database.write(keep_time, DAY) for _ in range(4)))
        for held in await database.write(claim, {"count": timedelta(minutes=1)}, 10):
            await database.write(finish, held)
            await database.write(bump, "done")
    assert (await database.read(effects))["done"] == 1
    assert await database.read(rows) == []


async def test_after_a_downtime_one_job_catches_up(database: Database) -> None:
    await database.write(keep_time, DAY)
    database.clock.offset += timedelta(days=30)
    await database.write(keep_time, DAY)
    (row,) = await database.read(rows)
    assert row.payload == {}
    assert row.dedupe_key.startswith("cron:daily:")


async def test_ticks_that_fail_do_not_pile_up(database: Database) -> None:
    await database.write(keep_time, DAY)
    for _ in range(3):
        (held,) = await database.write(claim, {"count": timedelta(minutes=1)}, 10)
        await database.write(bury, held, "failed")
        database.clock.offset += timedelta(days=1)
        await database.write(keep_time, DAY)
    assert len(await database.read(rows)) == 1
    assert await database.read(dead_jobs) == []


async def test_two_workers_keep_a_schedule_together(database: Database, database_url: str) -> None:
    other = open_database(database_url)
    await other.start()
    schedule = [Cron("often", timedelta(seconds=1), "count")]
    try:
        began = time.time()
        async with at_work(database, schedule=schedule), at_work(other, schedule=schedule):
            await asyncio.sleep(2.5)
        periods = int(time.time()) - int(began)
    finally:
        await other.stop()
    assert 1 <= (await database.read(effects))["tick"] <= periods + 1


async def test_a_schedule_that_names_an_unknown_job_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="no such"):
        Worker(database, [COUNT], [Cron("x", timedelta(days=1), "no such")])


@pytest.mark.usefixtures("impatient")
async def test_outside_work_that_hangs_holds_nothing_else_up(database: Database) -> None:
    async def hang(database: Database, run: Run[Any]) -> None:
        await asyncio.sleep(3600)

    def fill(session: Session) -> None:
        for _ in range(20):
            enqueue(session, "hang", {})
        enqueue(session, "count", {"n": 1})

    stuck = JobKind(name="hang", work=Outside(hang, timeout=timedelta(seconds=3)))
    async with at_work(database, [COUNT, stuck], concurrency=2):
        await database.write(fill)
        await until(database, lambda session: effects(session) == {"1": 1}, 2)


@pytest.mark.usefixtures("impatient")
async def test_a_mail_server_that_hangs_holds_up_no_work_on_the_database(database: Database) -> None:
    async def hang(database: Database, run: Run[Any]) -> None:
        await asyncio.sleep(3600)

    async def step(database: Database, run: Run[Any]) -> None:
        await database.write(bump, "step")

    kinds = [COUNT, JobKind(name="hang", work=Outside(hang)), JobKind(name="step", work=Stepwise(step))]
    async with at_work(database, kinds, concurrency=2):
        for _ in range(4):
            await database.write(enqueue, "hang", {})
        await database.write(enqueue, "count", {"n": 1})
        await database.write(enqueue, "step", {})
        await until(database, lambda session: effects(session) == {"1": 1, "step": 1})


@pytest.mark.usefixtures("impatient")
async def test_servers_that_anybody_may_name_hold_up_no_letter(database: Database) -> None:
    async def hang(database: Database, run: Run[Any]) -> None:
        await asyncio.sleep(3600)

    async def letter(database: Database, run: Run[Any]) -> None:
        await database.write(bump, "letter")

    kinds = [JobKind(name="hang", work=Elsewhere(hang)), JobKind(name="letter", work=Outside(letter))]
    async with at_work(database, kinds, concurrency=2):
        for _ in range(4):
            await database.write(enqueue, "hang", {})
        await database.write(enqueue, "letter", {})
        await until(database, lambda session: effects(session) == {"letter": 1}, 30)
    assert isinstance(next(kind.work for kind in JOBS if kind.name == BRING_PUSH), Elsewhere)


async def test_a_stop_lets_running_jobs_end_and_claims_no_more(database: Database) -> None:
    begun = asyncio.Event()

    async def slow(database: Database, run: Run[Any]) -> None:
        begun.set()
        await asyncio.sleep(0.4)
        await database.write(bump, "slow")

    async with at_work(database, [COUNT, JobKind(name="slow", work=Outside(slow))]) as worker:
        await database.write(enqueue, "slow", {})
        await asyncio.wait_for(begun.wait(), 5)
        await worker.stop()
        assert await database.read(effects) == {"slow": 1}
        await database.write(enqueue, "count", {"n": 1})
        await asyncio.sleep(0.3)
    assert [row.kind for row in await database.read(rows)] == ["count"]


async def test_a_stop_gives_back_what_does_not_end_in_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.worker.GRACE", 0.2)
    begun = asyncio.Event()

    async def hang(database: Database, run: Run[Any]) -> None:
        begun.set()
        await asyncio.sleep(3600)

    async with at_work(database, [JobKind(name="hang", work=Outside(hang))]) as worker:
        await database.write(enqueue, "hang", {})
        await asyncio.wait_for(begun.wait(), 5)
        began = time.monotonic()
        await worker.stop()
        assert time.monotonic() - began < 2.5
    (row,) = await database.read(rows)
    assert (row.token, row.attempts) == (None, 0)
    assert (await database.read(backlog)).due == 1


async def test_a_worker_is_seen_while_it_lives(database: Database) -> None:
    assert await database.read(is_worked) is False
    async with at_work(database):
        await until(database, is_worked)
    assert await database.read(is_worked) is False, "it said that it rests"


async def test_a_worker_that_died_silently_is_missed_after_half_a_minute(database: Database) -> None:
    worker = Worker(database, [COUNT])
    await worker.start()
    await until(database, is_worked)
    database.clock.offset += timedelta(seconds=31)
    assert await database.read(is_worked) is False
    await worker.stop()


async def test_a_worker_waits_for_a_database_that_is_away(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(*_: Any, **__: Any) -> Any:
        raise NotReady

    async with at_work(database, poll=0.05):
        await until(database, is_worked)
        with monkeypatch.context() as patch:
            patch.setattr(database, "write", away)
            await asyncio.sleep(0.5)
        await database.write(enqueue, "count", {"n": 1})
        await until(database, lambda session: effects(session) == {"1": 1})
    told = [record for record in caplog.records if "the worker waits" in record.message and record.levelname != "DEBUG"]
    assert len(told) == 1, "said once, not at every poll"


async def test_run_forever_works_until_told(database_url: str, database: Database) -> None:
    own, told = open_database(database_url), asyncio.Event()
    running = asyncio.create_task(run_forever(own, Worker(own, [COUNT], poll=0.1), told=told))
    await database.write(enqueue, "count", {"n": 1})
    await until(database, lambda session: effects(session) == {"1": 1})
    told.set()
    await asyncio.wait_for(running, 10)
    assert await database.read(is_worked) is False
