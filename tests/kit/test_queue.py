"""The steps of a job's life, statement by statement: enqueue, claim, finish, renew, release, put back, bury, revive."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from service.kit.clock import now
from service.kit.database import Database, Session
from service.kit.queue import Claim, LeaseLost, backlog, dead_jobs, discard, enqueue, revive
from service.kit.queue.statements import bury, claim, finish, put_back, release, renew
from service.kit.queue.tables import job
from tests.kit.effects import bump, effects

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)
KINDS = {"a": MINUTE, "b": MINUTE * 10}


def rows(session: Session) -> list[Any]:
    return list(session.execute(job.select().order_by(job.c.id)).all())


async def put(database: Database, kind: str = "a", **keywords: Any) -> int | None:
    return await database.write(enqueue, kind, keywords.pop("payload", {}), **keywords)


async def take(database: Database, limit: int = 10) -> list[Claim]:
    return await database.write(claim, KINDS, limit)


async def test_a_job_is_enqueued_with_its_cause_or_not_at_all(database: Database) -> None:
    def cause(session: Session, *, fail: bool) -> None:
        bump(session, "cause")
        enqueue(session, "a", {"id": 7})
        if fail:
            raise LookupError

    with pytest.raises(LookupError):
        await database.write(cause, fail=True)
    assert await database.read(rows) == []
    await database.write(cause, fail=False)
    (row,) = await database.read(rows)
    assert (row.kind, row.payload, row.attempts, row.token, row.dead_at) == ("a", {"id": 7}, 0, None, None)


async def test_a_claim_takes_what_is_due_oldest_first_and_only_once(database: Database) -> None:
    ids = [await put(database, payload={"n": n}) for n in range(5)]
    first, second, third = await take(database, 2), await take(database, 2), await take(database, 2)
    assert [one.id for one in first + second + third] == ids
    assert [one.payload["n"] for one in first] == [0, 1]
    assert {one.attempt for one in first} == {1}
    assert await take(database) == []


async def test_a_job_for_later_waits_for_its_time(database: Database) -> None:
    later = database.clock.now() + timedelta(hours=1)
    await put(database, run_at=later)
    assert await take(database) == []
    assert (await database.read(backlog)).due == 0
    database.clock.offset += timedelta(hours=1)
    assert (await database.read(backlog)).due == 1
    assert len(await take(database)) == 1


async def test_a_kind_that_this_worker_does_not_know_is_left(database: Database) -> None:
    await put(database, "of a newer version")
    assert await take(database) == []
    assert (await database.read(rows))[0].attempts == 0


async def test_racing_claims_never_share_a_job(database: Database) -> None:
    for _ in range(40):
        await put(database)
    taken = await asyncio.gather(*(take(database, 7) for _ in range(8)))
    ids = [one.id for claims in taken for one in claims]
    assert len(ids) == len(set(ids))
    rest = await take(database, 40)
    assert len(ids) + len(rest) == 40


async def test_each_kind_has_its_own_lease(database: Database) -> None:
    await put(database, "a")
    await put(database, "b")
    await take(database)
    database.clock.offset += timedelta(minutes=2)
    assert [(one.kind, one.attempt) for one in await take(database)] == [("a", 2)]
    database.clock.offset += timedelta(minutes=9)
    assert [(one.kind, one.attempt) for one in await take(database)] == [("a", 3), ("b", 2)]


async def test_a_late_acknowledgement_rolls_its_effect_back(database: Database) -> None:
    """The lease ran out, another worker has the job: the first one's effect and its delete must not count."""
    await put(database)
    (late,) = await take(database)
    database.clock.offset += MINUTE * 2
    (second,) = await take(database)
    assert (second.id, second.attempt) == (late.id, 2)
    assert second.token != late.token

    def work(session: Session, held: Claim) -> None:
        bump(session, held.token)
        finish(session, held)

    with pytest.raises(LeaseLost):
        await database.write(work, late)
    assert await database.read(effects) == {}
    await database.write(work, second)
    assert await database.read(effects) == {second.token: 1}
    assert await database.read(rows) == []
    with pytest.raises(LeaseLost):
        await database.write(work, second)


