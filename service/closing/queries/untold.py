"""Whose telling no longer holds. Whose deadline has passed untold: `due`."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlmodel import Session, col

from service.categories.models import Category
from service.kit.clock import now, to_micros
from service.kit.database.rows import stored_id
from service.site.models import Site
from service.threads.models import Thread
from service.threads.queries import effective_close_at
from service.threads.queries.law import CATEGORY, SITE, THREAD, close_at, joined, micros


def hold_policies(session: Session) -> None:
    """Keep site and categories as they are to the end of this transaction; who changes them waits.

    Otherwise a policy could open a thread while the sweep, which still sees the old one, tells that it closed; the
    second look that follows the change would have come too early to find it. (SQLite has one writer at a time.)
    """
    session.execute(select(col(Site.id)).with_for_update(read=True))
    session.execute(select(col(Category.id)).order_by(col(Category.id)).with_for_update(read=True))


def open_but_told(session: Session, after: int, limit: int) -> Sequence[int]:
    """Ids above `after` of threads told as closed that a later policy has opened again."""
    at = to_micros(now(session))
    query = select(col(Thread.id)).where(
        col(Thread.closing_recorded_at).is_not(None),
        col(Thread.moderation) == "published",
        effective_close_at(at) > at,
        col(Thread.id) > after,
    )
    return [stored_id(found) for found in session.execute(query.order_by(col(Thread.id)).limit(limit)).scalars()]


def reopened_untold(session: Session, limit: int) -> Sequence[int]:
    """Ids of published threads told as closed whose closing has ended by itself meanwhile, at their `reopens_at`.

    Those that say so themselves an index finds. Where a category, or the site, does, those told as closed are all read.
    """
    moment = to_micros(now(session))
    found = _ended(session, THREAD.c.reopens_at.between(0, moment), moment, limit)
    holidays = [exists().where(level.c.reopens_at >= 0, level.c.reopens_at <= moment) for level in (SITE, CATEGORY)]
    if len(found) < limit and session.execute(select(or_(*holidays))).scalar_one():
        found += _ended(session, THREAD.c.reopens_at.is_(None), moment, limit - len(found))
    return found


def _ended(session: Session, whose: ColumnElement[bool], moment: int, limit: int) -> list[int]:
    reopens = joined("reopens_at")
    query = (
        select(THREAD.c.id)
        .join(CATEGORY, CATEGORY.c.id == THREAD.c.category_id)
        .join(SITE, SITE.c.id == 1)
        .where(whose, THREAD.c.moderation == "published", micros(THREAD.c.closing_recorded_at) <= reopens)
        .where(reopens <= moment, close_at(reopens) > reopens)
        .limit(limit)
    )
    return sorted(int(found) for found in session.execute(query).scalars())
