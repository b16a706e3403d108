"""What closes when: the threads that will close in a stretch of time, by their deadlines, and those that closed lately.

A deadline is computed, so no index knows it: each question reads every published thread of the categories asked for
once (100,000 threads: 0.3 s). That is a moderator's question now and then, always a read, never on the writer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CTE, BigInteger, ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from service.categories.queries import moderated
from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import now, to_micros
from service.threads.models import Thread
from service.threads.queries.law import CATEGORY, THREAD, effective_close_at
from service.threads.queries.loads import ThreadSeen, select_seen, to_seen

DAY: Final = 86_400_000_000
"""A day of UTC, in microseconds."""

TEXTS: Final[tuple[Any, ...]] = (Thread.body, Thread.body_html, Thread.contents, Thread.sources)
"""What no line of the calendar shows."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which deadlines are asked for: those from `since` until `until`, both included, of threads that are open now, or
    with `closed` of those that are closed and not archived; in one category, or in all.
    """

    since: datetime
    until: datetime
    closed: bool = False
    category_id: int | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A thread, and the instant at which it closes or closed, in microseconds."""

    seen: ThreadSeen
    at: int

    @property
    def key(self) -> tuple[int, int]:
        """Its place in the calendar, for a cursor."""
        return self.at, self.seen.id


def list_deadlines(
    session: Session, actor: Actor, stretch: Stretch, key: tuple[int, ...] | None, limit: int
) -> Sequence[Deadline]:
    """Up to `limit + 1` threads by (deadline, id) from after `key` on; closed ones the latest first. Without the texts.

    Raises NotSignedIn, NotAllowed: for moderators.
    """
    check_moderates_some(actor)
    law = _deadlines(session, actor, stretch.category_id)
    place, after = tuple_(law.c.at, law.c.id), tuple_(*(literal(part, BigInteger) for part in key or ()))
    query = select(law.c.id, law.c.at).where(*_within(session, law, stretch))
    if stretch.closed:
        query = query.where(place < after) if key else query
        query = query.order_by(law.c.at.desc(), law.c.id.desc())
    else:
        query = query.where(place > after) if key else query
        query = query.order_by(law.c.at, law.c.id)
    found = [(int(thread_id), int(at)) for thread_id, at in session.execute(query.limit(limit + 1))]
    seen = _threads(session, [thread_id for thread_id, _ in found])
    return [Deadline(seen[thread_id], at) for thread_id, at in found]


def count_by_day(session: Session, actor: Actor, stretch: Stretch) -> dict[int, int]:
    """How many of the threads that `list_deadlines` gives there are on each day of UTC that has any; days since 1970.

    Raises NotSignedIn, NotAllowed.
    """
    check_moderates_some(actor)
    law = _deadlines(session, actor, stretch.category_id)
    day = (law.c.at // DAY).label("day")
    query = select(day, func.count()).where(*_within(session, law, stretch)).group_by(day)
    return {int(number): int(count) for number, count in session.execute(query)}


def without_texts(query: Select[Any]) -> Select[Any]:
    """The query of threads, whose texts nobody will ask for."""
    return query.options(*(defer(attribute, raiseload=True) for attribute in TEXTS))


def computed_once(query: Select[Any], name: str) -> CTE:
    """The query as a table that is made once: each deadline is then computed once, however often it is compared."""
    return query.cte(name).prefix_with("MATERIALIZED")


def _deadlines(session: Session, actor: Actor, category_id: int | None) -> CTE:
    """Every published thread in the categories of the actor that is not archived, with its deadline."""
    law = effective_close_at(to_micros(now(session))).label("at")
    query = select(THREAD.c.id, law).join(CATEGORY, CATEGORY.c.id == THREAD.c.category_id)
    query = query.where(
        THREAD.c.moderation == "published",
        THREAD.c.archived_at.is_(None),
        moderated(actor),
    )
    return computed_once(query if category_id is None else query.where(THREAD.c.category_id == category_id), "law")


def _threads(session: Session, ids: Sequence[int]) -> dict[int, ThreadSeen]:
    """These threads by id, without their texts."""
    rows = session.execute(without_texts(select_seen()).where(col(Thread.id).in_(ids)))
    return {seen.id: seen for seen in (to_seen(session, row) for row in rows)}


def _within(session: Session, law: CTE, stretch: Stretch) -> list[ColumnElement[bool]]:
    """The conditions of a stretch."""
    moment = to_micros(now(session))
    state = law.c.at <= moment if stretch.closed else law.c.at > moment
    return [state, law.c.at >= to_micros(stretch.since), law.c.at <= to_micros(stretch.until)]
