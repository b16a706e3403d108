"""What every write to a thread's openness ends with."""

from sqlmodel import Session

from service.threads.queries import ThreadSeen


def store(session: Session, seen: ThreadSeen) -> None:
    """Write the thread's row with its next version."""
    seen.thread.version += 1
    session.add(seen.thread)
    session.flush()
