"""What every write to a thread's openness ends with."""

from datetime import datetime

from sqlmodel import Session

from service.closing.models import Timer
from service.threads.queries import ThreadSeen


def store(session: Session, seen: ThreadSeen) -> None:
    """Write the thread's row with its next version."""
    seen.thread.version += 1
    session.add(seen.thread)
    session.flush()


def end(session: Session, timer: Timer, at: datetime, outcome: str) -> None:
    """Write how a timer ended; from then on another of its kind may stand there."""
    timer.ended_at, timer.outcome = at, outcome
    session.add(timer)
    session.flush()
