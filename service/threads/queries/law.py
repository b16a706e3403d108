"""The law of closing, in SQL: the same definition as `policy/state.py`, for the statement that stores a reply and for
lists. Instants and spans are integers of microseconds, so the arithmetic is the same everywhere.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    String,
    Subquery,
    case,
    column,
    func,
    literal,
    select,
    table,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from service.categories.models import Category
from service.kit.database.rows import table_of
from service.site.models import OFF, Site
from service.threads.models import Thread

NEVER = 2**62
"""Later than any instant: what an absent term counts as."""

# Columns of Core: with those of the ORM, the statement that stores a reply would take the ORM's long way round.
THREAD, CATEGORY, SITE = table_of(Thread), table_of(Category), table_of(Site)
# Named, not imported: the room of replies stands above this one.
REPLY = table(
    "reply",
    column("thread_id", BigInteger),
    column("number", Integer),
    column("moderation", String),
    column("published_at", BigInteger),
)


class Earliest(GenericFunction[int]):
    """The least of its arguments: `least` in PostgreSQL, the scalar `min` in SQLite."""

    name = "earliest"
    type = BigInteger()
    inherit_cache = True


@compiles(Earliest, "sqlite")
def _as_min(element: Any, compiler: Any, **keywords: Any) -> str:
    return f"min({compiler.process(element.clauses, **keywords)})"


@compiles(Earliest, "postgresql")
def _as_least(element: Any, compiler: Any, **keywords: Any) -> str:
    return f"least({compiler.process(element.clauses, **keywords)})"


def micros(column: Any) -> ColumnElement[int]:
    """An Instant column as the integer it is stored as."""
    return type_coerce(column, BigInteger)


def inherited(name: str) -> ColumnElement[int]:
    """A term of thread, else category, else site; NULL when off or absent."""
    of_category = select(CATEGORY.c[name]).where(CATEGORY.c.id == THREAD.c.category_id)
    of_site = select(SITE.c[name]).where(SITE.c.id == 1)
    return first_said(
        THREAD.c[name],
        of_category.correlate(THREAD).scalar_subquery(),
        of_site.correlate(None).scalar_subquery(),
    )


Term = Callable[[str], ColumnElement[int]]
"""Where a term's value comes from, by its name: `inherited`, `joined`, or what somebody proposes to store."""


def first_said(*levels: Any) -> ColumnElement[int]:
    """The first of a term's levels that says anything; NULL when that is "off"."""
    return func.nullif(func.coalesce(*levels), literal(OFF, BigInteger))


def joined(name: str) -> ColumnElement[int]:
    """`inherited` for a statement that has category and site beside the thread: cheaper by three reads."""
    return first_said(THREAD.c[name], CATEGORY.c[name], SITE.c[name])


def reached_at(enough: ColumnElement[int]) -> ColumnElement[int | None]:
    """When the last reply that the term `close_after_replies`, `enough`, allows was published; NULL while there are
    fewer, or no such term.

    That is the N-th of the replies published now, in the order of their numbers, which is that of publication. No reply
    is read where the thread's own counter says that there are not enough; otherwise those between the N-th and the
    nearer end: mostly the N-th alone, because a thread closes when it has N.
    """
    return case((THREAD.c.reply_count >= enough, nearer(enough, from_end(enough), from_start(enough))), else_=None)


def nearer(enough: ColumnElement[int], from_end: Any, from_start: Any) -> ColumnElement[int]:
    """Of two ways to find the same, the shorter one."""
    return case((THREAD.c.reply_count < enough * 2, from_end), else_=from_start)


def from_end(enough: ColumnElement[int]) -> Any:
    """When the N-th reply was published, found from the last one."""
    replies = published(REPLY.c.number.desc(), REPLY.c.number >= enough)  # there are N - 1 numbers before its own
    return nth(replies, THREAD.c.reply_count - enough + 1)


def from_start(enough: ColumnElement[int]) -> Any:
    """When the N-th reply was published, found from the first one."""
    return nth(published(REPLY.c.number, REPLY.c.number <= enough + absent()), enough)


def absent() -> ColumnElement[int]:
    """How many of the thread's numbers no published reply has: the N-th has at most so many before it."""
    return THREAD.c.last_number - THREAD.c.reply_count


def published(order: Any, near: ColumnElement[bool]) -> Subquery:
    """The thread's replies that are published now, numbered in this order; none that is not `near` is read."""
    place = func.row_number().over(order_by=order).label("place")
    return (
        select(REPLY.c.published_at, place)
        .where(REPLY.c.thread_id == THREAD.c.id, REPLY.c.moderation == "published", near)
        .correlate(THREAD, CATEGORY, SITE)
        .subquery()
    )


def nth(replies: Subquery, place: ColumnElement[int]) -> Any:
    """When the reply at this place was published."""
    found = select(replies.c.published_at).where(replies.c.place == place)
    return found.correlate(THREAD, CATEGORY, SITE).scalar_subquery()


def effective_close_at(term: Term = inherited) -> ColumnElement[int]:
    """`effective_close_at` of the row of `thread` at hand, in microseconds; NEVER when nothing will close it."""
    by_policy = Earliest(
        func.coalesce(micros(THREAD.c.published_at) + term("close_after_age"), NEVER),
        func.coalesce(micros(THREAD.c.idle_anchor) + term("close_after_idle"), NEVER),
        func.coalesce(reached_at(term("close_after_replies")), NEVER),
    )
    return Earliest(
        func.coalesce(micros(THREAD.c.archived_at), NEVER),
        func.coalesce(micros(THREAD.c.closed_at), NEVER),
        func.coalesce(term("closes_at"), NEVER),
        case((THREAD.c.override == "open", NEVER), else_=by_policy),
    )
