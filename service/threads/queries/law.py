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


class Latest(GenericFunction[int]):
    """The greatest of its two arguments: `greatest` in PostgreSQL, the scalar `max` in SQLite.

    Where one is NULL the first says the other one, the second NULL.
    """

    name = "latest"
    type = BigInteger()
    inherit_cache = True


class Followed(GenericFunction[int]):
    """A reference of a big table as it leads to a small one: SQLite then begins with the big one, and walks it in the
    order that is asked for. It would begin with the few categories, read all their threads, and sort them.
    """

    name = "followed"
    type = BigInteger()
    inherit_cache = True


@compiles(Followed, "sqlite")
def _as_itself(element: Any, compiler: Any, **keywords: Any) -> str:
    return f"+{compiler.process(element.clauses, **keywords)}"


@compiles(Followed, "postgresql")
def _as_column(element: Any, compiler: Any, **keywords: Any) -> str:
    return str(compiler.process(element.clauses, **keywords))


@compiles(Earliest, "sqlite")
def _as_min(element: Any, compiler: Any, **keywords: Any) -> str:
    return f"min({compiler.process(element.clauses, **keywords)})"


@compiles(Earliest, "postgresql")
def _as_least(element: Any, compiler: Any, **keywords: Any) -> str:
    return f"least({compiler.process(element.clauses, **keywords)})"


@compiles(Latest, "sqlite")
def _as_max(element: Any, compiler: Any, **keywords: Any) -> str:
    return f"max({compiler.process(element.clauses, **keywords)})"


@compiles(Latest, "postgresql")
def _as_greatest(element: Any, compiler: Any, **keywords: Any) -> str:
    return f"greatest({compiler.process(element.clauses, **keywords)})"


def micros(column: Any) -> ColumnElement[int]:
    """An Instant column as the integer it is stored as."""
    return type_coerce(column, BigInteger)


Term = Callable[[str], ColumnElement[int]]
"""Where a term's value comes from, by its name: `joined`, or what somebody proposes to store."""


def first_said(*levels: Any) -> ColumnElement[int]:
    """The first of a term's levels that says anything; NULL when that is "off"."""
    return func.nullif(func.coalesce(*levels), literal(OFF, BigInteger))


def joined(name: str) -> ColumnElement[int]:
    """A term of thread, else category, else site, which stand beside each other; NULL when off or absent."""
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


def ended(reopens: ColumnElement[int], moment: ColumnElement[int]) -> ColumnElement[int]:
    """Up to when closings have ended by `moment`: `reopens`, if that has come; before any instant if not."""
    return case((moment >= reopens, reopens), else_=literal(OFF, BigInteger))


def standing(deadline: ColumnElement[Any], ended: ColumnElement[int]) -> ColumnElement[int]:
    """A deadline that is later than `ended`; NEVER for any other, and for an absent one (NULL)."""
    return func.coalesce(func.nullif(Latest(deadline, ended), ended), NEVER)


def effective_close_at(moment: int | ColumnElement[int], term: Term = joined) -> ColumnElement[int]:
    """`effective_close_at` of the row of `thread` at hand as it stands at `moment`, both in microseconds; NEVER when
    nothing will close it. The thread is closed where that is no later than `moment`.

    One scalar subquery, in which `term` finds the thread's category and the site beside it.
    """
    beside = select(close_at(moment, term)).select_from(CATEGORY).join(SITE, SITE.c.id == 1)
    beside = beside.where(CATEGORY.c.id == THREAD.c.category_id)
    return beside.correlate_except(CATEGORY, SITE).scalar_subquery()


def close_at(moment: int | ColumnElement[int], term: Term = joined) -> ColumnElement[int]:
    """`effective_close_at` for a statement that has category and site beside the thread: it needs no subquery."""
    at: ColumnElement[int] = literal(moment, BigInteger) if isinstance(moment, int) else moment
    own = ended(THREAD.c.reopens_at, at)
    by_policy = Earliest(
        standing(micros(THREAD.c.published_at) + term("close_after_age"), own),
        standing(micros(THREAD.c.idle_anchor) + term("close_after_idle"), own),
        standing(reached_at(term("close_after_replies")), own),
    )
    return Earliest(
        func.coalesce(micros(THREAD.c.archived_at), NEVER),
        standing(micros(THREAD.c.closed_at), own),
        standing(term("closes_at"), ended(term("reopens_at"), at)),
        case((THREAD.c.override == "open", NEVER), else_=by_policy),
    )
