"""Lists of threads, by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, literal, select, tuple_
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.actor import Actor
from service.kit.clock import now, to_micros
from service.tags.queries import threads_tagged
from service.threads.models import Thread
from service.threads.queries.law import effective_close_at, micros
from service.threads.queries.loads import ThreadSeen, listed_for, select_seen, to_seen

SORTS: dict[str, Any] = {
    "active": micros(Thread.active_at),
    "new": micros(Thread.published_at),
    "top": col(Thread.reply_count),
}

TEXTS: tuple[Any, ...] = (Thread.body, Thread.body_html, Thread.contents, Thread.sources)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which threads to list, and in which order; absent ones are None. `tag` is a tag in any spelling."""

    category_id: int | None = None
    author: str | None = None
    state: str | None = None
    tag: str | None = None
    sort: str = "active"


def list_threads(
    session: Session,
    actor: Actor,
    filters: Filters,
    after: tuple[int, ...] | None,
    limit: int,
    *,
    with_text: bool = True,
) -> Sequence[ThreadSeen]:
    """Up to `limit + 1` threads after the key `after` (see `sort_key`), newest or largest first.

    The extra one tells the caller that there is a next page. Without `with_text` the bodies are not loaded.
    """
    order = SORTS[filters.sort]
    query = select_seen().where(listed_for(actor), *_conditions(session, filters))
    if not with_text:
        query = query.options(*(defer(attribute, raiseload=True) for attribute in TEXTS))
    if after is not None:
        query = query.where(tuple_(order, Thread.id) < tuple_(*(literal(part, BigInteger) for part in after)))
    rows = session.execute(query.order_by(order.desc(), col(Thread.id).desc()).limit(limit + 1))
    return [to_seen(session, row) for row in rows]


def sort_key(seen: ThreadSeen, sort: str) -> tuple[int, int]:
    """The key of a thread in the order `sort`, for a cursor."""
    thread = seen.thread
    if sort == "top":
        return thread.reply_count, seen.id
    return to_micros(thread.active_at if sort == "active" else thread.published_at), seen.id


def _conditions(session: Session, filters: Filters) -> list[Any]:
    conditions: list[Any] = []
    if filters.category_id is not None:
        conditions.append(col(Thread.category_id) == filters.category_id)
    if filters.author is not None:
        conditions.append(
            col(Thread.author_id).in_(select(col(Account.id)).where(col(Account.username) == filters.author))
        )
    if filters.tag is not None:
        conditions.append(col(Thread.id).in_(threads_tagged(filters.tag)))
    if filters.state == "archived":
        conditions.append(col(Thread.archived_at).is_not(None))
    elif filters.state is not None:
        at = to_micros(now(session))
        closed = effective_close_at(at) <= at
        conditions += [col(Thread.archived_at).is_(None), closed if filters.state == "closed" else ~closed]
    return conditions
