"""The table of drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference


class Draft(SQLModel, table=True):
    """A reply that one person has begun in one thread. `body` is what was typed, of up to 32,000 characters.

    `parent_id` is the reply that it answers. It refers to nothing: what is answered may be gone when the draft is
    taken up again, and is looked for when it is posted.
    """

    __tablename__ = "draft"
    __table_args__: Any = (
        UniqueConstraint("account_id", "thread_id", name="draft_of_one"),
        Index("draft_of_account", "account_id", "updated_at", "id"),
        Index("draft_by_age", "updated_at"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    account_id: int = Field(sa_column=reference("account.id", ondelete="CASCADE"))
    thread_id: int = Field(sa_column=reference("thread.id", index=True, ondelete="CASCADE"))
    parent_id: int | None = Field(default=None, sa_type=BigInteger)
    body: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
