"""The tables of subscriptions and of mentions."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

WATCHING: Final = "watching"
WATCHING_FIRST: Final = "watching_first"
TRACKING: Final = "tracking"
NORMAL: Final = "normal"
MUTED: Final = "muted"
LEVELS: Final = (WATCHING, WATCHING_FIRST, TRACKING, NORMAL, MUTED)
"""How closely one follows a thread, a category or a tag: told of openings, every reply and the closing; of openings
alone; of nothing, but new replies are counted; when mentioned or answered; of nothing, whatever happens."""

READ: Final = "read"
"""The reason of a level that came by reading for five minutes."""

OF_REPLY, OF_OPENING = text("reply_id IS NOT NULL"), text("reply_id IS NULL")


class Subscription(SQLModel, table=True):
    """One person's level on one thread, and why: `replied`, `read`, or `chosen` by themselves. `since` is the last
    change.

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
    """Somebody whom a post names (with an @) or quotes as it stands: a reply, or with `reply_id` null an opening.

    `event_id` is the event that brought it: of an edit only those are told whom it names or quotes first.
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
    named: bool = True
    quoted: bool = False
    created_at: datetime = Field(sa_type=Instant)


class CategorySubscription(SQLModel, table=True):
    """One person's level on a category: it holds in those of its threads where they have no level of their own."""

    __tablename__ = "category_subscription"
    __table_args__: Any = (
        UniqueConstraint("category_id", "account_id", name="category_subscription_of_one"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    category_id: int = Field(sa_column=reference("category.id", ondelete="CASCADE"))
    account_id: int = Field(sa_column=reference("account.id", index=True, ondelete="CASCADE"))
    level: str = Field(max_length=20)
    since: datetime = Field(sa_type=Instant)


class TagSubscription(SQLModel, table=True):
    """One person's level on a tag: it holds in its threads before the category's level, and after the thread's own."""

    __tablename__ = "tag_subscription"
    __table_args__: Any = (
        UniqueConstraint("tag_id", "account_id", name="tag_subscription_of_one"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    tag_id: int = Field(sa_column=reference("tag.id", ondelete="CASCADE"))
    account_id: int = Field(sa_column=reference("account.id", index=True, ondelete="CASCADE"))
    level: str = Field(max_length=20)
    since: datetime = Field(sa_type=Instant)


class ReadMark(SQLModel, table=True):
    """How far one person has read a thread (the highest reply number they saw), and for how many seconds in all."""

    __tablename__ = "read_mark"
    account_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    )
    thread_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, index=True)
    )
    number: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    seconds: int = 0
    read_at: datetime = Field(sa_type=Instant)
