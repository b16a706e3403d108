"""Firing what is due, and the timers that a new thread brings along."""

from typing import Any, Final

from service.closing import operations, queries
from service.kit.database import Database, Session
from service.kit.errors import Problem
from service.kit.queue import Run, enqueue
from service.threads.events import ThreadCaught, ThreadHeld, ThreadOpened
from service.threads.queries import get_thread

FIRE: Final = "closing.fire"
AT_ONCE: Final = 100
"""Timers per job, each in transactions of its own."""


async def fire(database: Database, run: Run[Any]) -> None:
    """Fire the timers whose instant has come, the oldest first; one that fails holds no other up, and comes again."""
    due = await database.read(queries.due_timers, AT_ONCE)
    failed: Exception | None = None
    for timer_id in due:
        try:
            await fire_one(database, timer_id)
        except Exception as failure:
            failed = failure
    if failed is not None:
        raise failed
    if len(due) == AT_ONCE:
        await database.write(enqueue, FIRE, {})


async def fire_one(database: Database, timer_id: int) -> None:
    """Fire a timer step by step. What the rules of the forum refuse is its outcome, not a failure."""
    try:
        while not await database.write(operations.fire_timer, timer_id):
            pass
    except Problem as refusal:
        await database.write(operations.give_up, timer_id, refusal.detail)


def plan_opened(session: Session, event: ThreadOpened | ThreadHeld | ThreadCaught, event_id: int) -> None:
    """Listener: a thread that was opened with its own time of closing, or is to be published later, has timers."""
    if event.timed:
        seen = get_thread(session, event.actor, event.thread_id)
        operations.plan_opened(session, event.actor, seen, event.publish_at)
