"""Recording that a discussion is about to close, once for each deadline."""

from datetime import datetime

from sqlmodel import Session

from service.closing.events import ThreadClosingSoon
from service.closing.operations.telling import locked
from service.closing.queries.warnings import DAY, WARNED_BEFORE
from service.kit import events
from service.kit.actor import SYSTEM
from service.kit.clock import now, to_micros
from service.threads.operations import facts_of
from service.threads.queries import ThreadSeen


def warn_of_closing(session: Session, thread_id: int) -> bool:
    """Record that a thread closes within a day, and for which deadline that was said. False when there is nothing new.

    Looks again under the lock: a reply, a moderator or another worker may have come first.
    """
    seen = locked(session, thread_id)
    deadline = deadline_of(seen, now(session)) if seen else None
    if seen is None or deadline is None:
        return False
    thread = seen.thread
    thread.closing_warned_for = to_micros(deadline)
    session.add(thread)
    session.flush()
    events.record(session, ThreadClosingSoon(actor=SYSTEM, closes_at=deadline, **facts_of(thread)))
    return True


def deadline_of(seen: ThreadSeen, at: datetime) -> datetime | None:
    """The deadline to warn of, by the rules of `queries.warnings.to_be_warned`; None where there is none."""
    closing, thread = seen.closing, seen.thread
    if closing.at is None or not at < closing.at <= at + WARNED_BEFORE:
        return None
    said = thread.closing_warned_for
    silent = closing.reason == "scheduled" and thread.closes_silently
    return None if silent or (said is not None and to_micros(closing.at) < said + DAY) else closing.at
