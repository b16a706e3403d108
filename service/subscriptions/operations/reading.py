"""Read marks: how far somebody has read a thread, and for how long."""

from datetime import timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger, bindparam, case, type_coerce
from sqlmodel import Session

from service.kit.actor import Actor, check_signed_in
from service.kit.clock import MICROSECOND, Instant, now
from service.kit.database.rows import stored_id, table_of, upsert
from service.kit.errors import Problem, invalid, settled
from service.subscriptions.models import READ, TRACKING, ReadMark
from service.subscriptions.operations.writing import SUBSCRIPTION
from service.subscriptions.queries import following, level_given
from service.threads.queries import ThreadSeen

MARK: Final = table_of(ReadMark)

PAUSE: Final = timedelta(seconds=90)
"""Between two marks of who is still reading; after a longer one they had gone away."""

READ_FOR_LONG: Final = 300
"""Seconds of reading, in all, after which a thread is tracked."""

SECOND: Final = timedelta(seconds=1) // MICROSECOND


def mark_thread_read(session: Session, actor: Actor, seen: ThreadSeen, number: int | Problem) -> int:
    """Remember that the actor has read the thread up to a number; returns how far they have, which never goes back.

    Marks that follow each other closely add up to the time that was spent reading; after five minutes in all the
    thread is tracked (or what else the person prefers), unless something else says how closely they follow it.
    Raises NotSignedIn, NotAllowed, Invalid (also for a number that the thread has not given out yet).
    """
    check_signed_in(actor)
    wanted = settled(number)
    if wanted > seen.thread.last_number:
        raise invalid("/number", f"must be at most {seen.thread.last_number}, the thread's last number")
    asked = {"account": actor.account_id, "thread": seen.id, "number": wanted, "at": now(session)}
    mark, seconds = session.execute(_mark(upsert(session)), asked).one()
    if seconds >= READ_FOR_LONG and following(session, actor, seen).reason is None:
        row = {"thread": seen.id, "account": stored_id(actor.account_id), "at": now(session)}
        session.execute(_track(upsert(session)), row)
    return int(mark)


@cache
def _mark(dialect_insert: Any) -> Any:
    """The mark, new or moved on; built once for each dialect."""
    fresh = dialect_insert(MARK).values(
        account_id=bindparam("account", type_=BigInteger), thread_id=bindparam("thread", type_=BigInteger),
        number=bindparam("number", type_=BigInteger), seconds=0, read_at=bindparam("at", type_=Instant()),
    )  # fmt: skip
    given = fresh.excluded
    passed = type_coerce(given.read_at, BigInteger) - type_coerce(MARK.c.read_at, BigInteger)
    spent = case((passed <= PAUSE // MICROSECOND, (passed + SECOND // 2) // SECOND), else_=0)
    moved = {
        "number": case((given.number > MARK.c.number, given.number), else_=MARK.c.number),
        "seconds": MARK.c.seconds + spent,
        "read_at": given.read_at,
    }
    moving = fresh.on_conflict_do_update(index_elements=["account_id", "thread_id"], set_=moved)
    return moving.returning(MARK.c.number, MARK.c.seconds)


@cache
def _track(dialect_insert: Any) -> Any:
    """The level that reading gives, unless there is a row by now."""
    row = level_given("after_reading", TRACKING, READ)
    insert = dialect_insert(SUBSCRIPTION).from_select(["thread_id", "account_id", "level", "reason", "since"], row)
    return insert.on_conflict_do_nothing(index_elements=["thread_id", "account_id"])
