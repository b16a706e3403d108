"""The replies that a timer moves to the trash."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col

from service.kit.actor import SYSTEM
from service.replies.models import Reply
from service.replies.queries.loads import ReplySeen, select_seen, to_seen


def published_until(session: Session, thread_id: int, until: datetime, limit: int) -> Sequence[ReplySeen]:
    """Up to `limit` replies of a thread that are shown and were published no later than that, by their numbers."""
    query = select_seen().where(
        col(Reply.thread_id) == thread_id, col(Reply.moderation) == "published", col(Reply.published_at) <= until
    )
    rows = session.execute(query.order_by(col(Reply.number)).limit(limit).execution_options(populate_existing=True))
    return [to_seen(SYSTEM, row) for row in rows]
