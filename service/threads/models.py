"""The tables of threads and of their earlier texts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference
from service.site.models import ClosingTerms

UNPUBLISHED = text("moderation <> 'published'")
UNTOLD = text("closing_recorded_at IS NULL AND moderation = 'published'")


class Thread(ClosingTerms, table=True):
    """A thread. Its own closing terms come before the category's and the site's.

    `last_number` is the highest number handed out; `idle_anchor` the time of the last published reply that found the
    thread open, or of the opening; `closed_at`, `archived_at` are facts that somebody made; `closing_recorded_at` is
    the deadline that has been told, which the law never reads. `version` rises with edits and not with replies.

    `author_name` is shown where there is no account (an import); `body_format` is `markdown`, or `html` where an
    import brought HTML, which editing keeps. `moderation` is moved by `screening.policy` alone; `previous_moderation`
    is where a trashed or spam post came from. `sources` and `contents` are shown around the text, `tags` are the names
    of the thread's tags, kept here so that a list needs no second query.
    """

    __tablename__ = "thread"
    __table_args__: Any = (
        Index("thread_by_activity", "category_id", "idle_anchor", "id"),
        Index("thread_by_age", "category_id", "published_at", "id"),
        Index("thread_by_replies", "category_id", "reply_count", "id"),
        Index("thread_all_by_activity", "idle_anchor", "id"),
        Index("thread_all_by_age", "published_at", "id"),
        Index("thread_all_by_replies", "reply_count", "id"),
        Index(
            "thread_unpublished",
            "moderation",
            "created_at",
            "id",
            sqlite_where=UNPUBLISHED,
            postgresql_where=UNPUBLISHED,
        ),
        Index("thread_untold", "id", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    category_id: int = Field(sa_column=reference("category.id"))
    author_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True, index=True))
    author_name: str | None = Field(default=None, max_length=120)
    title: str = Field(max_length=200)
    slug: str = Field(max_length=80)
    body: str = Field(sa_type=Text)
    body_html: str = Field(sa_type=Text)
    body_format: str = Field(default="markdown", max_length=10)
    renderer: int = 1
    contents: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    sources: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    tags: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    moderation: str = Field(default="published", max_length=20)
    previous_moderation: str | None = Field(default=None, max_length=20)
    trashed_at: datetime | None = Field(default=None, sa_type=Instant)
    purged_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    published_at: datetime = Field(sa_type=Instant)
    edited_at: datetime | None = Field(default=None, sa_type=Instant)
    edited_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    version: int = 1
    last_number: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    reply_count: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    last_reply_at: datetime | None = Field(default=None, sa_type=Instant)
    idle_anchor: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    closure_reason: str = Field(default="", max_length=500)
    archived_at: datetime | None = Field(default=None, sa_type=Instant)
    override: str = Field(default="auto", max_length=10)
    closing_recorded_at: datetime | None = Field(default=None, sa_type=Instant)


class ThreadRevision(SQLModel, table=True):
    """What a thread said before an edit: the text of version `version`, which `made_by_id` wrote at `made_at`."""

    __tablename__ = "thread_revision"
    __table_args__: Any = (
        UniqueConstraint("thread_id", "version", name="thread_revision_once"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    thread_id: int = Field(sa_column=reference("thread.id", ondelete="CASCADE"))
    version: int
    title: str = Field(max_length=200)
    body: str = Field(sa_type=Text)
    body_format: str = Field(max_length=10)
    sources: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    made_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    made_at: datetime = Field(sa_type=Instant)
    redacted_at: datetime | None = Field(default=None, sa_type=Instant)
