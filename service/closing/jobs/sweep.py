"""The sweep that tells, and the second look after a policy or a reply changed. All are shallow and safe to repeat."""

from collections.abc import Sequence
from typing import Any

from service.closing import operations, queries
from service.closing.operations import telling
from service.closing.queries.untold import reopened_untold
from service.kit.database import Database, Session
from service.kit.events import Event
from service.kit.queue import Run, enqueue
from service.replies.events import ReplyEvent
from service.threads.events import ThreadEvent

AT_ONCE = 100
"""Threads per job: short transactions, so that a policy that closes thousands holds nobody up."""


async def sweep(database: Database, run: Run[Any]) -> None:
    """Find threads that time has opened or closed, and tell; what opened first, because it may have closed again.

    The search looks at every open thread, so it is a read: on SQLite, writers would wait for it (0.1 s for 20,000).
    """
    if opened := await database.read(reopened_untold, AT_ONCE):
        await database.write(tell_ended, opened)
    if found := await database.read(queries.closed_untold, AT_ONCE):
        await database.write(tell_closed, found)


def tell_closed(session: Session, found: Sequence[int]) -> None:
    """Tell of the threads that were found closed, if they still are; after a hundred, another job goes on."""
    queries.hold_policies(session)
    for thread_id in found:
        operations.tell_closed(session, thread_id)
    if len(found) == AT_ONCE:
        enqueue(session, "closing.sweep", {})


def tell_ended(session: Session, found: Sequence[int]) -> None:
    """Tell of the threads whose closing was found ended, if it still is; after a hundred, another job goes on."""
    queries.hold_policies(session)
    for thread_id in found:
        telling.tell_ended(session, thread_id)
    if len(found) == AT_ONCE:
        enqueue(session, "closing.sweep", {})


def look_again(session: Session, event: Event, event_id: int) -> None:
    """Listener: a site's or category's policy may have opened threads that were told as closed."""
    enqueue(session, "closing.look_again", {"after": 0})


def look_at_thread(session: Session, event: ReplyEvent | ThreadEvent, event_id: int) -> None:
    """Listener: a reply, or the thread, was hidden or shown again: it may be open by that, though told as closed.

    What it may have closed, the sweep tells.
    """
    operations.tell_if_opened(session, event.thread_id)


def tell_reopened(session: Session, run: Run[Any]) -> None:
    """Tell of threads that a changed policy has opened, a hundred at a time by id."""
    found = queries.open_but_told(session, run.payload["after"], AT_ONCE)
    for thread_id in found:
        operations.tell_open_again(session, thread_id)
    if len(found) == AT_ONCE:
        enqueue(session, "closing.look_again", {"after": found[-1]})
