"""Where the threads stand whose deadline has come: for every term of the law, an index that leads to them.

A deadline is computed, so no index knows it. But a closing has come where one of the law's terms has, and each term is
a column, or a sum of two: the thread's own terms have an index each, and what threads inherit is looked for category by
category. So what nothing has closed yet is not looked at, however much of it there is. The law itself has the last
word about what is found: another term, or a pause that has ended, may say otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlmodel import Session

from service.kit.clock import now, to_micros
from service.kit.database.ready import Ready
from service.threads.queries.law import CATEGORY, SITE, THREAD, effective_close_at, first_said, micros

AT, MOST = bindparam("at", type_=BigInteger), bindparam("most", type_=Integer)
HERE, SINCE = bindparam("category", type_=BigInteger), bindparam("since", type_=BigInteger)
# Values that the partial indexes name are part of the text: a parameter would hide them from the database.
UNTOLD: Final = and_(THREAD.c.closing_recorded_at.is_(None), THREAD.c.moderation == literal_column("'published'"))
AUTO: Final = THREAD.c.override == literal_column("'auto'")
ZERO: Final = literal_column("0", BigInteger)

LEVELS: Final = Ready(
    select(
        CATEGORY.c.id,
        *(
            first_said(CATEGORY.c[name], SITE.c[name])
            for name in ("closes_at", "reopens_at", "close_after_age", "close_after_idle", "close_after_replies")
        ),
    ).join(SITE, SITE.c.id == 1)
)
"""What threads without terms of their own inherit, for each category."""


@dataclass(frozen=True, slots=True)
class Level:
    """The terms of a category, or else of the site; None where neither says anything."""

    category_id: int
    closes_at: int | None
    reopens_at: int | None
    age: int | None
    idle: int | None
    replies: int | None

    def places(self, at: int) -> Iterator[tuple[str, int]]:
        """By which of its terms threads may have closed by `at` (microseconds), and since when or since how many."""
        if self.closes_at is not None and self.closes_at <= at:
            is_over = self.reopens_at is not None and self.closes_at <= self.reopens_at <= at
            yield ("paused" if is_over else "scheduled"), 0
        for name, span in (("age", self.age), ("idle", self.idle)):
            if span is not None:
                yield name, at - span
        if self.replies is not None:
            yield "replies", self.replies


def closed_untold(session: Session, limit: int) -> list[int]:
    """Ids of published threads that are closed by now and whose closing has not been told; about `limit` of them.

    One statement for all terms that threads have themselves, and one for each term of each category that has any.
    """
    return untold_at(session, to_micros(now(session)), limit)


def untold_at(session: Session, at: int, limit: int) -> list[int]:
    """As `closed_untold`, for an instant in microseconds."""
    found = dict.fromkeys(int(row[0]) for row in _own().all(session, {"at": at, "most": limit}))
    for row in LEVELS.all(session):
        level = Level(*row)
        for name, since in level.places(at):
            if len(found) >= limit:
                return list(found)
            asked = {"at": at, "most": limit, "category": level.category_id, "since": since}
            found |= dict.fromkeys(int(row[0]) for row in _inherited(name).all(session, asked))
    return list(found)


def _closed(*where: ColumnElement[bool]) -> Select[Any]:
    """The threads that the law says are closed, of those."""
    return select(THREAD.c.id).where(UNTOLD, *where, effective_close_at(AT) <= AT)


@cache
def _own() -> Ready:
    """By the thread's own facts and terms."""
    age, idle, replies = THREAD.c.close_after_age, THREAD.c.close_after_idle, THREAD.c.close_after_replies
    ways = (
        _closed(or_(THREAD.c.closed_at.is_not(None), THREAD.c.archived_at.is_not(None))),
        _closed(THREAD.c.closes_at >= ZERO, THREAD.c.closes_at <= AT),
        _closed(AUTO, age >= ZERO, micros(THREAD.c.published_at) + age <= AT),
        _closed(AUTO, idle >= ZERO, micros(THREAD.c.idle_anchor) + idle <= AT),
        _closed(AUTO, replies >= ZERO, THREAD.c.reply_count - replies >= ZERO),
    )
    return Ready(union_all(*ways).limit(MOST))


@cache
def _inherited(name: str) -> Ready:
    """By a term of the category or the site, in the order of the index that leads there."""
    here = THREAD.c.category_id == HERE
    if name == "paused":  # the pause has ended but for those that say otherwise
        return Ready(_closed(here, THREAD.c.closes_at.is_(None), THREAD.c.reopens_at.is_not(None)).limit(MOST))
    if name == "scheduled":
        order: tuple[Any, ...] = (
            THREAD.c.category_id, THREAD.c.override, THREAD.c.close_after_age, THREAD.c.published_at,
        )  # fmt: skip
        return Ready(_closed(here, THREAD.c.closes_at.is_(None)).order_by(*order).limit(MOST))
    term, reached = {
        "age": (THREAD.c.close_after_age, THREAD.c.published_at),
        "idle": (THREAD.c.close_after_idle, THREAD.c.idle_anchor),
        "replies": (THREAD.c.close_after_replies, THREAD.c.reply_count),
    }[name]
    come = micros(reached) >= SINCE if name == "replies" else micros(reached) <= SINCE
    return Ready(_closed(here, AUTO, term.is_(None), come).order_by(reached).limit(MOST))
