"""Warning of closings: found once in a while, recorded a hundred at a time."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from service.closing.operations.warning import warn_of_closing
from service.closing.queries.warnings import to_be_warned
from service.kit.database import Database, Session
from service.kit.queue import Run, enqueue

WARN: Final = "closing.warn"
AT_ONCE: Final = 100
"""Threads per job: short transactions, as the sweep's."""


def warning(wanted: Callable[[Session], bool]) -> Callable[[Database, Run[Any]], Awaitable[None]]:
    """The job that warns of the threads that close within a day. `wanted` says whether anybody wants to know: that is
    the business of a room above this one, and where nobody does, nothing is looked for.
    """

    def search(session: Session) -> Sequence[int]:
        return to_be_warned(session, AT_ONCE) if wanted(session) else ()

    async def warn(database: Database, run: Run[Any]) -> None:
        """Warn of the threads that close within a day, where somebody wants to be told of them."""
        if found := await database.read(search):
            await database.write(warn_each, found)

    return warn


def warn_each(session: Session, found: Sequence[int]) -> None:
    """Warn of the threads that were found, if it is still so; after a hundred, another job goes on."""
    for thread_id in found:
        warn_of_closing(session, thread_id)
    if len(found) == AT_ONCE:
        enqueue(session, WARN, {})
