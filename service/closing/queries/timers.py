"""Timers: the active ones of a thread, those that an actor sees, and those whose instant has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, and_, or_, select, type_coerce
from sqlmodel import Session, col

from service.accounts.models import Account
from service.closing.models import CLOSINGS, OPEN, REMIND, SHARED, Timer
from service.closing.policy import timed_by
from service.kit.actor import Actor
from service.kit.clock import now, to_micros
from service.kit.database.rows import stored_id
from service.threads.queries import ThreadSeen


@dataclass(frozen=True, slots=True)
class TimerSeen:
    """A timer with the username of who set it."""

    timer: Timer
    set_by: str | None

    @property
    def key(self) -> tuple[int, int]:
        """Its place in the list: the active ones by their instant, the ended ones by when they ended."""
        return to_micros(self.timer.ended_at or self.timer.at), stored_id(self.timer.id)


def active_timers(session: Session, thread_id: int) -> dict[str, Timer]:
    """The timers of the thread itself that are to come, by kind; reminders are people's own."""
    query = select(Timer).where(
        col(Timer.thread_id) == thread_id, col(Timer.owner_id) == SHARED, col(Timer.ended_at).is_(None)
    )
    found = session.execute(query.execution_options(populate_existing=True)).scalars()
    return {timer.kind: timer for timer in found}


def planned(session: Session, thread_id: int) -> list[Timer]:
    """The timers that are to close the thread or to open it again."""
    return [timer for kind, timer in active_timers(session, thread_id).items() if kind in (*CLOSINGS, OPEN)]


def active_timer(session: Session, thread_id: int, kind: str, owner_id: int) -> Timer | None:
    """The timer of this kind that is to come."""
    query = select(Timer).where(
        col(Timer.thread_id) == thread_id,
        col(Timer.kind) == kind,
        col(Timer.owner_id) == owner_id,
        col(Timer.ended_at).is_(None),
    )
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def list_timers(
    session: Session, actor: Actor, seen: ThreadSeen, after: Sequence[int], limit: int, *, ended: bool
) -> Sequence[TimerSeen]:
    """Up to `limit + 1` timers of a thread that the actor sees: the next one first, of the ended ones the last.

    One sees one's own reminders, and of the thread's timers the kinds that one may set.
    """
    kinds = [kind for kind in timed_by(actor, seen.thread, seen.site) if kind != REMIND]
    shared = and_(col(Timer.owner_id) == SHARED, col(Timer.kind).in_(kinds))
    mine = and_(col(Timer.kind) == REMIND, col(Timer.owner_id) == (actor.account_id or -1))
    query = (
        select(Timer, col(Account.username))
        .outerjoin(Account, col(Account.id) == Timer.set_by_id)
        .where(col(Timer.thread_id) == seen.id, or_(shared, mine))
    )
    query = _ended(query, after) if ended else _to_come(query, after)
    return [TimerSeen(timer, username) for timer, username in session.execute(query.limit(limit + 1))]


Listed = Select[*tuple[Any, ...]]


def _to_come(query: Listed, after: Sequence[int]) -> Listed:
    """The active ones, by their instant; past a place of the list."""
    when, by = type_coerce(col(Timer.at), BigInteger), col(Timer.id)
    if after:
        query = query.where(or_(when > after[0], and_(when == after[0], by > after[1])))
    return query.where(col(Timer.ended_at).is_(None)).order_by(when, by)


def _ended(query: Listed, after: Sequence[int]) -> Listed:
    """The ended ones, the last first; past a place of the list."""
    when, by = type_coerce(col(Timer.ended_at), BigInteger), col(Timer.id)
    if after:
        query = query.where(or_(when < after[0], and_(when == after[0], by < after[1])))
    return query.where(col(Timer.ended_at).is_not(None)).order_by(when.desc(), by.desc())


def setter_of(session: Session, timer: Timer) -> str | None:
    """The username of who set a timer; None for an account that is gone."""
    return session.execute(select(col(Account.username)).where(col(Account.id) == timer.set_by_id)).scalar_one_or_none()


def due_timers(session: Session, limit: int) -> Sequence[int]:
    """Ids of the timers whose instant has come and that have not been fired, the oldest first."""
    query = select(col(Timer.id)).where(col(Timer.ended_at).is_(None), col(Timer.at) <= now(session))
    found = session.execute(query.order_by(col(Timer.at), col(Timer.id)).limit(limit)).scalars()
    return [stored_id(each) for each in found]


def thread_of_timer(session: Session, timer_id: int) -> int | None:
    """The thread of a timer; None for one that is gone with its thread."""
    return session.execute(select(col(Timer.thread_id)).where(col(Timer.id) == timer_id)).scalar_one_or_none()


def due_timer(session: Session, timer_id: int) -> Timer | None:
    """The timer as it stands while its thread's row is held; None when it was fired or removed meanwhile."""
    query = select(Timer).where(col(Timer.id) == timer_id, col(Timer.ended_at).is_(None), col(Timer.at) <= now(session))
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
