"""One attempt at a job: what counts, what is tried again and when, what is dead, and what may be said about it."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest

from service.kit.database import Database, Session
from service.kit.queue import Claim, GiveUp, JobKind, Outside, Run, Transactional, TryAgainAfter, dead_jobs, enqueue
from service.kit.queue.running import run_claim
from service.kit.queue.statements import claim
from service.kit.queue.tables import job
from tests.kit.effects import bump, effects

pytestmark = pytest.mark.anyio

LEASE = timedelta(seconds=60)
SECRET = "mail-of-alice@example.org"


async def claimed(database: Database, payload: dict[str, Any] | None = None) -> Claim:
    await database.write(enqueue, "k", payload or {"n": 1})
    return await claimed_again(database)


async def claimed_again(database: Database) -> Claim:
    (held,) = await database.write(claim, {"k": LEASE}, 1)
    return held


def rows(session: Session) -> list[Any]:
    return list(session.execute(job.select().order_by(job.c.id)).all())


def kind_of(work: Transactional | Outside, **keywords: Any) -> JobKind:
    return JobKind(name="k", work=work, **keywords)


def failing(error: Exception) -> Outside:
    async def fail(database: Database, run: Run[None]) -> None:
        raise error

    return Outside(fail)


async def test_transactional_work_and_its_end_are_one(database: Database) -> None:
    def work(session: Session, run: Run[str]) -> None:
        bump(session, f"{run.context} {run.payload['n']} {run.attempt} {run.last}")

    held = await claimed(database, {"n": 5})
    await run_claim(database, kind_of(Transactional(work)), held, "context")
    assert await database.read(effects) == {"context 5 1 False": 1}
    assert await database.read(rows) == []


async def test_work_that_fails_leaves_no_effect_but_the_reason(database: Database) -> None:
    def work(session: Session, run: Run[None]) -> None:
        bump(session, "half")
        raise LookupError(SECRET)

    held = await claimed(database)
    await run_claim(database, kind_of(Transactional(work)), held, None)
    assert await database.read(effects) == {}
    (row,) = await database.read(rows)
    assert (row.attempts, row.token, row.dead_at) == (1, None, None)
    assert row.last_error.startswith("LookupError in ")


@pytest.mark.parametrize("shape", ["transactional", "outside", "outside that finishes itself"])
async def test_late_work_does_not_count(database: Database, shape: str) -> None:
    """While it ran, its lease ended and another worker did the job: one effect, whatever the late one does."""

    def inside(session: Session, run: Run[None]) -> None:
        bump(session, "effect")

    async def outside(database: Database, run: Run[None]) -> None:
        pass

    async def outside_that_finishes(database: Database, run: Run[None]) -> None:
        def result(session: Session) -> None:
            bump(session, "effect")
            run.finish(session)

        await database.write(result)

    late = await claimed(database)
    database.clock.offset += LEASE * 2
    in_time = await claimed_again(database)
    await run_claim(database, kind_of(Transactional(inside)), in_time, None)
    shapes: dict[str, Transactional | Outside] = {
        "transactional": Transactional(inside),
        "outside": Outside(outside),
        "outside that finishes itself": Outside(outside_that_finishes),
    }
    await run_claim(database, kind_of(shapes[shape]), late, None)
    assert await database.read(effects) == {"effect": 1}
    assert await database.read(rows) == []


async def test_outside_work_may_record_its_result_and_its_end_together(database: Database) -> None:
    async def work(database: Database, run: Run[None]) -> None:
        def result(session: Session) -> None:
            bump(session, "sent")
            run.finish(session)

        await database.write(result)

    held = await claimed(database)
    await run_claim(database, kind_of(Outside(work)), held, None)
    assert await database.read(effects) == {"sent": 1}
    assert await database.read(rows) == []


async def test_an_end_that_was_rolled_back_is_no_end(database: Database) -> None:
    async def work(database: Database, run: Run[None]) -> None:
        def result(session: Session) -> None:
            run.finish(session)
            raise LookupError

        with pytest.raises(LookupError):
            await database.write(result)

    held = await claimed(database)
    await run_claim(database, kind_of(Outside(work)), held, None)
    assert await database.read(rows) == [], "the worker ended it"


async def test_the_default_backoff_doubles_up_to_an_hour() -> None:
    kind = kind_of(failing(LookupError()))
    seconds = [[kind.delay_after(attempt).total_seconds() for _ in range(50)] for attempt in range(1, 20)]
    for attempt, delays in enumerate(seconds, 1):
        middle = min(3600, 2**attempt)
        assert 0.75 * middle <= min(delays) < max(delays) <= 1.25 * middle
    assert kind.delay_after(3, retry_base=0.001) < timedelta(seconds=0.011)


async def test_leases_shorten_with_the_retries_but_not_below_five_seconds() -> None:
    async def nothing(database: Database, run: Run[None]) -> None:
        pass

    leases = [kind_of(Outside(nothing)).hastened(base).lease.total_seconds() for base in (2.0, 1.0, 0.5, 0.001)]
    assert leases == [60, 60, 30, 5]
    short = kind_of(Outside(nothing, lease=timedelta(seconds=0.3)))
    assert short.hastened(0.001).lease == short.lease


async def test_a_kind_may_name_its_schedule_which_is_walked_once(database: Database) -> None:
    kind = kind_of(failing(LookupError()), schedule=(30, 120, 600))
    held = await claimed(database)
    waited = []
    while not await database.read(dead_jobs):
        await run_claim(database, kind, held, None, retry_base=0.5)
        (row,) = await database.read(rows)
        if row.dead_at is None:
            waited.append((row.run_at - database.clock.now()).total_seconds())
            database.clock.offset = row.run_at - database.clock.now() + database.clock.offset
            held = await claimed_again(database)
    assert waited == pytest.approx([15, 60, 300], abs=2)
    assert held.attempt == 4


async def test_dead_at_the_maximum_and_whoever_cares_is_told_in_the_same_unit(database: Database) -> None:
    def mourn(session: Session, payload: dict[str, Any], error: str) -> None:
        bump(session, f"{payload['n']} {error.split(' in ')[0]}")

    kind = kind_of(failing(LookupError()), max_attempts=1, when_dead=mourn)
    await run_claim(database, kind, await claimed(database), None)
    (dead,) = await database.read(dead_jobs)
    assert dead.dead_at is not None
    assert await database.read(effects) == {"1 LookupError": 1}


async def test_giving_up_is_dead_at_once(database: Database) -> None:
    await run_claim(database, kind_of(failing(GiveUp("550 no such mailbox"))), await claimed(database), None)
    (dead,) = await database.read(dead_jobs)
    assert (dead.attempts, dead.last_error) == (1, "GiveUp: 550 no such mailbox")


async def test_a_job_may_say_when_to_try_again(database: Database) -> None:
    error = TryAgainAfter(timedelta(hours=2), "429, Retry-After 7200")
    await run_claim(database, kind_of(failing(error), schedule=(1, 1)), await claimed(database), None)
    (row,) = await database.read(rows)
    assert (row.run_at - database.clock.now()).total_seconds() == pytest.approx(7200, abs=5)


async def test_a_job_whose_last_attempt_killed_its_worker_is_dead_not_run(database: Database) -> None:
    kind = kind_of(failing(AssertionError("must not run")), max_attempts=2)
    await claimed(database)
    for _ in range(2):
        database.clock.offset += LEASE
        held = await claimed_again(database)
    assert held.attempt == 3
    await run_claim(database, kind, held, None)
    (dead,) = await database.read(dead_jobs)
    assert dead.last_error == "GiveUp: no worker lived to the end of the last attempt"


async def test_an_attempt_that_hangs_is_ended(database: Database) -> None:
    async def hang(database: Database, run: Run[None]) -> None:
        await asyncio.sleep(3600)

    kind = kind_of(Outside(hang, timeout=timedelta(seconds=0.1)))
    await asyncio.wait_for(run_claim(database, kind, await claimed(database), None), 5)
    (row,) = await database.read(rows)
    assert row.last_error.startswith("TimeoutError")
    assert row.token is None


async def test_long_work_keeps_its_lease_and_stops_when_it_lost_it(database: Database) -> None:
    """A lease of 0.3 s is renewed each 0.1 s; then a rival takes the job, and the work ends at the next renewal."""
    ended = asyncio.Event()

    async def long(database: Database, run: Run[None]) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    kind = kind_of(Outside(long, lease=timedelta(seconds=0.3)))
    await database.write(enqueue, "k", {})
    (held,) = await database.write(claim, {"k": kind.lease}, 1)
    running = asyncio.create_task(run_claim(database, kind, held, None))
    for _ in range(8):
        await asyncio.sleep(0.1)
        assert await database.write(claim, {"k": LEASE}, 1) == [], "renewed in time"
    database.clock.offset += LEASE
    (rival,) = await database.write(claim, {"k": LEASE * 10}, 1)
    await asyncio.wait_for(running, 5)
    assert ended.is_set()
    (row,) = await database.read(rows)
    assert row.token == rival.token


async def test_neither_log_nor_row_repeats_what_an_error_quotes(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Messages of drivers and libraries quote addresses, texts and statements with their values."""
    caplog.set_level(logging.DEBUG, logger="service")
    held = await claimed(database, {"n": 1, "address": SECRET})
    await run_claim(database, kind_of(failing(ValueError(f"bad address {SECRET}"))), held, None)
    (row,) = await database.read(rows)
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text + row.last_error