@pytest.mark.parametrize(
    "step", [lambda s, c: renew(s, c, MINUTE), lambda s, c: put_back(s, c, "", MINUTE), lambda s, c: bury(s, c, "")]
)
async def test_every_other_step_needs_the_lease_too(database: Database, step: Any) -> None:
    await put(database)
    (late,) = await take(database)
    database.clock.offset += MINUTE * 2
    await take(database)
    before = await database.read(rows)
    with pytest.raises(LeaseLost):
        await database.write(step, late)
    await database.write(release, late)
    assert await database.read(rows) == before


async def test_a_renewed_lease_keeps_others_off(database: Database) -> None:
    await put(database)
    (held,) = await take(database)
    database.clock.offset += timedelta(seconds=50)
    await database.write(renew, held, MINUTE)
    database.clock.offset += timedelta(seconds=50)
    assert await take(database) == []
    database.clock.offset += timedelta(seconds=20)
    assert len(await take(database)) == 1


async def test_a_released_job_is_due_at_once_and_the_attempt_not_counted(database: Database) -> None:
    await put(database)
    (held,) = await take(database)
    await database.write(release, held)
    (again,) = await take(database)
    assert again.attempt == 1


async def test_a_job_put_back_waits_and_says_why(database: Database) -> None:
    await put(database)
    (held,) = await take(database)
    await database.write(put_back, held, "no route " + "x" * 600, MINUTE)
    (row,) = await database.read(rows)
    assert row.last_error.startswith("no route xxx")
    assert len(row.last_error) == 500
    assert await take(database) == []
    database.clock.offset += MINUTE
    assert (await take(database))[0].attempt == 2


async def test_a_dead_job_is_kept_seen_and_can_be_revived_or_discarded(database: Database) -> None:
    first, second = await put(database, payload={"n": 1}), await put(database, payload={"n": 2})
    for held in await take(database):
        await database.write(bury, held, "gave up")
    database.clock.offset += timedelta(days=30)
    assert await take(database) == []
    dead = await database.read(dead_jobs)
    assert {(one.id, one.last_error) for one in dead} == {(first, "gave up"), (second, "gave up")}
    assert (await database.read(backlog)).dead == 2

    assert first is not None
    assert second is not None
    assert await database.write(revive, first) is True
    assert await database.write(revive, first) is False, "it lives already"
    assert [(one.id, one.attempt) for one in await take(database)] == [(first, 1)]
    assert await database.write(discard, first) is False, "the living are not discarded"
    assert await database.write(discard, second) is True
    assert await database.read(dead_jobs) == []


async def test_a_dedupe_key_is_unique_among_the_living(database: Database) -> None:
    first = await put(database, dedupe_key="sweep")
    assert first is not None
    assert await put(database, dedupe_key="sweep") is None
    assert await put(database, dedupe_key="other") is not None
    (held,) = await take(database, 1)
    assert await put(database, dedupe_key="sweep") is None, "running is living"
    await database.write(bury, held, "dead")
    second = await put(database, dedupe_key="sweep")
    assert second is not None, "the dead do not stand in the way"
    assert await database.write(revive, first) is False, "its place is taken"
    for held in await take(database):
        await database.write(finish, held)
    assert await database.write(revive, first) is True


async def test_racing_enqueues_with_one_key_make_one_job(database: Database) -> None:
    ids = await asyncio.gather(*(put(database, dedupe_key="once") for _ in range(12)))
    assert len([job_id for job_id in ids if job_id is not None]) == 1


async def test_ids_are_never_used_again(database: Database) -> None:
    """Else a late acknowledgement could hit a newer job; the token is the second line of defence."""
    first = await put(database)
    (held,) = await take(database)
    await database.write(finish, held)
    second = await put(database)
    assert first is not None
    assert second is not None
    assert second > first


async def test_the_queue_goes_by_the_databases_clock(database: Database) -> None:
    """`now` of the unit of work dates the lease, not a clock of the caller's."""

    def take_and_tell(session: Session) -> Any:
        return claim(session, KINDS, 1)[0].id, now(session)

    await put(database)
    _, moment = await database.write(take_and_tell)
    (row,) = await database.read(rows)
    assert row.run_at == moment + MINUTE
