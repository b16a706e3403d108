"""Telling what time, a policy or another post has done to a thread's openness."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from service.closing.events import ThreadClosed, ThreadReopened
from service.kit import events
from service.kit.actor import SYSTEM, Actor
from service.kit.clock import now
from service.kit.database import after_commit
from service.kit.errors import NotFound
from service.threads.operations import facts_of
from service.threads.queries import ThreadSeen, get_thread, lock_thread


def tell_closed(session: Session, thread_id: int) -> bool:
    """Record that time has closed a thread, once per closing, dated with its deadline. False when there is nothing new.

    Looks again under the lock: a reply, a reopening or another worker may have come first.
    """
    seen = locked(session, thread_id)
    if seen is None or seen.thread.closing_recorded_at is not None or not seen.closing.is_closed(now(session)):
        return False
    tell_closing(session, seen)
    return True


def tell_closing(session: Session, seen: ThreadSeen) -> None:
    """Record what has closed a thread that this unit of work holds, dated with its deadline."""
    due = Due.of(seen)
    seen.thread.closing_recorded_at = due.at
    session.add(seen.thread)
    session.flush()
    note_lateness(session, now(session) - due.at)
    facts = facts_of(seen.thread)
    closed = ThreadClosed(actor=SYSTEM, closed_at=due.at, reason=due.reason, silent=due.silent, **facts)
    events.record(session, closed, at=due.at)


def note_lateness(session: Session, late: timedelta) -> None:
    """Count, once this is committed, how long after its deadline a closing is told."""
    measures = session.info.get("measures")
    if measures is not None:
        after_commit(session, lambda: measures["closing.told"].add(late.total_seconds()))


def tell_ended(session: Session, thread_id: int) -> bool:
    """Record that a closing that was told has ended by itself, dated with that instant. False when it has not.

    Looks again under the lock. Another closing may have come since: the sweep tells that one next.
    """
    seen = locked(session, thread_id)
    opened, told = (seen.reopens_at, seen.thread.closing_recorded_at) if seen else (None, None)
    if seen is None or opened is None or told is None or not told <= opened <= now(session):
        return False
    if seen.closing_at(opened).is_closed(opened):
        return False
    tell_open(session, seen, opened)
    return True


def tell_open(session: Session, seen: ThreadSeen, at: datetime | None = None) -> None:
    """Record that a thread told as closed is open again, though nobody reopened it; since `at`, or since now."""
    seen.thread.closing_recorded_at = None
    session.add(seen.thread)
    session.flush()
    reopened = ThreadReopened(actor=SYSTEM, override=seen.thread.override, **facts_of(seen.thread))
    events.record(session, reopened, at=at)


def tell_open_again(session: Session, thread_id: int) -> None:
    """`tell_open` for a thread that was told as closed, if it is open by now: a site's or category's policy changed."""
    _tell_if_open(session, locked(session, thread_id))


def tell_if_opened(session: Session, thread_id: int) -> None:
    """As `tell_open_again` for a thread that this unit of work holds: it, or a reply to it, was just hidden or shown.

    Fewer replies than the policy allows, or a later last one, open a thread by law.
    """
    _tell_if_open(session, _published(get_thread, session, thread_id))


def _tell_if_open(session: Session, seen: ThreadSeen | None) -> None:
    if seen and seen.thread.closing_recorded_at is not None and not seen.closing.is_closed(now(session)):
        tell_open(session, seen)


@dataclass(frozen=True, slots=True)
class Due:
    """A closing that has come: when and why, and whether without notice."""

    at: datetime
    reason: str
    silent: bool

    @classmethod
    def of(cls, seen: ThreadSeen) -> "Due":
        """The closing of a thread that is closed."""
        closing = seen.closing
        if closing.at is None or closing.reason is None:
            raise AssertionError("only a closed thread is told as closed")
        return cls(closing.at, closing.reason, closing.reason == "scheduled" and seen.thread.closes_silently)


def locked(session: Session, thread_id: int) -> ThreadSeen | None:
    """A published thread with its row held; None where there is none (any more)."""
    return _published(lock_thread, session, thread_id)


def _published(
    load: Callable[[Session, Actor, int], ThreadSeen], session: Session, thread_id: int
) -> ThreadSeen | None:
    try:
        seen = load(session, SYSTEM, thread_id)
    except NotFound:  # deleted meanwhile: nobody is told of what is not there
        return None
    return seen if seen.thread.moderation == "published" else None  # hidden: told when it is restored
