"""Tell the audience of an event: which notifications exist is decided here, in one transaction per chunk of people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import bindparam
from sqlmodel import Session

from service.kit.clock import now
from service.kit.database.crowds import as_crowd, for_each_of
from service.kit.database.rows import table_of, upsert
from service.kit.events import Event
from service.kit.queue import enqueue
from service.notifications import queries
from service.notifications.models import MAIL, PUSH, Notification, NotificationPreference
from service.notifications.operations.pushing import add_pushes
from service.notifications.operations.sending import add_deliveries
from service.notifications.policy import DEFAULTS, SITE, Decision, decide
from service.notifications.policy.timing import is_urgent
from service.notifications.queries import Occasion
from service.replies.events import ReplyEvent
from service.subscriptions.queries import Alike, Reader, alike
from service.threads.events import ThreadEvent

NOTIFY: Final = "notifications.notify"
"""The kind of job that tells one chunk of an event's audience."""

NOTIFICATION: Final = table_of(Notification)
TOLD: Final = (NOTIFICATION.c.account_id, NOTIFICATION.c.id)

CHUNK: Final = 200
"""People told in one transaction. Posting waits for at most one such transaction: some milliseconds on SQLite."""


def announce(session: Session, event: Event, event_id: int) -> None:
    """Listener: begin to tell the audience of a reply or a closing, after this transaction."""
    enqueue(session, NOTIFY, {"event": event_id, "after": 0})


def announce_mentions(session: Session, event: ThreadEvent | ReplyEvent, event_id: int) -> None:
    """Listener: begin to tell whom an edited text mentions or quotes; nobody else is told of an edit."""
    if event.mentioned or (isinstance(event, ReplyEvent) and event.quoted):
        announce(session, event, event_id)


@dataclass(frozen=True, slots=True)
class Party:
    """People who are told the same for the same reasons, and chose alike how they are told."""

    decision: Decision
    preference: NotificationPreference
    account_ids: Sequence[int]


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
    people = alike(session, occasion.thread, occasion.category, occasion.news, after, CHUNK)
    parties = decide_for(session, occasion, people)
    reached = [(party, add_notifications(session, occasion, party)) for party in parties]
    mailed = [(party, told) for party, told in reached if MAIL in party.decision.channels]
    wishes = {one: party.preference for party, told in mailed for one in told}
    urgent = {one for party, told in mailed if is_urgent(occasion.kind, party.decision.reason) for one in told}
    news = together(told for _, told in mailed)
    add_deliveries(session, occasion, news, wishes, urgent=urgent, delay=delay, domain=domain)
    if push:
        add_pushes(session, together(told for party, told in reached if PUSH in party.decision.channels))
    chunk = [party.account_ids for party in people]
    return max(ids[-1] for ids in chunk) if sum(map(len, chunk)) == CHUNK else None


def together(parts: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Everybody's notifications, by account id."""
    return dict(sorted((account_id, each) for told in parts for account_id, each in told.items()))


def decide_for(session: Session, occasion: Occasion, people: Iterable[Alike]) -> list[Party]:
    """What these people are told, without those who are told nothing. It is decided once for all who do not differ."""
    told = {one: party.reader for party in people for one in party.account_ids if one not in occasion.untold}
    chosen = queries.shared_preferences(session, list(told))
    alike_ids: dict[tuple[int, int], list[int]] = defaultdict(list)
    cases: dict[tuple[int, int], tuple[Reader, NotificationPreference]] = {}
    for one, reader in told.items():
        preference = chosen.get(one, DEFAULTS)
        case = id(reader), id(preference)
        cases[case] = reader, preference
        alike_ids[case].append(one)
    followers = occasion.news.watching
    decided = [
        Party(decide(reader, occasion.kind, preference, followers=followers), preference, alike_ids[case])
        for case, (reader, preference) in cases.items()
    ]
    return [party for party in decided if party.decision.told]


def add_notifications(session: Session, occasion: Occasion, party: Party) -> Mapping[int, int]:
    """Insert what these people are told; gives the new notifications' ids by account, without those told before, where
    they are told by another channel too: for the inbox alone nobody asks.
    """
    decision = party.decision
    row = {
        "kind": occasion.kind, "subject": occasion.subject, "event_id": occasion.event_id,
        "thread_id": occasion.thread.id, "reply_id": occasion.reply_id, "actor_id": occasion.actor_id,
        "reason": decision.reason, "considered": decision.considered, "on_site": SITE in decision.channels,
        "created_at": now(session), "accounts": as_crowd(session, party.account_ids),
    }  # fmt: skip
    brought = bool(set(decision.channels) - {SITE})
    found = session.execute(_notify_many(upsert(session), brought), row)
    if not brought:
        return {}
    return {int(account_id): int(notification_id) for account_id, notification_id in found}


def insert_once(session: Session, rows: list[dict[str, Any]]) -> dict[int, int]:
    """Insert notifications, each as its columns; gives the new ones' ids by account, without those told before."""
    found = session.execute(_notify_once(upsert(session)), rows)
    return {int(account_id): int(notification_id) for account_id, notification_id in found}


@cache
def _notify_once(dialect_insert: Any) -> Any:
    """Inserts notifications that are not there yet and gives account and id of each; built once for each dialect."""
    return _unless_told(dialect_insert(NOTIFICATION)).returning(*TOLD)


@cache
def _notify_many(dialect_insert: Any, returning: bool) -> Any:
    """The same notification for many accounts in one statement, where it is not there yet."""
    same = [column for column in NOTIFICATION.c if column.name not in ("id", "account_id", "read_at")]
    values = [bindparam(column.name, type_=column.type) for column in same]
    rows = for_each_of(dialect_insert, "accounts", *values)
    adding = _unless_told(dialect_insert(NOTIFICATION).from_select([NOTIFICATION.c.account_id, *same], rows))
    return adding.returning(*TOLD) if returning else adding


def _unless_told(adding: Any) -> Any:
    return adding.on_conflict_do_nothing(index_elements=["account_id", "subject", "kind"])
