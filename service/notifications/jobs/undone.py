"""Removing the notices of a closing that was undone."""

from typing import Any, Final

from service.kit.database import Database
from service.kit.queue import Run
from service.notifications.operations.closings import forget
from service.notifications.queries.undone import notices_of_closing, notices_of_events

AT_ONCE: Final = 500


async def forget_events(database: Database, run: Run[Any]) -> None:
    """Remove what nobody has seen of these events, as `forget_closing` does; payload `{events}`."""
    while found := await database.read(notices_of_events, run.payload["events"], AT_ONCE):
        await database.write(forget, found)


async def forget_closing(database: Database, run: Run[Any]) -> None:
    """Remove those that nobody has seen, 500 in a transaction; payload `{thread, subject}`."""
    thread_id, subject = run.payload["thread"], run.payload["subject"]
    while found := await database.read(notices_of_closing, thread_id, subject, AT_ONCE):
        await database.write(forget, found)
