"""The sweep that tells, and the second look after a policy changed. Both are shallow and safe to repeat."""

from typing import Any

from sqlmodel import Session

from service.closing import operations, queries
from service.kit.events import Event
from service.kit.queue import Run, enqueue

AT_ONCE = 100
"""Threads per job: short transactions, so that a policy that closes thousands holds nobody up."""


def sweep(session: Session, run: Run[Any]) -> None:
    """Tell of threads whose deadline has passed; when there are more than a hundred, another job goes on."""
    found = queries.closed_untold(session, AT_ONCE)
    if found:
        queries.hold_policies(session)
    for thread_id in found:
        operations.tell_closed(session, thread_id)
    if len(found) == AT_ONCE:
        enqueue(session, "closing.sweep", {})


def look_again(session: Session, event: Event, event_id: int) -> None:
    """Listener: a site's or category's policy may have opened threads that were told as closed."""
    enqueue(session, "closing.look_again", {"after": 0})


def tell_reopened(session: Session, run: Run[Any]) -> None:
    """Tell of threads that a changed policy has opened, a hundred at a time by id."""
    found = queries.open_but_told(session, run.payload["after"], AT_ONCE)
    for thread_id in found:
        operations.tell_open_again(session, thread_id)
    if len(found) == AT_ONCE:
        enqueue(session, "closing.look_again", {"after": found[-1]})
