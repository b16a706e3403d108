"""How many replies of a thread wait for a moderator."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from service.replies.models import Reply


def count_waiting(session: Session, thread_id: int) -> int:
    """The number of pending replies of a thread; an index of what is not published answers it."""
    query = select(func.count()).where(col(Reply.thread_id) == thread_id, col(Reply.moderation) == "pending")
    return int(session.execute(query).scalar_one())
