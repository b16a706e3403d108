"""Lists of threads, by keyset.

In the list of a category, and of all threads, by activity, the pinned ones stand first. They are loaded by a statement
of their own, which is run only where the first one has found that there are any; it leaves them out.

Every list is one of a few statements, each compiled once; what is looked for comes as parameters.

The threads of a tag are read all and sorted where they are few. Where they are many, the list that they are part of is
walked instead, and left when there are enough of them: they lie close together there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    String,
    UnaryExpression,
    and_,
    bindparam,
    exists,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql.operators import custom_op
from sqlmodel import Session

from service.kit.actor import Actor
from service.kit.clock import now, to_micros
from service.kit.database.ready import Ready, Row
from service.kit.database.rows import table_of
from service.kit.text import username_key
from service.tags.models import ThreadTag
from service.tags.policy import tag_slug
from service.threads.queries.law import THREAD, effective_close_at, micros
from service.threads.queries.loads import ThreadSeen
from service.threads.queries.reading import ACCOUNT, LINES, SIGHTS, WHOLE, Reading, Sight, listed, sight_of
from service.threads.queries.tags import tag_size

SORTS: Final[dict[str, Any]] = {
    "active": micros(THREAD.c.active_at),
    "new": micros(THREAD.c.published_at),
    "top": THREAD.c.reply_count,
    "pinned": micros(THREAD.c.pinned_at),
}

FEW: Final = 2_000
"""Published threads of a tag that are sorted; of more, one comes soon on the way through the list."""
PINNED: Final = 2**60
"""What the key of a pinned thread begins with, before the instant of its pin: more than any instant."""

OTHER: Final = THREAD.alias("pinned")
THREAD_TAG = table_of(ThreadTag)
WRITER: Final = ACCOUNT.alias("writer")
AT: Final = bindparam("at", type_=BigInteger)


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


@dataclass(frozen=True, slots=True)
class Shape:
    """What makes one statement another: what is looked for, in which order, from the beginning or from a key on; which
    of the pinned (`only`, `not`, or empty: nobody asks) are listed; whose list it is; and with which columns.
    `by` names what is looked for: `tag` where few threads have it, `large_tag` where many do.
    """

    sight: Sight
    by: tuple[str, ...]
    state: str | None
    sort: str
    goes_on: bool
    pins: str
    whole: bool


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
    asked: dict[str, Any] = {"me": actor.account_id, "most": limit + 1, "category": filters.category_id}
    asked |= {"author_key": None if filters.author is None else username_key(filters.author)}
    asked |= {"author": filters.author, "tag": None, "large_tag": None}
    if filters.tag is not None:
        tag = tag_size(session, tag_slug(filters.tag))
        if tag is None:
            return []
        asked["large_tag" if tag[1] > FEW else "tag"] = tag[0]
    if filters.with_pins or filters.state in ("open", "closed"):
        asked["at"] = to_micros(now(session))
    by = tuple(name for name in ("category", "author", "tag", "large_tag") if asked[name] is not None)
    sight, reading = sight_of(actor), WHOLE if with_text else LINES

    def rows(after: tuple[int, ...] | None, sort: str, pins: str) -> Sequence[Row]:
        shape = Shape(sight, by, filters.state, sort, after is not None, pins, with_text)
        key = {} if after is None else {"key": after[0], "id": after[1]}
        return _statement(shape).all(session, asked | key)

    if not filters.with_pins:
        return reading.to_seen(session, rows(after, filters.sort, ""))
    begins = after is None or after[0] >= PINNED
    others = rows(None if begins else after, filters.sort, "not")
    found = reading.to_seen(session, others)
    if begins and (not others or others[0][-1]):
        key = None if after is None else (after[0] - PINNED, after[1])
        found[:0] = reading.to_seen(session, rows(key, "pinned", "only"), stands_first=True)
    return found[: limit + 1]


def sort_key(seen: ThreadSeen, sort: str) -> tuple[int, int]:
    """The key of a thread in the order `sort`, for a cursor."""
    thread = seen.thread
    if seen.stands_first and thread.pinned_at is not None:
        return PINNED + to_micros(thread.pinned_at), seen.id
    if sort == "top":
        return thread.reply_count, seen.id
    return to_micros(thread.active_at if sort == "active" else thread.published_at), seen.id


@lru_cache(maxsize=SIGHTS)
def _statement(shape: Shape) -> Ready:
    """The statement of this shape; one that leaves the pinned out says in its last column whether there are any."""
    reading: Reading = WHOLE if shape.whole else LINES
    query, order = reading.select().where(listed(shape.sight), *_conditions(shape)), SORTS[shape.sort]
    if shape.goes_on:
        key = tuple_(bindparam("key", type_=BigInteger), bindparam("id", type_=BigInteger))
        query = query.where(tuple_(order, THREAD.c.id) < key)
    if shape.pins == "only":
        query = query.where(_pinned(THREAD, shape))
    elif shape.pins == "not":
        any_pinned = exists(select(OTHER.c.id).where(_pinned(OTHER, shape)))
        query = query.where(not_(_pinned(THREAD, shape))).add_columns(any_pinned)
    return Ready(query.order_by(order.desc(), THREAD.c.id.desc()).limit(bindparam("most", type_=Integer)))


def _pinned(table: Any, shape: Shape) -> ColumnElement[bool]:
    """Which threads are pinned now where this list is: in its category, or everywhere.

    SQLite may not look for them by their category (a `+` keeps it from that): all of its threads would be looked at.
    """
    in_category = UnaryExpression(table.c.category_id, operator=custom_op("+")) == CATEGORY_ID
    here = in_category if "category" in shape.by else table.c.pinned_everywhere
    lasts = or_(table.c.pinned_until.is_(None), micros(table.c.pinned_until) > AT)
    return and_(table.c.pinned_at.is_not(None), lasts, here)


CATEGORY_ID: Final = bindparam("category", type_=BigInteger)
AUTHOR_ID: Final = (
    select(WRITER.c.id)
    .where(WRITER.c.username_key == bindparam("author_key", type_=String))  # which is what has an index
    .where(WRITER.c.username == bindparam("author", type_=String))
    .scalar_subquery()
)
TAGGED: Final = select(THREAD_TAG.c.thread_id).where(THREAD_TAG.c.tag_id == bindparam("tag", type_=BigInteger))
HAS_TAG: Final = (
    select(THREAD_TAG.c.tag_id)
    .where(THREAD_TAG.c.thread_id == THREAD.c.id, THREAD_TAG.c.tag_id == bindparam("large_tag", type_=BigInteger))
    .correlate(THREAD)
    .scalar_subquery()
)
"""Looked up thread by thread: of EXISTS, PostgreSQL would make a table of all the tag's threads."""


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    conditions = []
    if "category" in shape.by:
        conditions.append(THREAD.c.category_id == CATEGORY_ID)
    if "author" in shape.by:
        conditions.append(THREAD.c.author_id == AUTHOR_ID)
    if "tag" in shape.by:
        conditions.append(THREAD.c.id.in_(TAGGED))
    if "large_tag" in shape.by:
        conditions.append(HAS_TAG.is_not(None))
    if shape.state == "archived":
        conditions.append(THREAD.c.archived_at.is_not(None))
    elif shape.state is not None:
        closed = effective_close_at(AT) <= AT
        conditions += [THREAD.c.archived_at.is_(None), closed if shape.state == "closed" else ~closed]
    return conditions
