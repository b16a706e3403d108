"""What the worker does for moderation: the trash is emptied of what lay there for long."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from service.kit.clock import now
from service.kit.database import Database, Session
from service.kit.queue import Run, enqueue
from service.moderation import operations, queries

PURGE: Final = "moderation.purge"
KEPT: Final = timedelta(days=30)
"""How long a deleted post can be restored."""

AT_ONCE: Final = 50
"""Threads, and replies, that one job empties."""


async def purge(database: Database, run: Run[Any]) -> None:
    """Empty the posts that were deleted more than 30 days ago, each in a transaction of its own; then the next ones."""
    threads, replies = await database.read(expired)
    for thread_id in threads:
        await database.write(operations.purge_thread, thread_id)
    for reply_id in replies:
        await database.write(operations.purge_reply, reply_id)
    if AT_ONCE in (len(threads), len(replies)):
        await database.write(enqueue, PURGE, {})


def expired(session: Session) -> tuple[Sequence[int], Sequence[int]]:
    """The threads and the replies to empty now, by their ids."""
    until = now(session) - KEPT
    return queries.expired_threads(session, until, AT_ONCE), queries.expired_replies(session, until, AT_ONCE)
