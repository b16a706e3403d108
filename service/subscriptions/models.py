"""The table of subscriptions."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

WATCHING: Final = "watching"
NORMAL: Final = "normal"
MUTED: Final = "muted"
LEVELS: Final = (WATCHING, NORMAL, MUTED)


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
