"""The tables of moderation: reviews, flags, appeals, suspensions, staff notes and canned reasons."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

OPEN: Final = "open"
DECIDED: Final = "decided"

HELD: Final = "held"
BY_MODERATOR: Final = "moderator"
FLAGGED: Final = "flagged"
EDITED: Final = "edited"
"""Why there is a review: the post was held, a moderator came upon it, readers flagged it, or an edit of it waits."""

IS_OPEN = text("state = 'open'")
OF_OPENING, OF_REPLY = text("reply_id IS NULL"), text("reply_id IS NOT NULL")
OF_RULE, IS_FLAGGED = text("rule_id IS NOT NULL"), text("state = 'open' AND flag_count > 0")


class Review(SQLModel, table=True):
    """A review of one post: a reply, or the opening of the thread where `reply_id` is NULL.

    `state` is `open` while the post waits; `action`, `reason`, `decided_by_id` and `decided_at` are the last decision.

    `claimed_by_id` looks at it until `claimed_until`; `flag_weight` is what the flags that are not resolved weigh
    together, in hundredths, `flag_count` how many they are, and `flag_reasons` what they say; `rule_id` is the rule
    that held the post.
    """

    __tablename__ = "review"
    __table_args__: Any = (
        Index("review_of_opening", "thread_id", unique=True, sqlite_where=OF_OPENING, postgresql_where=OF_OPENING),
        Index("review_of_reply", "reply_id", unique=True, sqlite_where=OF_REPLY, postgresql_where=OF_REPLY),
        Index("review_open", "opened_at", "id", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("review_by_age", "opened_at", "id"),
        Index("review_of_rule", "rule_id", "opened_at", "id", sqlite_where=OF_RULE, postgresql_where=OF_RULE),
        Index("review_flagged", "opened_at", "id", sqlite_where=IS_FLAGGED, postgresql_where=IS_FLAGGED),
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
    claimed_by_id: int | None = Field(default=None, sa_type=BigInteger)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)
    flag_weight: int = 0
    flag_count: int = 0
    flag_reasons: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    rule_id: int | None = Field(default=None, sa_type=BigInteger)


FLAG_REASONS: Final = ("spam", "abusive", "off-topic", "illegal", "other")
UPHELD: Final = "upheld"
DISMISSED: Final = "dismissed"
GONE: Final = "gone"
"""What became of a flag: a moderator took the post away, or let it be; or its author deleted it before one looked."""

UNRESOLVED = text("resolved_at IS NULL")
FLAG_OF_OPENING = text("resolved_at IS NULL AND reply_id IS NULL")
FLAG_OF_REPLY = text("resolved_at IS NULL AND reply_id IS NOT NULL")


class Flag(SQLModel, table=True):
    """One reader's complaint about a post: a reply, or the opening where `reply_id` is NULL.

    `weight` is in hundredths, as the flagger's earlier flags earned it; `post_version` what they read. A flag is
    unresolved until a moderator decides about the post, or its author deletes it: then `outcome` says what became of
    it (None where the decision was undone after its flagger had flagged the post once more).
    """

    __tablename__ = "flag"
    __table_args__: Any = (
        Index(
            "flag_of_opening_once", "account_id", "thread_id", unique=True,
            sqlite_where=FLAG_OF_OPENING, postgresql_where=FLAG_OF_OPENING,
        ),
        Index(
            "flag_of_reply_once", "account_id", "reply_id", unique=True,
            sqlite_where=FLAG_OF_REPLY, postgresql_where=FLAG_OF_REPLY,
        ),
        Index("flag_of_post", "thread_id", "reply_id"),
        Index("flag_of_account", "account_id", "made_at"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=identity())
    thread_id: int = Field(sa_column=reference("thread.id"))
    reply_id: int | None = Field(default=None, sa_column=reference("reply.id", nullable=True))
    account_id: int = Field(sa_column=reference("account.id", ondelete="CASCADE"))
    reason: str = Field(max_length=20)
    note: str = Field(default="", max_length=1000)
    weight: int = 100
    post_version: int
    made_at: datetime = Field(sa_type=Instant)
    resolved_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str | None = Field(default=None, max_length=10)
    decision_id: int | None = Field(default=None, sa_type=BigInteger)


APPEAL_WAITS = text("state = 'open'")


class Appeal(SQLModel, table=True):
    """A person's objection to one decision about them, once: `open` until another moderator has it `upheld` (the
    decision stands) or `reversed` (it was undone), with a `reason` that the person reads.
    """

    __tablename__ = "appeal"
    __table_args__: Any = (
        Index("appeal_open", "made_at", "id", sqlite_where=APPEAL_WAITS, postgresql_where=APPEAL_WAITS),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    decision_id: int = Field(sa_column=Column(BigInteger, ForeignKey("decision.id"), nullable=False, unique=True))
    account_id: int = Field(sa_column=reference("account.id", index=True, ondelete="CASCADE"))
    body: str = Field(max_length=1000)
    made_at: datetime = Field(sa_type=Instant)
    state: str = Field(default="open", max_length=10)
    reason: str = Field(default="", max_length=500)
    decided_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = 1


class Suspension(SQLModel, table=True):
    """A time in which a person may not sign in, or with `silences` may read and not write; for ever where `until` is
    NULL. It is over at `until` or once it is `lifted_at`, whichever comes first: no job ends it.

    `reason` is for the person, `note` for the staff. What is in force now stands in `account.standing` too.
    """

    __tablename__ = "suspension"
    __table_args__: Any = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, sa_column=identity())
    account_id: int = Field(sa_column=reference("account.id", index=True, ondelete="CASCADE"))
    silences: bool
    begins_at: datetime = Field(sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)
    reason: str = Field(default="", max_length=500)
    note: str = Field(default="", max_length=1000)
    made_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)
    lifted_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))


class StaffNote(SQLModel, table=True):
    """What moderators tell each other about a review or about a person; nobody else reads it."""

    __tablename__ = "staff_note"
    __table_args__: Any = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, sa_column=identity())
    review_id: int | None = Field(default=None, sa_column=reference("review.id", nullable=True, index=True))
    account_id: int | None = Field(
        default=None, sa_column=reference("account.id", nullable=True, index=True, ondelete="CASCADE")
    )
    author_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    body: str = Field(max_length=1000)
    made_at: datetime = Field(sa_type=Instant)


class CannedReason(SQLModel, table=True):
    """A reason that moderators give often, with `{title}`, `{author}`, `{category}` and `{site}` filled in."""

    __tablename__ = "canned_reason"
    __table_args__: Any = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, sa_column=identity())
    title: str = Field(max_length=80)
    body: str = Field(max_length=500)
    version: int = 1
    made_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
