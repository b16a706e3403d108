"""Periodic jobs: one job per tick, whichever worker sees the tick first, and one after a downtime, never a stampede.

A tick is the number of whole periods since 1970. `cron_tick` remembers the last one that was enqueued, so that a job
done and deleted within its tick is not enqueued again in the same tick by another worker.
"""

from typing import Any

from sqlalchemy import Executable, bindparam, delete, select

from service.kit.clock import EPOCH, now
from service.kit.database import Session
from service.kit.database.ready import Ready
from service.kit.queue.kinds import Cron
from service.kit.queue.statements import enqueue
from service.kit.queue.tables import cron_tick, job


def _advance(insert: Any) -> Executable:
    statement = insert(cron_tick)
    seen = statement.excluded.tick
    advanced: Executable = statement.on_conflict_do_update(
        index_elements=["name"], set_={"tick": seen}, where=cron_tick.c.tick < seen
    ).returning(cron_tick.c.tick)
    return advanced


LAST = Ready(select(cron_tick.c.tick).where(cron_tick.c.name == bindparam("name")))
ADVANCE = Ready(build=_advance, columns=("name", "tick"))
MAKE_ROOM = tuple(
    Ready(delete(job).where(job.c.dedupe_key == bindparam("key"), state, job.c.token.is_(None)))
    for state in (job.c.dead_at.is_(None), job.c.dead_at.is_not(None))
)
"""Each has an index of its own."""


def keep_time(session: Session, entry: Cron) -> int:
    """Enqueue the entry's job if no worker has yet done so in the present tick; returns the tick.

    The last tick's job, if it waits for a retry or is dead, makes room: the new one does its work.
    """
    tick = (now(session) - EPOCH) // entry.every
    last = LAST.scalar(session, {"name": entry.name})
    if ADVANCE.scalar(session, {"name": entry.name, "tick": tick}) is not None:
        for make_room in MAKE_ROOM:
            make_room.changed(session, {"key": key_of(entry, last)})
        enqueue(session, entry.job, {}, dedupe_key=key_of(entry, tick))
    return tick


def key_of(entry: Cron, tick: int | None) -> str:
    """The dedupe key of an entry's job in a tick."""
    return f"cron:{entry.name}:{tick}"
