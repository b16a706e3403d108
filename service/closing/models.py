"""The table of timers: what is to happen to a thread at an instant."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

KINDS: Final = (
    "close", "silent_close", "open", "publish", "archive", "bump", "remind", "delete_replies", "clear_slow_mode",
)  # fmt: skip
"""What a timer does when its instant comes. All but `remind`, which is its owner's own, belong to the thread."""

CLOSE: Final = "close"
SILENT: Final = "silent_close"
OPEN: Final = "open"
PUBLISH: Final = "publish"
REMIND: Final = "remind"
CLEAR_SLOW_MODE: Final = "clear_slow_mode"
CLOSINGS: Final = (CLOSE, SILENT)
BY_LAW: Final = (*CLOSINGS, OPEN, CLEAR_SLOW_MODE)
"""Kinds that columns of the thread mirror: there the law decides at the very instant, whether or not a worker runs. The
row keeps who set it and the zone, and is ended later. The other kinds are fired by a job, late after downtime."""

SHARED: Final = 0
"""The owner of a timer that belongs to the thread."""

ACTIVE = text("ended_at IS NULL")


class Timer(SQLModel, table=True):
    """One timer. Active while `ended_at` is empty; then `outcome` says what it did, or why it did nothing.

    `at` is absolute; `time_zone` (IANA) is only how people are shown it. `owner_id` is 0, or the account
    whom it reminds.
    """

    __tablename__ = "timer"
    __table_args__: Any = (
        Index(
            "timer_active", "thread_id", "kind", "owner_id", unique=True,
            sqlite_where=ACTIVE, postgresql_where=ACTIVE,
        ),
        Index("timer_due", "at", "id", sqlite_where=ACTIVE, postgresql_where=ACTIVE),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=identity())
    thread_id: int = Field(sa_column=reference("thread.id", index=True, ondelete="CASCADE"))
    kind: str = Field(max_length=20)
    owner_id: int = Field(default=SHARED, sa_column=Column(BigInteger, nullable=False))
    at: datetime = Field(sa_type=Instant)
    time_zone: str = Field(default="UTC", max_length=64)
    set_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True, ondelete="SET NULL"))
    created_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str = Field(default="", max_length=200)
