"""Lists of threads, by keyset.

In the list of a category, and of all threads, by activity, the pinned ones stand first. They are loaded by a statement
of their own, which is run only where the first one has found that there are any; it leaves them out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, exists, literal, not_, or_, select, tuple_
from sqlalchemy.orm import aliased, defer
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

PINNED: Final = 2**60
"""What the key of a pinned thread begins with, before the instant of its pin: more than any instant."""

Pinned = aliased(Thread)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which threads to list, and in which order; absent ones are None. `tag` is a tag in any spelling.

    With `pins` the pinned ones stand first, where nothing but a category is looked for, by activity.
    """

    category_id: int | None = None
    author: str | None = None
    state: str | None = None
    tag: str | None = None
    sort: str = "active"
    pins: bool = False

    @property
    def with_pins(self) -> bool:
        """Whether this list is one in which pinned threads stand first."""
        return self.pins and self.sort == "active" and (self.author, self.state, self.tag) == (None, None, None)


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
    if filters.with_pins:
        return _list_with_pins(session, query, filters, after, limit)
    rows = session.execute(_page(query, order, after, limit))
    return [to_seen(session, row) for row in rows]


def sort_key(seen: ThreadSeen, sort: str) -> tuple[int, int]:
    """The key of a thread in the order `sort`, for a cursor."""
    thread = seen.thread
    if seen.stands_first and thread.pinned_at is not None:
        return PINNED + to_micros(thread.pinned_at), seen.id
    if sort == "top":
        return thread.reply_count, seen.id
    return to_micros(thread.active_at if sort == "active" else thread.published_at), seen.id


def _page(query: Any, order: Any, after: tuple[int, ...] | None, limit: int) -> Any:
    if after is not None:
        query = query.where(tuple_(order, Thread.id) < tuple_(*(literal(part, BigInteger) for part in after)))
    return query.order_by(order.desc(), col(Thread.id).desc()).limit(limit + 1)


def _list_with_pins(
    session: Session, query: Select[*tuple[Any, ...]], filters: Filters, after: tuple[int, ...] | None, limit: int
) -> Sequence[ThreadSeen]:
    """The pinned ones, the last pinned first, then the others; a cursor says in which of both parts it stands."""
    at, is_within = to_micros(now(session)), after is not None and after[0] >= PINNED
    begins = after is None or is_within
    others = _page(query.where(not_(_pinned(Thread, filters, at))), SORTS["active"], None if begins else after, limit)
    if not begins:
        return [to_seen(session, row) for row in session.execute(others)]
    any_pinned = exists(select(col(Pinned.id)).where(_pinned(Pinned, filters, at)))
    rows = session.execute(others.add_columns(any_pinned)).all()
    found: list[ThreadSeen] = []
    if not rows or rows[0][-1]:
        since = micros(Thread.pinned_at)
        key = (after[0] - PINNED, *after[1:]) if after is not None else None
        pinned = session.execute(_page(query.where(_pinned(Thread, filters, at)), since, key, limit))
        found = [replace(to_seen(session, row), stands_first=True) for row in pinned]
    return [*found, *(to_seen(session, row[:-1]) for row in rows)][: limit + 1]


def _pinned(kind: Any, filters: Filters, at: int) -> ColumnElement[bool]:
    """Which threads are pinned now where this list is: in its category, or everywhere."""
    here = col(kind.pinned_everywhere) if filters.category_id is None else col(kind.category_id) == filters.category_id
    lasts = or_(col(kind.pinned_until).is_(None), micros(kind.pinned_until) > at)
    return and_(col(kind.pinned_at).is_not(None), lasts, here)


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
