"""When time alone changes how threads are shown: what is drawn before such a moment is not given after it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select, type_coerce
from sqlmodel import Session

from service.kit.clock import Instant, now
from service.kit.database.ready import Ready
from service.threads.queries.law import THREAD
from service.threads.queries.loads import ThreadSeen

UNPINNED: Final = Ready(
    select(type_coerce(func.min(THREAD.c.pinned_until), Instant)).where(
        THREAD.c.pinned_at.is_not(None), THREAD.c.pinned_until > bindparam("at", type_=Instant)
    )
)


def moments_of(seen: ThreadSeen) -> tuple[datetime | None, ...]:
    """The moments at which a thread closes or opens by itself, or its slow mode or its pin ends; some may be past."""
    return seen.closing.at, seen.reopens_at, seen.thread.slow_mode_until, seen.thread.pinned_until


def moments_of_list(session: Session, rows: Sequence[ThreadSeen]) -> list[datetime | None]:
    """Those of each thread of a list, and the next at which a pinned thread leaves its place in any list."""
    unpinned = UNPINNED.scalar(session, {"at": now(session)})
    return [unpinned, *(moment for seen in rows for moment in moments_of(seen))]
