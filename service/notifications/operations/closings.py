"""Closings and timers: who is told of a closing, what becomes of the notices of one that was undone, and reminders."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col

from service.closing.events import ThreadClosed, ThreadReopened, TimerFired
from service.closing.models import REMIND
from service.kit.clock import to_micros
from service.kit.queue import enqueue
from service.moderation.events import ReviewUndone
from service.notifications.models import Notification
from service.notifications.operations.telling import announce
from service.notifications.queries.undone import unseen

FORGET: Final = "notifications.forget_closing"
FORGET_EVENTS: Final = "notifications.forget_events"
"""The kinds of job that remove the notices of a closing that was undone, and of a decision's events."""


def announce_closing(session: Session, event: ThreadClosed, event_id: int) -> None:
    """Listener: begin to tell of a closing, unless it is to be silent."""
    if not event.silent:
        announce(session, event, event_id)


def announce_reminder(session: Session, event: TimerFired, event_id: int) -> None:
    """Listener: remind who asked for it. What the other timers do, their own events tell."""
    if event.timer == REMIND and event.done:
        announce(session, event, event_id)


def forget_closing(session: Session, event: ThreadReopened, event_id: int) -> None:
    """Listener: a closing was undone, so its notices vanish, but for those that were read or sent. What is still to be
    told of it finds the thread open.

    No index knows a closing's notices, so they are looked for in a job: on SQLite, writers would wait for that.
    """
    if event.undone is not None:
        subject = f"closing:{event.thread_id}:{to_micros(event.undone)}"
        enqueue(session, FORGET, {"thread": event.thread_id, "subject": subject})


def forget_undone(session: Session, event: ReviewUndone, event_id: int) -> None:
    """Listener: a decision was undone, so what its steps told people vanishes, as `forget_closing` has it: who has not
    seen that a post was published hears of it when it is published again.
    """
    if event.undid:
        enqueue(session, FORGET_EVENTS, {"events": list(event.undid)})


def forget(session: Session, ids: Sequence[int]) -> None:
    """Remove these notices, but for those that were read, or put into a worker's hands, since they were looked for."""
    session.execute(delete(Notification).where(col(Notification.id).in_(ids), *unseen()))
