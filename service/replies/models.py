"""The tables of replies and of their earlier texts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

UNPUBLISHED = text("moderation <> 'published'")
IN_TRASH = text("trashed_at IS NOT NULL AND purged_at IS NULL")
UNNUMBERED = text("number IS NULL")
MARKED = text("text_hash IS NOT NULL")
PARTICULAR = text("(moderation <> 'published' OR edit_waits)")
"""What its author may read otherwise than all others do."""


class Reply(SQLModel, table=True):
    """A reply. `parent_id` is where it stands, `in_reply_to_id` what it answered (deeper, when levels ran out).

    `child_count` counts the replies under it that are shown, so that one that is not shown itself knows whether it
    stays as a stub. `number` and `published_at` are given when it is first published; `created_at` is when it was
    submitted. `is_heard` says whether its publication counts for the thread's silence: in a closed thread it does not.
    `text_hash` is that of the text as it was posted, folded, by which it is known again (NULL: an import).
    `is_quiet`: a rule took it for spam, which its author is not told.
    `author_name`, `body_format`, `moderation`, `previous_moderation` and `reactions` are as a thread's.
    """

    __tablename__ = "reply"
    __table_args__: Any = (
        UniqueConstraint("thread_id", "number", name="reply_number"),
        Index("reply_by_author", "author_id", "thread_id", "created_at"),
        Index(
            "reply_by_text", "author_id", "thread_id", "text_hash", sqlite_where=MARKED, postgresql_where=MARKED
        ),
        Index("reply_unnumbered", "thread_id", "id", sqlite_where=UNNUMBERED, postgresql_where=UNNUMBERED),
        Index(
            "reply_unpublished", "moderation", "created_at", "id",
            sqlite_where=UNPUBLISHED, postgresql_where=UNPUBLISHED,
        ),
        Index("reply_in_trash", "trashed_at", "id", sqlite_where=IN_TRASH, postgresql_where=IN_TRASH),
        Index("reply_particular", "author_id", "thread_id", sqlite_where=PARTICULAR, postgresql_where=PARTICULAR),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=identity())
    thread_id: int = Field(sa_column=reference("thread.id"))
    number: int | None = None
    parent_id: int | None = Field(default=None, sa_column=reference("reply.id", nullable=True, index=True))
    in_reply_to_id: int | None = Field(default=None, sa_column=reference("reply.id", nullable=True))
    depth: int = 0
    child_count: int = 0
    author_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    author_name: str | None = Field(default=None, max_length=120)
    body: str = Field(sa_type=Text)
    body_html: str = Field(sa_type=Text)
    body_format: str = Field(default="markdown", max_length=10)
    renderer: int = 1
    moderation: str = Field(default="published", max_length=20)
    previous_moderation: str | None = Field(default=None, max_length=20)
    trashed_at: datetime | None = Field(default=None, sa_type=Instant)
    purged_at: datetime | None = Field(default=None, sa_type=Instant)
    posted_while_closed: bool = False
    is_heard: bool = True
    created_at: datetime = Field(sa_type=Instant)
    published_at: datetime | None = Field(default=None, sa_type=Instant)
    edited_at: datetime | None = Field(default=None, sa_type=Instant)
    edited_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    reactions: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    text_hash: int | None = Field(default=None, sa_type=BigInteger)
    is_quiet: bool = False
    edit_waits: bool = False
    version: int = 1


class ReplyRevision(SQLModel, table=True):
    """What a reply said before an edit: as a thread's (`threads.models.ThreadRevision`)."""

    __tablename__ = "reply_revision"
    __table_args__: Any = (
        UniqueConstraint("reply_id", "version", name="reply_revision_once"),
        Index("reply_revision_number", "reply_id", "number", unique=True),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    reply_id: int = Field(sa_column=reference("reply.id", ondelete="CASCADE"))
    version: int
    number: int
    body: str = Field(sa_type=Text)
    body_format: str = Field(max_length=10)
    made_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    made_at: datetime = Field(sa_type=Instant)
    redacted_at: datetime | None = Field(default=None, sa_type=Instant)


PER_SCREEN = 50
"""How many numbers one screen of a thread spans."""


def waiting_address(thread_id: int, slug: str, reply_id: int) -> str:
    """Where a reply without a number stands: under all others, for its author and moderators."""
    return f"/t/{thread_id}/{slug}#waiting-{reply_id}"


def address(thread_id: int, slug: str, number: int) -> str:
    """The permanent address of a reply: its thread's screen with that number."""
    page = (number - 1) // PER_SCREEN + 1
    return f"/t/{thread_id}/{slug}{f'?page={page}' if page > 1 else ''}#reply-{number}"
