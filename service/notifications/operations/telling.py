"""Tell the audience of an event: which notifications exist is decided here, in one transaction per chunk of people."""

from datetime import timedelta
from functools import cache
from typing import Any, Final

from sqlmodel import Session

from service.kit.clock import now
from service.kit.database.rows import table_of, upsert
from service.kit.events import Event
from service.kit.queue import enqueue
from service.notifications import queries
from service.notifications.models import MAIL, PUSH, Notification
from service.notifications.operations.pushing import add_pushes
from service.notifications.operations.sending import add_deliveries
from service.notifications.policy import DEFAULTS, SITE, Decision, decide
from service.notifications.policy.timing import is_urgent
from service.notifications.queries import Occasion
from service.replies.events import ReplyEvent
from service.subscriptions.queries import Reader, audience
from service.threads.events import ThreadEvent

NOTIFY: Final = "notifications.notify"
"""The kind of job that tells one chunk of an event's audience."""

NOTIFICATION: Final = table_of(Notification)

CHUNK: Final = 50
"""People told in one transaction. Posting waits for at most one such transaction: some milliseconds on SQLite."""


def announce(session: Session, event: Event, event_id: int) -> None:
    """Listener: begin to tell the audience of a reply or a closing, after this transaction."""
    enqueue(session, NOTIFY, {"event": event_id, "after": 0})


def announce_mentions(session: Session, event: ThreadEvent | ReplyEvent, event_id: int) -> None:
    """Listener: begin to tell whom an edited text mentions or quotes; nobody else is told of an edit."""
    if event.mentioned or (isinstance(event, ReplyEvent) and event.quoted):
        announce(session, event, event_id)


def tell_chunk(
    session: Session, event_id: int, after: int, *, delay: timedelta, domain: str, push: bool = False
) -> int | None:
    """Tell the next people of the event's audience, those with account ids above `after`; returns the last one's id,
    or None when nobody is left. Told twice is told once. `delay` is how long letters wait, `domain` where their
    Message-IDs come from; `push` says that this site sends push messages.
    """
    occasion = queries.find_occasion(session, event_id)
    if occasion is None:
        return None
    people = audience(session, occasion.thread, occasion.category, occasion.news, after, CHUNK)
    decisions = decide_for(session, occasion, [one for one in people if one.account_id not in occasion.untold])
    told = add_notifications(session, occasion, decisions)
    letters = {one: each for one, each in told.items() if MAIL in decisions[one].channels}
    urgent = {one for one in letters if is_urgent(occasion.kind, decisions[one].reason)}
    add_deliveries(session, occasion, letters, urgent=urgent, delay=delay, domain=domain)
    if push:
        add_pushes(session, {one: each for one, each in told.items() if PUSH in decisions[one].channels})
    return people[-1].account_id if len(people) == CHUNK else None


def decide_for(session: Session, occasion: Occasion, people: list[Reader]) -> dict[int, Decision]:
    """What each of these people is told, by account, without those who are told nothing."""
    preferences = queries.preferences_of(session, [one.account_id for one in people])
    found = {
        one.account_id: decide(
            one, occasion.kind, preferences.get(one.account_id, DEFAULTS), followers=occasion.news.watching
        )
        for one in people
    }
    return {account_id: decision for account_id, decision in found.items() if decision.told}


def add_notifications(session: Session, occasion: Occasion, decisions: dict[int, Decision]) -> dict[int, int]:
    """Insert what these people are told; gives the new notifications' ids by account, without those told before."""
    if not decisions:
        return {}
    same = {
        "kind": occasion.kind, "subject": occasion.subject, "event_id": occasion.event_id,
        "thread_id": occasion.thread.id, "reply_id": occasion.reply_id, "actor_id": occasion.actor_id,
        "created_at": now(session), "read_at": None,
    }  # fmt: skip
    rows = [
        same
        | {
            "account_id": account_id,
            "reason": decision.reason,
            "considered": decision.considered,
            "on_site": SITE in decision.channels,
        }
        for account_id, decision in decisions.items()
    ]
    return insert_once(session, rows)


def insert_once(session: Session, rows: list[dict[str, Any]]) -> dict[int, int]:
    """Insert notifications, each as its columns; gives the new ones' ids by account, without those told before."""
    found = session.execute(_notify_once(upsert(session)), rows)
    return {int(account_id): int(notification_id) for account_id, notification_id in found}


@cache
def _notify_once(dialect_insert: Any) -> Any:
    """Inserts notifications that are not there yet and gives account and id of each; built once for each dialect."""
    statement = dialect_insert(NOTIFICATION).on_conflict_do_nothing(index_elements=["account_id", "subject", "kind"])
    return statement.returning(NOTIFICATION.c.account_id, NOTIFICATION.c.id)
