"""From when a thread's silence counts and where it stands in lists, measured afresh from what is shown in it."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, String, bindparam, column, func, select, table
from sqlmodel import Session

from service.kit.clock import Instant
from service.threads.models import Thread

# Named, not imported: the room of replies stands above this one.
REPLY = table(
    "reply", column("thread_id", BigInteger), column("moderation", String), column("is_heard", Boolean),
    column("created_at", Instant),
)  # fmt: skip
LAST_HEARD = select(func.max(REPLY.c.created_at)).where(
    REPLY.c.thread_id == bindparam("thread"), REPLY.c.moderation == "published", REPLY.c.is_heard
)


def anchors(session: Session, thread: Thread) -> tuple[datetime, datetime]:
    """The `idle_anchor` and the `active_at` of a thread whose `published_at` was changed."""
    heard_at = session.execute(LAST_HEARD, {"thread": thread.id}).scalar_one_or_none()
    known = (thread.published_at, thread.last_reply_at, thread.bumped_at)
    return max(heard_at or thread.published_at, thread.published_at), max(at for at in known if at is not None)
