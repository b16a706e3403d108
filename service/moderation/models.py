"""The table of reviews."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

OPEN: Final = "open"
DECIDED: Final = "decided"

HELD: Final = "held"
BY_MODERATOR: Final = "moderator"
"""Why there is a review: the post was held, or a moderator came upon it."""

IS_OPEN = text("state = 'open'")
OF_OPENING, OF_REPLY = text("reply_id IS NULL"), text("reply_id IS NOT NULL")


class Review(SQLModel, table=True):
    """A review of one post: a reply, or the opening of the thread where `reply_id` is NULL.

    `state` is `open` while the post waits; `action`, `reason`, `decided_by_id` and `decided_at` are the last decision.
    """

    __tablename__ = "review"
    __table_args__: Any = (
        Index("review_of_opening", "thread_id", unique=True, sqlite_where=OF_OPENING, postgresql_where=OF_OPENING),
        Index("review_of_reply", "reply_id", unique=True, sqlite_where=OF_REPLY, postgresql_where=OF_REPLY),
        Index("review_open", "opened_at", "id", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    thread_id: int = Field(sa_column=reference("thread.id", index=True))
    reply_id: int | None = Field(default=None, sa_column=reference("reply.id", nullable=True))
    cause: str = Field(max_length=20)
    state: str = Field(max_length=20)
    version: int = 1
    opened_at: datetime = Field(sa_type=Instant)
    action: str | None = Field(default=None, max_length=20)
    reason: str = Field(default="", max_length=500)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
