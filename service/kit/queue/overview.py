"""The queue as people see it: what waits since when, what is dead and may live again, and whether a worker lives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, not_, select, update

from service.kit.clock import Instant, now
from service.kit.database import Session, notify
from service.kit.database.rows import changed, upsert
from service.kit.measures import Spread
from service.kit.queue.tables import Job, job, worker_heartbeat

ALIVE_WITHIN = timedelta(seconds=30)
"""A worker beats every 5 s; one not seen for this long is taken for dead."""
FORGET_AFTER = timedelta(days=1)
MEASURED = "measured"
"""The member of a heartbeat's counts that is no kind of job: the worker's measures, by name."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The jobs of one kind, or of all: how many are due and since when the oldest, in hand, to come later, and dead."""

    due: int
    oldest: datetime | None
    dead: int
    held: int = 0
    later: int = 0


def backlog(session: Session) -> Backlog:
    """The queue's length, for /readyz and `doctor`."""
    kinds = backlogs(session).values()
    oldest = [kind.oldest for kind in kinds if kind.oldest]
    return Backlog(
        sum(kind.due for kind in kinds), min(oldest, default=None), sum(kind.dead for kind in kinds),
        sum(kind.held for kind in kinds), sum(kind.later for kind in kinds),
    )  # fmt: skip


def backlogs(session: Session) -> dict[str, Backlog]:
    """The queue's length by kind of job. Jobs under a lease are in hand and not due."""
    living, moment = job.c.dead_at.is_(None), now(session)
    due = and_(living, job.c.run_at <= moment)
    held = and_(living, job.c.run_at > moment, job.c.token.is_not(None))
    later = and_(living, job.c.run_at > moment, job.c.token.is_(None))
    oldest = func.min(job.c.run_at, type_=Instant()).filter(due)
    query = select(
        job.c.kind, func.count().filter(due), oldest, func.count().filter(not_(living)), func.count().filter(held),
        func.count().filter(later),
    )  # fmt: skip
    found = session.execute(query.group_by(job.c.kind).order_by(job.c.kind))
    return {row[0]: Backlog(row[1], row[2], row[3], row[4], row[5]) for row in found}


def dead_jobs(
    session: Session, *, before: int | None = None, kind: str | None = None, job_id: int | None = None,
    limit: int = 100,
) -> Sequence[Job]:  # fmt: skip
    """The jobs that were given up, the youngest first: with ids below `before`, of a kind, or the one with an id."""
    query = select(Job).where(job.c.dead_at.is_not(None))
    if before is not None:
        query = query.where(job.c.id < before)
    if kind is not None:
        query = query.where(job.c.kind == kind)
    if job_id is not None:
        query = query.where(job.c.id == job_id)
    return session.execute(query.order_by(job.c.id.desc()).limit(limit)).scalars().all()


def revive(session: Session, job_id: int) -> bool:
    """Make a dead job due now, its attempts counted from zero. False if there is none, or its key is taken again."""
    rival = job.alias("rival")
    taken = select(rival.c.id).where(rival.c.dead_at.is_(None), rival.c.dedupe_key == job.c.dedupe_key).exists()
    statement = update(job).where(job.c.id == job_id, job.c.dead_at.is_not(None), not_(taken))
    revived = statement.values(dead_at=None, attempts=0, token=None, run_at=now(session))
    if changed(session, revived) != 1:
        return False
    notify(session, "job")
    return True


def discard(session: Session, job_id: int) -> bool:
    """Delete a dead job for good; False if there is none."""
    statement = delete(job).where(job.c.id == job_id, job.c.dead_at.is_not(None))
    return changed(session, statement) == 1


def beat(session: Session, name: str, counts: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Say that the worker `name` lives, what it has ended and, under MEASURED, measured so far; forget those not seen
    for a day.
    """
    moment = now(session)
    statement = upsert(session)(worker_heartbeat).values(name=name, last_seen=moment, counts=counts or {})
    fresh = {"last_seen": statement.excluded.last_seen, "counts": statement.excluded.counts}
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=fresh))
    session.execute(delete(worker_heartbeat).where(worker_heartbeat.c.last_seen < moment - FORGET_AFTER))


def rest(session: Session, name: str) -> None:
    """Say that the worker `name` has stopped."""
    session.execute(delete(worker_heartbeat).where(worker_heartbeat.c.name == name))


def is_worked(session: Session) -> bool:
    """Whether any worker was seen within the last 30 s."""
    living = select(worker_heartbeat.c.name).where(worker_heartbeat.c.last_seen > now(session) - ALIVE_WITHIN).limit(1)
    return session.execute(living).first() is not None


def ends(session: Session) -> list[tuple[str, str, str, int]]:
    """What the workers of the last day have ended since each started: (worker, kind, outcome, number)."""
    found: list[tuple[str, str, str, int]] = []
    counted: Any
    for name, counted in session.execute(select(worker_heartbeat.c.name, worker_heartbeat.c.counts)):
        kinds = {kind: words for kind, words in counted.items() if kind != MEASURED}
        found += [(name, kind, word, int(number)) for kind, words in kinds.items() for word, number in words.items()]
    return sorted(found)


def measured(session: Session, measure: str) -> list[tuple[str, Spread]]:
    """What the workers of the last day have measured under this name since each started, by worker."""
    query = select(worker_heartbeat.c.name, worker_heartbeat.c.counts).order_by(worker_heartbeat.c.name)
    found = session.execute(query)
    told = [(name, counts.get(MEASURED, {}).get(measure)) for name, counts in found]
    return [(name, Spread.from_json(spread)) for name, spread in told if spread]


def living_workers(session: Session) -> int:
    """How many workers were seen within the last 30 s."""
    living = worker_heartbeat.c.last_seen > now(session) - ALIVE_WITHIN
    return int(session.execute(select(func.count()).select_from(worker_heartbeat).where(living)).scalar_one())
