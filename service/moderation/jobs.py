"""What the worker does for moderation: the trash is emptied of what lay there for long."""

from datetime import timedelta
from typing import Any, Final

from service.kit.clock import now
from service.kit.database import Session
from service.kit.queue import Run, enqueue
from service.moderation import operations, queries

PURGE: Final = "moderation.purge"
KEPT: Final = timedelta(days=30)
"""How long a deleted post can be restored."""

AT_ONCE: Final = 50
"""Posts per job: short transactions, so that a full trash holds nobody up."""


def purge(session: Session, run: Run[Any]) -> None:
    """Empty the posts that were deleted more than 30 days ago, the oldest rows first; then the next ones."""
    until = now(session) - KEPT
    threads = queries.expired_threads(session, until, AT_ONCE)
    for thread_id in threads:
        operations.purge_thread(session, thread_id)
    replies = queries.expired_replies(session, until, AT_ONCE)
    for reply_id in replies:
        operations.purge_reply(session, reply_id)
    if AT_ONCE in (len(threads), len(replies)):
        enqueue(session, PURGE, {})
