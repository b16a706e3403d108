"""What writing in a thread does to how closely its people follow it: the listeners of posts."""

from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger, String, bindparam, column, delete, func, literal, select, table
from sqlmodel import Session

from service.accounts.queries import ids_of
from service.kit.clock import Instant, now
from service.kit.database.rows import table_of, upsert
from service.replies.events import ReplyEvent, ReplyHeld, ReplyPosted
from service.subscriptions.models import NORMAL, WATCHING, Mention, Subscription
from service.subscriptions.policy import REPLIED
from service.subscriptions.queries import without_own
from service.threads.events import ThreadEvent
from service.threads.models import Thread

SUBSCRIPTION, MENTION = table_of(Subscription), table_of(Mention)

PREFERENCE: Final = table(
    "notification_preference",
    column("account_id", BigInteger),
    column("on_reply", String),
    column("after_reading", String),
)
"""What people prefer belongs to a room above this one; two of its columns say which level writing and reading give."""


def preferred(name: str, default: str) -> Any:
    """The level that the person `:account` wants from replying or reading; without a row the default."""
    wanted = select(PREFERENCE.c[name]).where(PREFERENCE.c.account_id == bindparam("account", type_=BigInteger))
    return func.coalesce(wanted.scalar_subquery(), literal(default, String))


def follow_after_reply(session: Session, event: ReplyPosted | ReplyHeld, event_id: int) -> None:
    """Listener: who replies in a thread watches it from now on, or as they prefer, unless they have a level there.

    A reply that a moderator lets wait once more has a later version, and is nobody's new one.
    """
    if event.actor.account_id is None or event.version > 1:
        return
    asked = {"thread": event.thread_id, "account": event.actor.account_id, "at": now(session)}
    given = session.scalar(_unless_there(upsert(session)), asked)
    if given not in (None, WATCHING):
        _keep_closer(session, event.actor.account_id, event.thread_id)


def _keep_closer(session: Session, account_id: int, thread_id: int) -> None:
    """Who wants less than watching from replying loses nothing by it where they watch already, as its author or by a
    tag or the category.
    """
    if without_own(session, account_id, session.get_one(Thread, thread_id)) == WATCHING:
        mine = SUBSCRIPTION.c.account_id == account_id
        session.execute(delete(SUBSCRIPTION).where(mine, SUBSCRIPTION.c.thread_id == thread_id))


@cache
def _unless_there(dialect_insert: Any) -> Any:
    """The listener's statement, built once for each dialect, because every reply runs it: with what its person
    prefers, it is still one. Who wants no more than a normal level from replying gets no row.
    """
    level = preferred("on_reply", WATCHING)
    row = select(
        bindparam("thread", type_=BigInteger), bindparam("account", type_=BigInteger), level,
        literal(REPLIED, String), bindparam("at", type_=Instant()),
    ).where(level != NORMAL)  # fmt: skip
    insert = dialect_insert(SUBSCRIPTION).from_select(["thread_id", "account_id", "level", "reason", "since"], row)
    kept = insert.on_conflict_do_nothing(index_elements=["thread_id", "account_id"])
    return kept.returning(SUBSCRIPTION.c.level)


def note_mentions(session: Session, event: ReplyEvent | ThreadEvent, event_id: int) -> None:
    """Listener: keep whom a post mentions, from now on, when it was written or its text was changed.

    Whoever was mentioned before stays under the event that brought it; whom the text names no more is forgotten.
    """
    if event.mentioned is None:
        return
    reply_id = event.reply_id if isinstance(event, ReplyEvent) else None
    ids = ids_of(session, event.mentioned) if event.mentioned else []
    post = MENTION.c.reply_id == reply_id if reply_id else MENTION.c.reply_id.is_(None)
    if event.version > 1:
        gone = MENTION.c.account_id.not_in(ids)
        session.execute(delete(MENTION).where(MENTION.c.thread_id == event.thread_id, post, gone))
    if ids:
        same = {"thread_id": event.thread_id, "reply_id": reply_id, "event_id": event_id, "created_at": now(session)}
        rows = [same | {"account_id": account_id, "named": True, "quoted": False} for account_id in ids]
        session.execute(upsert(session)(MENTION).on_conflict_do_nothing(), rows)
