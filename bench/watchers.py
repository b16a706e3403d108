"""A thread that a hundred thousand people watch, put straight into the database, and what telling them comes to."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import delete, insert, text
from sqlmodel import SQLModel

from service.accounts.models import Account
from service.kit.database import Session
from service.kit.database.rows import table_of
from service.notifications.models import NotificationPreference
from service.subscriptions.models import WATCHING, Subscription

AT_ONCE: Final = 5_000
"""Rows of one INSERT."""

NOBODY: Final = "!"
"""A password's hash that no password has."""


def bring_watchers(session: Session, ids: range) -> None:
    """An account for each id."""
    made = Account(
        username="", username_key="", email="", email_key="", password_hash=NOBODY, created_at=datetime.now(UTC)
    )
    names = [(number, f"watcher{number}", f"watcher{number}@example.org") for number in ids]
    _fill(
        session,
        made,
        [
            {"id": one, "username": name, "username_key": name, "email": mail, "email_key": mail}
            for one, name, mail in names
        ],
    )


def watch(session: Session, thread_id: int, ids: range) -> None:
    """All of them watch the thread."""
    level = Subscription(thread_id=thread_id, account_id=0, level=WATCHING, reason="chosen", since=datetime.now(UTC))
    _fill(session, level, [{"account_id": number} for number in ids])


def want_no_mail(session: Session, ids: range) -> None:
    """All of them have switched mail off."""
    _fill(session, NotificationPreference(account_id=0, mail=False), [{"account_id": number} for number in ids])


def want_mail(session: Session) -> None:
    """Nobody has a preference: mail is on."""
    session.execute(delete(table_of(NotificationPreference)))


def _fill(session: Session, like: SQLModel, rows: list[dict[str, Any]]) -> None:
    """Insert rows that differ from one another only in these columns."""
    same = like.model_dump(exclude={"id"})
    for start in range(0, len(rows), AT_ONCE):
        session.execute(insert(table_of(type(like))), [same | row for row in rows[start : start + AT_ONCE]])


def is_told(session: Session, account_id: int, reply_id: int) -> bool:
    """Whether the person has the notification of a reply; people are told in the order of their ids."""
    query = text("SELECT 1 FROM notification WHERE account_id = :account AND subject = :subject")
    return session.execute(query, {"account": account_id, "subject": f"reply:{reply_id}"}).first() is not None


def counted(session: Session, reply_id: int) -> tuple[int, int, int]:
    """How many were told of the reply, how many letters that made, and how many of these were sent."""
    told = "SELECT count(*) FROM notification WHERE reply_id = :reply"
    sent = "SELECT count(*), coalesce(sum(CASE WHEN state = 'sent' THEN 1 ELSE 0 END), 0) FROM letter"
    letters = session.execute(text(sent)).one()
    return int(session.execute(text(told), {"reply": reply_id}).scalar_one()), int(letters[0]), int(letters[1])
