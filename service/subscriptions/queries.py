"""Every SELECT of subscriptions: one person's level on a thread, and a thread's audience."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, bindparam, literal, select, union_all
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import Category
from service.categories.policy import visible_to
from service.kit.actor import ROLES, Actor
from service.kit.database.rows import table_of
from service.subscriptions.models import NORMAL, WATCHING, Subscription
from service.threads.models import Thread
from service.threads.queries import ThreadSeen

SUBSCRIPTION, ACCOUNT = table_of(Subscription), table_of(Account)


@dataclass(frozen=True, slots=True)
class Following:
    """A person's level on a thread. `reason` is why it is so: `opened`, `replied`, `chosen`, or None by default."""

    level: str
    reason: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Watcher:
    """One person of a thread's audience, and why they belong to it: `opened`, `replied` or `chosen`."""

    account_id: int
    reason: str


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


def roles_that_see(category: Category) -> list[str]:
    """The roles of accounts that may see a category."""
    return [role for role in ROLES[1:] if category.visibility in visible_to(Actor(None, None, role))]


def audience(session: Session, thread: Thread, category: Category, after: int, limit: int) -> Sequence[Watcher]:
    """Up to `limit` people who watch the thread and may see it now, by account id, beginning after the id `after`.

    Fewer than `limit` are the last ones. Each chunk costs the same however many watch (the unique index is walked).
    """
    asked = {"thread": thread.id, "author": thread.author_id, "after": after, "at_most": limit}
    rows = session.execute(_audience(tuple(roles_that_see(category))), asked)
    return [Watcher(int(row[0]), row[1]) for row in rows]


@cache
def _audience(roles: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """Those with a row, and who opened the thread without one; built once for each set of roles.

    One statement, so one snapshot: as two, on PostgreSQL, an author whose first own reply gave them a row in between
    was in neither, and was not told.
    """
    chosen = (
        select(SUBSCRIPTION.c.account_id, SUBSCRIPTION.c.reason)
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
    author = bindparam("author", type_=BigInteger)
    any_level = select(SUBSCRIPTION.c.id).where(
        SUBSCRIPTION.c.thread_id == bindparam("thread"), SUBSCRIPTION.c.account_id == author
    )
    opener = select(ACCOUNT.c.id, literal("opened")).where(
        ACCOUNT.c.id == author, ACCOUNT.c.id > bindparam("after"), ACCOUNT.c.role.in_(roles), ~any_level.exists()
    )
    everybody = union_all(select(chosen), opener).subquery()
    return select(everybody).order_by(everybody.c.account_id).limit(bindparam("at_most", type_=Integer))
