"""The tables of subscriptions and of mentions."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

WATCHING: Final = "watching"
NORMAL: Final = "normal"
MUTED: Final = "muted"
LEVELS: Final = (WATCHING, NORMAL, MUTED)
"""How closely one follows a thread: told of every reply and the closing; when mentioned or answered; of nothing."""

OF_REPLY, OF_OPENING = text("reply_id IS NOT NULL"), text("reply_id IS NULL")


class Subscription(SQLModel, table=True):
    """One person's level on one thread, and why: `replied`, or `chosen` by themselves. `since` is the last change.

    The unique constraint begins with the thread, because the audience of a thread is walked in order of account.
    """

    __tablename__ = "subscription"
    __table_args__: Any = (
        UniqueConstraint("thread_id", "account_id", name="subscription_of_one"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    thread_id: int = Field(sa_column=reference("thread.id", ondelete="CASCADE"))
    account_id: int = Field(sa_column=reference("account.id", index=True, ondelete="CASCADE"))
    level: str = Field(max_length=20)
    reason: str = Field(max_length=20)
    since: datetime = Field(sa_type=Instant)


class Mention(SQLModel, table=True):
    """Somebody whom a post mentions as it stands: a reply, or with `reply_id` null a thread's opening.

    `event_id` is the event that brought the mention: of an edit only those are told whom it mentions first.
    """

    __tablename__ = "mention"
    __table_args__: Any = (
        Index(
            "mention_in_reply", "reply_id", "account_id", unique=True, sqlite_where=OF_REPLY, postgresql_where=OF_REPLY
        ),
        Index(
            "mention_in_opening", "thread_id", "account_id", unique=True,
            sqlite_where=OF_OPENING, postgresql_where=OF_OPENING,
        ),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=identity())
    thread_id: int = Field(sa_column=reference("thread.id", ondelete="CASCADE"))
    reply_id: int | None = Field(default=None, sa_column=reference("reply.id", nullable=True, ondelete="CASCADE"))
    account_id: int = Field(sa_column=reference("account.id", index=True, ondelete="CASCADE"))
    event_id: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    created_at: datetime = Field(sa_type=Instant)
