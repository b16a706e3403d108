"""Suspensions and silences: the one that runs, and all that a person has had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, func, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from service.accounts.models import Account
from service.accounts.policy import SILENCE, sanction
from service.moderation.models import Suspension

Maker, Lifter = aliased(Account), aliased(Account)


@dataclass(frozen=True, slots=True)
class SuspensionSeen:
    """A suspension or a silence as staff sees it: the row, who made it, and who ended it before its time."""

    row: Suspension
    made_by: str | None
    lifted_by: str | None

    def runs(self, at: datetime) -> bool:
        """Whether it is in force at this instant."""
        return self.row.lifted_at is None and (self.row.until is None or at < self.row.until)


def running_suspension(session: Session, account: Account, kind: str, at: datetime) -> Suspension | None:
    """The row behind what is in force of this kind for an account; None where nothing is."""
    if sanction(account.standing, kind, at) is None:
        return None
    mine = col(Suspension.account_id) == account.id, col(Suspension.silences).is_(kind == SILENCE)
    query = select(Suspension).where(*mine, col(Suspension.lifted_at).is_(None)).order_by(col(Suspension.id).desc())
    return session.execute(query.limit(1)).scalar_one_or_none()


def list_suspensions(
    session: Session, account_id: int | None, before: int | None, limit: int
) -> Sequence[SuspensionSeen]:
    """Up to `limit + 1` suspensions and silences of a person, the newest first, with ids below `before`."""
    query = _select_seen().where(col(Suspension.account_id) == account_id)
    query = query if before is None else query.where(col(Suspension.id) < literal(before, BigInteger))
    rows = session.execute(query.order_by(col(Suspension.id).desc()).limit(limit + 1))
    return [SuspensionSeen(*row) for row in rows]


def get_suspension(session: Session, suspension_id: int) -> SuspensionSeen:
    """One that is there."""
    return SuspensionSeen(*session.execute(_select_seen().where(col(Suspension.id) == suspension_id)).one())


def _select_seen() -> Select[*tuple[Any, ...]]:
    return (
        select(Suspension, col(Maker.username), col(Lifter.username))
        .outerjoin(Maker, col(Maker.id) == Suspension.made_by_id)
        .outerjoin(Lifter, col(Lifter.id) == Suspension.lifted_by_id)
    )


def count_suspensions(session: Session, account_id: int | None) -> int:
    """How many suspensions and silences a person has had that nobody ended before their time."""
    had = col(Suspension.account_id) == account_id, col(Suspension.lifted_at).is_(None)
    return int(session.execute(select(func.count()).select_from(Suspension).where(*had)).scalar_one())
