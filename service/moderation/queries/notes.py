"""Staff notes: those at reviews, and those about people. The caller asks who looks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Select, literal, select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.moderation.models import StaffNote


@dataclass(frozen=True, slots=True)
class NoteSeen:
    """A note and who wrote it (None where that account is gone)."""

    note: StaffNote
    author_username: str | None
    author_name: str | None


def notes_at(
    session: Session, review_id: int | None, account_id: int | None, after: int, limit: int
) -> Sequence[NoteSeen]:
    """Up to `limit + 1` notes at a review, or about a person, with ids above `after`, the oldest first."""
    about = StaffNote.review_id if review_id else StaffNote.account_id
    mine = col(about) == literal(review_id or account_id, BigInteger)
    query = _notes().where(mine, col(StaffNote.id) > literal(after, BigInteger)).limit(limit + 1)
    return [NoteSeen(*row) for row in session.execute(query)]


def notes_of(session: Session, review_ids: Collection[int]) -> Mapping[int, Sequence[NoteSeen]]:
    """The notes at each of these reviews, the oldest first; of none nothing is asked."""
    found: dict[int, list[NoteSeen]] = {}
    for row in session.execute(_notes().where(col(StaffNote.review_id).in_(review_ids))) if review_ids else ():
        found.setdefault(row[0].review_id, []).append(NoteSeen(*row))
    return found


def get_note(session: Session, note_id: int) -> NoteSeen:
    """A note that has just been stored."""
    return NoteSeen(*session.execute(_notes().where(col(StaffNote.id) == note_id)).one())


def _notes() -> Select[StaffNote, str | None, str | None]:
    return (
        select(StaffNote, col(Account.username), col(Account.display_name))
        .outerjoin(Account, col(Account.id) == StaffNote.author_id)
        .order_by(col(StaffNote.id))
    )
