"""What another closing policy would do: which threads it would close at once, and which it would open.

The proposed terms stand in the law's own SQL in the place of the stored ones; nothing is written, and nothing is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, and_, case, func, literal, select
from sqlmodel import Session, col

from service.categories.queries import get_category
from service.closing.queries.calendar import computed_once, without_texts
from service.kit.actor import Actor, check_administers
from service.kit.clock import now, to_micros
from service.kit.errors import Problem, settled
from service.site.models import ClosingTerms
from service.threads.models import Thread
from service.threads.policy import Closing, effective_closing
from service.threads.queries.law import CATEGORY, SITE, THREAD, effective_close_at, first_said, reached_at
from service.threads.queries.loads import ThreadSeen, select_seen, to_seen

MOST_SHOWN: Final = 20
"""How many of the threads are named."""

Terms = Mapping[str, int | None]
"""Closing terms to be stored, by column; those that are absent stay as they are."""


@dataclass(frozen=True, slots=True)
class Affected:
    """A thread that would be closed, or open, at once; `closing` is the one that it would have then."""

    seen: ThreadSeen
    closing: Closing
    would_close: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What a policy would do: how many threads it would close, how many it would open, and the first of them.

    Those it would close come first, and of each kind the one with the latest activity.
    """

    would_close: int
    would_open: int
    threads: tuple[Affected, ...]

    @property
    def any(self) -> bool:
        """Whether it would do anything at once."""
        return self.would_close > 0 or self.would_open > 0


def preview_policy(session: Session, actor: Actor, slug: str | None, terms: Terms | Problem) -> Effect:
    """The effect of these terms as the policy of the category `slug`, or with None of the site.

    It costs one look at every published thread (100,000: under a second), as a read. Raises NotFound, NotSignedIn,
    NotAllowed, Invalid: for those who may change that policy.
    """
    category_id = None if slug is None else get_category(session, actor, slug).id
    check_administers(actor)
    proposed = Proposal(category_id, settled(terms))
    law = _both_laws(session, proposed)
    closes, opens = law.c.closes, law.c.opens
    changed = select(law.c.id, closes, func.sum(closes).over(), func.sum(opens).over()).where(closes + opens > 0)
    first = changed.order_by(closes.desc(), law.c.active_at.desc(), law.c.id.desc()).limit(MOST_SHOWN)
    found = session.execute(first).all()
    if not found:
        return Effect(0, 0, ())
    seen = proposed.threads(session, [int(row[0]) for row in found])
    threads = tuple(Affected(*seen[row[0]], would_close=bool(row[1])) for row in found)
    return Effect(int(found[0][2]), int(found[0][3]), threads)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Terms in the place of those of one category, or of the site (None)."""

    category_id: int | None
    terms: Terms

    def term(self, name: str) -> ColumnElement[int]:
        """The law's term of this name, as it would be (`threads.queries.law.Term`)."""
        if name not in self.terms:
            return first_said(THREAD.c[name], CATEGORY.c[name], SITE.c[name])
        value = literal(self.terms[name], BigInteger)
        if self.category_id is None:
            return first_said(THREAD.c[name], CATEGORY.c[name], value)
        return first_said(THREAD.c[name], value, SITE.c[name])

    def threads(self, session: Session, ids: list[int]) -> dict[int, tuple[ThreadSeen, Closing]]:
        """These threads by id with the closing that each would have, without their texts."""
        enough = reached_at(self.term("close_after_replies"))
        rows = session.execute(without_texts(select_seen().add_columns(enough)).where(col(Thread.id).in_(ids)))
        seen = (to_seen(session, (*row[:7], row[-1])) for row in rows)
        return {each.id: (each, self.closing(each)) for each in seen}

    def closing(self, seen: ThreadSeen) -> Closing:
        """The closing that a thread would have, by the law's pure form."""
        category = self._with(seen.category) if self.category_id else seen.category
        site = seen.site if self.category_id else self._with(seen.site)
        return effective_closing(seen.thread, category, site, seen.reached_at, seen.moment())

    def _with(self, stored: ClosingTerms) -> ClosingTerms:
        names = ClosingTerms.model_fields
        return ClosingTerms(**{name: self.terms.get(name, getattr(stored, name)) for name in names})


def _both_laws(session: Session, proposed: Proposal) -> Any:
    """Every published thread that the policy concerns, and whether it would be closed or opened: 1 or 0."""
    moment = to_micros(now(session))
    query = select(
        THREAD.c.id,
        THREAD.c.active_at,
        (effective_close_at(moment) <= moment).label("is_closed"),
        (effective_close_at(moment, proposed.term) <= moment).label("would_be"),
    ).where(THREAD.c.moderation == "published", THREAD.c.archived_at.is_(None))
    if proposed.category_id is not None:
        query = query.where(THREAD.c.category_id == proposed.category_id)
    law = computed_once(query, "law")
    return select(
        law.c.id,
        law.c.active_at,
        case((and_(law.c.would_be, ~law.c.is_closed), 1), else_=0).label("closes"),
        case((and_(law.c.is_closed, ~law.c.would_be), 1), else_=0).label("opens"),
    ).subquery()
