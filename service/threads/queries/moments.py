"""When time alone changes how threads are shown: what is drawn before such a moment is not given after it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from service.kit.clock import now
from service.threads.models import Thread
from service.threads.queries.loads import ThreadSeen


def moments_of(seen: ThreadSeen) -> tuple[datetime | None, ...]:
    """The moments at which a thread closes or opens by itself, or its slow mode ends; some may be past."""
    return seen.closing.at, seen.reopens_at, seen.thread.slow_mode_until


def moments_of_list(session: Session, rows: Sequence[ThreadSeen]) -> list[datetime | None]:
    """Those of each thread of a list, and the next at which a pinned thread leaves its place in any list."""
    ends = col(Thread.pinned_until)
    unpinned = select(func.min(ends)).where(col(Thread.pinned_at).is_not(None), ends > now(session))
    return [session.execute(unpinned).scalar(), *(moment for seen in rows for moment in moments_of(seen))]
