"""Which decisions about one aspect of a post or a person stand: those that were not undone."""

from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from service.screening.models import Decision


def next_standing(session: Session, decision: Decision) -> Decision | None:
    """The first decision of the same aspect after this one that has not been undone."""
    query = _standing(decision.subject).where(col(Decision.id) > decision.id).order_by(col(Decision.id))
    return session.execute(query.limit(1)).scalars().first()


def last_standing(session: Session, subject: str, action: str | None = None) -> Decision | None:
    """The last decision of an aspect that has not been undone; with `action`, the last such one."""
    query = _standing(subject) if action is None else _standing(subject).where(col(Decision.action) == action)
    return session.execute(query.order_by(col(Decision.id).desc()).limit(1)).scalars().first()


def _standing(subject: str) -> Select[Any]:
    stands = col(Decision.subject) == subject, col(Decision.undone_at).is_(None)
    return select(Decision).where(*stands).execution_options(populate_existing=True)
