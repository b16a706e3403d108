"""The table of replies."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference


class Reply(SQLModel, table=True):
    """A reply. `parent_id` is where it stands, `in_reply_to_id` what it answered (deeper, when levels ran out).

    `child_count` counts the replies under it that are shown, so that a deleted one knows whether it stays as a stub.
    """

    __tablename__ = "reply"
    __table_args__: Any = (
        UniqueConstraint("thread_id", "number", name="reply_number"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    thread_id: int = Field(sa_column=reference("thread.id"))
    number: int
    parent_id: int | None = Field(default=None, sa_column=reference("reply.id", nullable=True, index=True))
    in_reply_to_id: int | None = Field(default=None, sa_column=reference("reply.id", nullable=True))
    depth: int = 0
    child_count: int = 0
    author_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True, index=True))
    body: str = Field(sa_type=Text)
    body_html: str = Field(sa_type=Text)
    renderer: int = 1
    moderation: str = Field(default="published", max_length=20)
    posted_while_closed: bool = False
    created_at: datetime = Field(sa_type=Instant)
    edited_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = 1


PER_SCREEN = 50
"""How many numbers one screen of a thread spans."""


def address(thread_id: int, slug: str, number: int) -> str:
    """The permanent address of a reply: its thread's screen with that number."""
    page = (number - 1) // PER_SCREEN + 1
    return f"/t/{thread_id}/{slug}{f'?page={page}' if page > 1 else ''}#reply-{number}"
