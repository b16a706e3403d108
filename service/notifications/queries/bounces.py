"""Mail that came back: whose letter it was, and how often it happened."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from service.accounts.models import Account
from service.notifications.models import SOFT, Bounce, Letter, NotificationPreference


@dataclass(frozen=True, slots=True)
class Returned:
    """The letter that came back and its person; `stopped` says whether they are sent mail no more."""

    letter_id: int
    account_id: int
    username: str
    stopped: bool


def find_returned(session: Session, message_id: str) -> Returned | None:
    """The letter with this Message-ID (with or without its angle brackets); None where there is none."""
    whole = message_id if message_id.startswith("<") else f"<{message_id}>"
    query = (
        select(Letter.id, Account.id, Account.username, NotificationPreference.mail_stopped_at)
        .join(Account, col(Account.id) == Letter.account_id)
        .outerjoin(NotificationPreference, col(NotificationPreference.account_id) == Account.id)
        .where(col(Letter.message_id) == whole)
    )
    row = session.exec(query).first()
    return None if row is None else Returned(row[0] or 0, row[1] or 0, row[2], row[3] is not None)


def soft_since(session: Session, account_id: int, since: datetime) -> int:
    """How many soft bounces of this person since then have not been forgiven."""
    mine = col(Bounce.account_id) == account_id, col(Bounce.kind) == SOFT, col(Bounce.at) > since
    return session.exec(select(func.count()).select_from(Bounce).where(*mine, col(Bounce.forgiven).is_(False))).one()
