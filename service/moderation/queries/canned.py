"""Canned reasons: one, and all of them."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import BigInteger, literal, select
from sqlmodel import Session, col

from service.kit.errors import NotFound
from service.moderation.models import CannedReason

MOST_CANNED: Final = 200
"""A select on every form of a page: nobody chooses from more."""


def list_canned(session: Session) -> Sequence[CannedReason]:
    """The canned reasons by title, at most MOST_CANNED. They are staff's: the caller asks who looks."""
    query = select(CannedReason).order_by(col(CannedReason.title), col(CannedReason.id)).limit(MOST_CANNED)
    return session.execute(query).scalars().all()


def find_canned(session: Session, canned_id: int) -> CannedReason | None:
    """A canned reason; None where there is none (any more)."""
    this = col(CannedReason.id) == literal(canned_id, BigInteger)
    return session.execute(select(CannedReason).where(this)).scalar_one_or_none()


def get_canned(session: Session, canned_id: int, *, lock: bool = False) -> CannedReason:
    """A canned reason; NotFound where there is none. `lock` holds its row for one who is about to change it."""
    query = select(CannedReason).where(col(CannedReason.id) == literal(canned_id, BigInteger))
    query = query.with_for_update().execution_options(populate_existing=True) if lock else query
    found: CannedReason | None = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such canned reason")
    return found
