"""The queue as people see it: what is dead and can be revived, how much waits, and whether any worker lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, not_, select, update

from service.kit.clock import now
from service.kit.database import Session, notify
from service.kit.database.rows import changed, upsert
from service.kit.queue.tables import Job, job, worker_heartbeat

ALIVE_WITHIN = timedelta(seconds=30)
"""A worker beats every 5 s; one not seen for this long is taken for dead."""
FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much is due, since when the oldest of it waits, and how many jobs are dead."""

    due: int
    oldest: datetime | None
    dead: int


def backlog(session: Session) -> Backlog:
    """The queue's length, for /readyz, metrics and `doctor`. Jobs under a lease are not due."""
    waits = select(func.count(), func.min(job.c.run_at)).where(job.c.dead_at.is_(None), job.c.run_at <= now(session))
    due, oldest = session.execute(waits).one()
    dead = session.execute(select(func.count()).where(job.c.dead_at.is_not(None))).scalar_one()
    return Backlog(due, oldest, dead)


def dead_jobs(session: Session, *, limit: int = 100) -> Sequence[Job]:
    """The jobs that were given up, the latest first."""
    query = select(Job).where(job.c.dead_at.is_not(None)).order_by(job.c.dead_at.desc(), job.c.id.desc()).limit(limit)
    return session.execute(query).scalars().all()


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


def beat(session: Session, name: str) -> None:
    """Say that the worker `name` lives, and forget those that have not been seen for a day."""
    moment = now(session)
    statement = upsert(session)(worker_heartbeat).values(name=name, last_seen=moment)
    renewed = statement.on_conflict_do_update(index_elements=["name"], set_={"last_seen": statement.excluded.last_seen})
    session.execute(renewed)
    session.execute(delete(worker_heartbeat).where(worker_heartbeat.c.last_seen < moment - FORGET_AFTER))


def rest(session: Session, name: str) -> None:
    """Say that the worker `name` has stopped."""
    session.execute(delete(worker_heartbeat).where(worker_heartbeat.c.name == name))


def is_worked(session: Session) -> bool:
    """Whether any worker was seen within the last 30 s."""
    living = select(worker_heartbeat.c.name).where(worker_heartbeat.c.last_seen > now(session) - ALIVE_WITHIN).limit(1)
    return session.execute(living).first() is not None
