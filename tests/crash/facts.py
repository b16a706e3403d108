"""What the database holds, asked beside the doors: the queue, the events, and how each delivery ended."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text

from service.kit.database import Database, Session
from service.kit.errors import NotReady

REST_WAIT = 600.0  # seconds for the queue to come to rest: leases of killed workers, retries, then the work itself

TELLING: Final = "SELECT kind, attempts, last_error FROM job WHERE dead_at IS NULL AND kind = 'notifications.notify'"
LIVING: Final = "SELECT kind, attempts, last_error FROM job WHERE dead_at IS NULL AND kind LIKE 'notifications.%'"


@dataclass(frozen=True)
class Brought:
    """How the bringing of one notification by mail ended. `ended` is seconds since 1970, None while it has no end."""

    username: str
    reply_id: int
    state: str
    answer: str
    message_id: str
    ended: float | None


async def come_to_rest(database: Database, query: str = LIVING) -> None:
    """Wait until the query finds no living job.

    Raises:
        TimeoutError: there still are some.
    """
    deadline = time.monotonic() + REST_WAIT
    left: list[Any] = [query]
    while left:
        with suppress(NotReady):  # a connection to a server that has fallen since
            left = await database.read(rows, f"{query} LIMIT 5")
        if left and time.monotonic() > deadline:
            raise TimeoutError(f"the queue did not come to rest: {left}")
        await asyncio.sleep(0.1 if left else 0)


def rows(session: Session, query: str) -> list[Any]:
    """The rows of a query."""
    return [tuple(row) for row in session.execute(text(query))]


def brought(session: Session) -> list[Brought]:
    """Every delivery by mail that is about a reply."""
    query = """
        SELECT account.username, notification.reply_id, delivery.state, delivery.answer, letter.message_id,
            delivery.ended_at
        FROM delivery
        JOIN notification ON notification.id = delivery.notification_id
        JOIN account ON account.id = notification.account_id
        LEFT JOIN letter ON letter.id = delivery.letter_id
        WHERE delivery.channel = 'mail' AND notification.reply_id IS NOT NULL
    """
    return [
        Brought(username, reply_id, state, answer, message_id, None if ended is None else ended / 1e6)
        for username, reply_id, state, answer, message_id, ended in rows(session, query)
    ]


def unended_letters(session: Session) -> list[Any]:
    """Letters without an end, though nothing is left to do."""
    ended = "'sent', 'failed', 'skipped', 'dead'"
    return rows(session, f"SELECT id, state FROM letter WHERE state NOT IN ({ended}) OR ended_at IS NULL LIMIT 5")


def notified(session: Session) -> list[Any]:
    """Whom the inbox tells of which reply: username and reply, once for each row."""
    return rows(
        session,
        "SELECT account.username, notification.reply_id FROM notification"
        " JOIN account ON account.id = notification.account_id WHERE notification.reply_id IS NOT NULL",
    )


def dead_jobs(session: Session) -> list[Any]:
    """Jobs that were given up: id, kind and the last error."""
    return rows(session, "SELECT id, kind, last_error FROM job WHERE dead_at IS NOT NULL")


def posted_events(session: Session) -> list[int]:
    """The subjects of the events that say a reply was posted."""
    return [row[0] for row in rows(session, "SELECT subject_id FROM event WHERE kind = 'reply.posted'")]
