"""The tables of notifications, their deliveries and people's preferences."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

REPLY: Final = "reply"
OPENING: Final = "thread"
CLOSED: Final = "closed"
"""The kinds: somebody replied; somebody opened a thread in which you are mentioned; a thread closed."""

MAIL: Final = "mail"
"""The one channel beside the inbox."""

WAITING: Final = "waiting"
SENDING: Final = "sending"
SENT: Final = "sent"
FAILED: Final = "failed"
DEAD: Final = "dead"
SKIPPED: Final = "skipped"
"""A delivery's states: to be tried; in a worker's hands; taken by the server; refused for good; given up after the
last attempt; no longer wanted when its turn came."""

UNREAD = text("read_at IS NULL")


class Notification(SQLModel, table=True):
    """What one person is told. `actor_id` is who did it (null: Parley itself), `reason` why this person is told."""

    __tablename__ = "notification"
    __table_args__: Any = (
        UniqueConstraint("account_id", "subject", "kind", name="notification_once"),
        Index("notification_inbox", "account_id", "event_id"),
        Index("notification_unread", "account_id", "event_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    account_id: int = Field(sa_column=reference("account.id", ondelete="CASCADE"))
    kind: str = Field(max_length=20)
    subject: str = Field(max_length=80)
    event_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    thread_id: int = Field(sa_column=reference("thread.id", ondelete="CASCADE"))
    reply_id: int | None = Field(default=None, sa_column=reference("reply.id", nullable=True, ondelete="CASCADE"))
    actor_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True, ondelete="SET NULL"))
    reason: str = Field(max_length=20)
    created_at: datetime = Field(sa_type=Instant)
    read_at: datetime | None = Field(default=None, sa_type=Instant)


class Delivery(SQLModel, table=True):
    """Bringing a notification to one address. `token` is the fence of the worker that has it in hand.

    `answer` is the server's last word, or why it was skipped; `ended_at` is set with the last state.
    """

    __tablename__ = "delivery"
    __table_args__: Any = (
        UniqueConstraint("notification_id", "channel", name="delivery_once"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    notification_id: int = Field(sa_column=reference("notification.id", ondelete="CASCADE"))
    channel: str = Field(default=MAIL, max_length=20)
    state: str = Field(default=WAITING, max_length=20)
    attempts: int = 0
    token: str | None = Field(default=None, max_length=32)
    message_id: str = Field(max_length=255)
    answer: str = Field(default="", max_length=500)
    created_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class NotificationPreference(SQLModel, table=True):
    """How one person wants to be told; no row means the defaults."""

    __tablename__ = "notification_preference"
    account_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    )
    mail: bool = True
