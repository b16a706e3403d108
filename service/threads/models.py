"""The tables of threads, of their earlier texts, and of people's reactions to posts."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference
from service.site.models import ClosingTerms

REACTIONS: Final = ("like", "thanks", "agree", "disagree", "funny")
"""What people may say of a post with one button, in the order in which it is shown."""

UNPUBLISHED = text("moderation <> 'published'")
REOPENING = text("reopens_at IS NOT NULL")
PINNED = text("pinned_at IS NOT NULL")
MARKED = text("text_hash IS NOT NULL")
OF_REPLY, OF_OPENING = text("reply_id IS NOT NULL"), text("reply_id IS NULL")
IN_TRASH = text("trashed_at IS NOT NULL AND purged_at IS NULL")
UNTOLD: Final = "closing_recorded_at IS NULL AND moderation = 'published'"


def untold(name: str, *what: Any, where: str = "") -> Index:
    """An index of the published threads whose closing has not been told, for the sweep that looks for those."""
    condition = text(f"{UNTOLD} AND {where}" if where else UNTOLD)
    return Index(name, *what, sqlite_where=condition, postgresql_where=condition)


class Thread(ClosingTerms, table=True):
    """A thread. Its own closing terms come before the category's and the site's.

    `last_number` is the highest number handed out; `idle_anchor` the time of the last published reply that found the
    thread open, or of the opening; `closed_at`, `archived_at` are facts that somebody made; `closing_recorded_at` is
    the deadline that has been told, which the law never reads. `version` rises with edits and not with replies.
    `active_at` is what lists sort by: the latest of the opening, the last shown reply and `bumped_at`.

    `pinned_at`: since when it stands above the others, in its category and, with `pinned_everywhere`, on the first page
    too; until `pinned_until`, where that is set.

    `closes_silently`: its scheduled closing makes no notice; `slow_mode_until`: when slow mode ends by itself;
    `closing_warned_for`: the deadline (microseconds) that watchers were told of a day before; `closure_before`: the
    columns as they were before the last closing, for its undoing.

    `author_name` is shown where there is no account (an import); `body_format` is `markdown`, or `html` where an
    import brought HTML, which editing keeps. `moderation` is moved by `screening.policy` alone; `previous_moderation`
    is where a trashed or spam post came from. `sources` and `contents` are shown around the text, `tags` are the names
    of the thread's tags, kept here so that a list needs no second query; so are the numbers of `reactions` to its
    opening by name, null where nobody has reacted. `text_hash` is that of title and text as they were posted, folded,
    by which they are known again (NULL: an import). `is_quiet`: a rule took it for spam, which its author is not told.
    """

    __tablename__ = "thread"
    __table_args__: Any = (
        Index("thread_by_activity", "category_id", "active_at", "id"),
        Index("thread_by_age", "category_id", "published_at", "id"),
        Index("thread_by_replies", "category_id", "reply_count", "id"),
        Index("thread_all_by_activity", "active_at", "id"),
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
        Index("thread_particular", "author_id", "id", sqlite_where=UNPUBLISHED, postgresql_where=UNPUBLISHED),
        Index("thread_in_trash", "trashed_at", "id", sqlite_where=IN_TRASH, postgresql_where=IN_TRASH),
        untold("thread_untold_by_age", "category_id", "override", "close_after_age", "published_at"),
        untold("thread_untold_by_silence", "category_id", "override", "close_after_idle", "idle_anchor"),
        untold("thread_untold_by_replies", "category_id", "override", "close_after_replies", "reply_count"),
        untold("thread_own_fact", "id", where="(closed_at IS NOT NULL OR archived_at IS NOT NULL)"),
        untold("thread_own_schedule", "closes_at", where="closes_at >= 0"),
        untold(
            "thread_own_age",
            text("(published_at + close_after_age)"),
            where="override = 'auto' AND close_after_age >= 0",
        ),
        untold(
            "thread_own_silence",
            text("(idle_anchor + close_after_idle)"),
            where="override = 'auto' AND close_after_idle >= 0",
        ),
        untold(
            "thread_own_replies",
            text("(reply_count - close_after_replies)"),
            where="override = 'auto' AND close_after_replies >= 0",
        ),
        Index("thread_reopening", "reopens_at", sqlite_where=REOPENING, postgresql_where=REOPENING),
        Index("thread_by_text", "author_id", "text_hash", sqlite_where=MARKED, postgresql_where=MARKED),
        Index("thread_pinned", "pinned_at", sqlite_where=PINNED, postgresql_where=PINNED),
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
    reactions: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    version: int = 1
    last_number: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    reply_count: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    last_reply_at: datetime | None = Field(default=None, sa_type=Instant)
    idle_anchor: datetime = Field(sa_type=Instant)
    active_at: datetime = Field(sa_type=Instant)
    bumped_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    closure_reason: str = Field(default="", max_length=500)
    archived_at: datetime | None = Field(default=None, sa_type=Instant)
    override: str = Field(default="auto", max_length=10)
    closing_recorded_at: datetime | None = Field(default=None, sa_type=Instant)
    closes_silently: bool = False
    slow_mode_until: datetime | None = Field(default=None, sa_type=Instant)
    closing_warned_for: int | None = Field(default=None, sa_type=BigInteger)
    pinned_at: datetime | None = Field(default=None, sa_type=Instant)
    pinned_until: datetime | None = Field(default=None, sa_type=Instant)
    pinned_everywhere: bool = False
    text_hash: int | None = Field(default=None, sa_type=BigInteger)
    is_quiet: bool = False
    edit_waits: bool = False
    closure_before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))


class ThreadRevision(SQLModel, table=True):
    """What a thread said before an edit: the text of version `version`, which `made_by_id` wrote at `made_at`; of all
    that the thread has had it is the one with this `number`, from 1.
    """

    __tablename__ = "thread_revision"
    __table_args__: Any = (
        UniqueConstraint("thread_id", "version", name="thread_revision_once"),
        Index("thread_revision_number", "thread_id", "number", unique=True),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    thread_id: int = Field(sa_column=reference("thread.id", ondelete="CASCADE"))
    version: int
    number: int
    title: str = Field(max_length=200)
    body: str = Field(sa_type=Text)
    body_format: str = Field(max_length=10)
    sources: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    made_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    made_at: datetime = Field(sa_type=Instant)
    redacted_at: datetime | None = Field(default=None, sa_type=Instant)


class Reaction(SQLModel, table=True):
    """One word of one person on a post: a reply, or with `reply_id` null a thread's opening.

    The post's own row keeps how many there are of each name; both change under the thread's lock.
    """

    __tablename__ = "reaction"
    __table_args__: Any = (
        Index(
            "reaction_to_reply", "reply_id", "account_id", "name", unique=True,
            sqlite_where=OF_REPLY, postgresql_where=OF_REPLY,
        ),
        Index(
            "reaction_to_opening", "thread_id", "account_id", "name", unique=True,
            sqlite_where=OF_OPENING, postgresql_where=OF_OPENING,
        ),
        Index("reaction_of_account", "account_id", "thread_id"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=identity())
    thread_id: int = Field(sa_column=reference("thread.id", ondelete="CASCADE"))
    reply_id: int | None = Field(default=None, sa_column=reference("reply.id", nullable=True, ondelete="CASCADE"))
    account_id: int = Field(sa_column=reference("account.id", ondelete="CASCADE"))
    name: str = Field(max_length=20)
    created_at: datetime = Field(sa_type=Instant)


def counted(reactions: dict[str, int] | None) -> dict[str, int]:
    """How often each reaction was given, in the order of REACTIONS; those that nobody gave are left out."""
    return {name: reactions[name] for name in REACTIONS if reactions.get(name)} if reactions else {}
