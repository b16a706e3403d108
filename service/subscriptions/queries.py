"""Every SELECT of subscriptions: one person's level on a thread, and whom a thread's news concern."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import Category
from service.categories.policy import visible_to
from service.kit.actor import ROLES, Actor
from service.kit.database.rows import table_of
from service.subscriptions.models import MUTED, NORMAL, WATCHING, Mention, Subscription
from service.threads.models import Thread
from service.threads.queries import ThreadSeen

SUBSCRIPTION, ACCOUNT, MENTION = table_of(Subscription), table_of(Account), table_of(Mention)


@dataclass(frozen=True, slots=True)
class Following:
    """A person's level on a thread. `reason` is why it is so: `opened`, `replied`, `chosen`, or None by default."""

    level: str
    reason: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told of a thread: to those who are `watching`, to the account that is `answered`, and to those
    whom the `reply` or the `opening` mentions, or whom the event `mentioned_by` was the first to mention.
    """

    watching: bool = False
    answered: int | None = None
    reply: int | None = None
    opening: bool = False
    mentioned_by: int | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """One person whom news concern. `watches` is why they watch the thread: `opened`, `replied`, `chosen` or None."""

    account_id: int
    watches: str | None
    answered: bool = False
    mentioned: bool = False


def following(session: Session, actor: Actor, seen: ThreadSeen) -> Following:
    """The actor's level on a thread they see; who opened it watches it until they choose otherwise."""
    if actor.account_id is None:
        return Following(NORMAL, None, None)
    return following_of(session, actor.account_id, seen.thread)


def following_of(session: Session, account_id: int, thread: Thread) -> Following:
    """The account's level on a thread."""
    row = session.execute(
        select(col(Subscription.level), col(Subscription.reason), col(Subscription.since)).where(
            col(Subscription.thread_id) == thread.id, col(Subscription.account_id) == account_id
        )
    ).first()
    if row is not None:
        return Following(row[0], row[1], row[2])
    if thread.author_id == account_id:
        return Following(WATCHING, "opened", thread.published_at)
    return Following(NORMAL, None, None)


def is_mentioned(session: Session, account_id: int, thread_id: int, reply_id: int | None) -> bool:
    """Whether the reply, or with None the thread's opening, mentions the account as it stands."""
    post = col(Mention.reply_id) == reply_id if reply_id else col(Mention.reply_id).is_(None)
    mine = col(Mention.account_id) == account_id, col(Mention.thread_id) == thread_id, post
    return session.execute(select(col(Mention.id)).where(*mine)).first() is not None


def roles_that_see(category: Category) -> list[str]:
    """The roles of accounts that may see a category."""
    return [role for role in ROLES[1:] if category.visibility in visible_to(Actor(None, None, role))]


def audience(
    session: Session, thread: Thread, category: Category, news: News, after: int, limit: int
) -> Sequence[Reader]:
    """Up to `limit` people whom the news concern and who may see the thread now, by account id, from after the id
    `after` on; each once, with every reason. Who muted the thread is not among them.

    Fewer than `limit` are the last ones. Each chunk costs the same however many watch (the unique index is walked).
    """
    asked = {"thread": thread.id, "author": thread.author_id, "after": after, "at_most": limit}
    asked |= {"answered": news.answered, "reply": news.reply, "event": news.mentioned_by}
    where = "event" if news.mentioned_by else "reply" if news.reply else "opening" if news.opening else ""
    statement = _audience(tuple(roles_that_see(category)), news.watching, news.answered is not None, where)
    return [Reader(row[0], row[1], bool(row[2]), bool(row[3])) for row in session.execute(statement, asked)]


@cache
def _audience(roles: tuple[str, ...], watching: bool, answered: bool, mentioned: str) -> Select[*tuple[Any, ...]]:
    """Everybody with a reason, one row each; built once for each kind of news and set of roles.

    One statement, so one snapshot: as two, on PostgreSQL, an author whose first own reply gave them a row in between
    was in neither, and was not told.
    """
    parts = [*(_watching(roles) if watching else ())]
    if answered:
        parts.append(_apart_from_watching(roles, ACCOUNT.c.id == bindparam("answered", type_=BigInteger), answered=1))
    if mentioned:
        parts.append(_apart_from_watching(roles, _mentioned(mentioned), mentioned=1))
    everybody = union_all(*parts).subquery()
    by_account = select(
        everybody.c.account_id, func.max(everybody.c.watches), func.max(everybody.c.answered),
        func.max(everybody.c.mentioned),
    )  # fmt: skip
    in_order = by_account.group_by(everybody.c.account_id).order_by(everybody.c.account_id)
    return in_order.limit(bindparam("at_most", type_=Integer))


def _row(account: Any, watches: Any, *, answered: int = 0, mentioned: int = 0) -> Select[*tuple[Any, ...]]:
    """The columns of every part of the audience."""
    return select(
        account.label("account_id"), watches.label("watches"), literal(answered, Integer).label("answered"),
        literal(mentioned, Integer).label("mentioned"),
    )  # fmt: skip


def _watching(roles: tuple[str, ...]) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """Those with a row that says so, no more of them than are asked for; and who opened the thread without a row."""
    chosen = (
        _row(SUBSCRIPTION.c.account_id, SUBSCRIPTION.c.reason)
        .join(ACCOUNT, ACCOUNT.c.id == SUBSCRIPTION.c.account_id)
        .where(
            SUBSCRIPTION.c.thread_id == bindparam("thread"),
            SUBSCRIPTION.c.level == WATCHING,
            SUBSCRIPTION.c.account_id > bindparam("after"),
            ACCOUNT.c.role.in_(roles),
        )
        .order_by(SUBSCRIPTION.c.account_id)
        .limit(bindparam("at_most", type_=Integer))
        .subquery()
    )
    opener = _row(ACCOUNT.c.id, literal("opened", String)).where(
        ACCOUNT.c.id == bindparam("author", type_=BigInteger),
        ACCOUNT.c.id > bindparam("after"),
        ACCOUNT.c.role.in_(roles),
        ~_level_of_account().exists(),
    )
    return select(chosen), opener


def _apart_from_watching(
    roles: tuple[str, ...], which: ColumnElement[bool], *, answered: int = 0, mentioned: int = 0
) -> Select[*tuple[Any, ...]]:
    """Those whom a post itself concerns, unless they muted its thread."""
    muted = _level_of_account().where(SUBSCRIPTION.c.level == MUTED)
    return _row(ACCOUNT.c.id, cast(null(), String), answered=answered, mentioned=mentioned).where(
        which, ACCOUNT.c.id > bindparam("after"), ACCOUNT.c.role.in_(roles), ~muted.exists()
    )


def _mentioned(where: str) -> ColumnElement[bool]:
    """Accounts that a reply or an opening mentions now, or that an event was the first to mention."""
    posts: dict[str, ColumnElement[bool]] = {
        "reply": MENTION.c.reply_id == bindparam("reply", type_=BigInteger),
        "opening": and_(MENTION.c.thread_id == bindparam("thread"), MENTION.c.reply_id.is_(None)),
        "event": MENTION.c.event_id == bindparam("event", type_=BigInteger),
    }
    return ACCOUNT.c.id.in_(select(MENTION.c.account_id).where(posts[where]))


def _level_of_account() -> Select[*tuple[Any, ...]]:
    """The subscription of the account at hand to the thread."""
    return select(SUBSCRIPTION.c.id).where(
        SUBSCRIPTION.c.thread_id == bindparam("thread"), SUBSCRIPTION.c.account_id == ACCOUNT.c.id
    )
