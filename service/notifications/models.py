"""The tables of notifications, letters, deliveries and people's preferences."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

REPLY: Final = "reply"
OPENING: Final = "thread"
CLOSED: Final = "closed"
CLOSING_SOON: Final = "closing_soon"
REMINDER: Final = "reminder"
DECISION: Final = "decision"
FLAG: Final = "flag"
APPEAL: Final = "appeal"
"""The kinds: somebody replied; somebody opened a thread; a thread closed; it closes within a day; the reminder that its
person asked for; a decision about the person; what became of their flag; of their appeal."""

MODERATION: Final = (DECISION, FLAG, APPEAL)
"""The kinds that are about no thread that one follows, but about decisions of moderators and rules."""

MAIL: Final = "mail"
PUSH: Final = "push"
CHANNELS: Final = (MAIL, PUSH)
"""The channels beside the inbox."""

GATHERING: Final = "gathering"
WAITING: Final = "waiting"
SENDING: Final = "sending"
SENT: Final = "sent"
FAILED: Final = "failed"
DEAD: Final = "dead"
SKIPPED: Final = "skipped"
"""States. A letter: takes in more news; to be tried (again); in a worker's hands; taken by the server; refused for
good; given up after the last attempt; not wanted any more when its turn came. A delivery: waiting, or how it ended."""

THREAD: Final = "thread"
DIGEST: Final = "digest"
SUMMARY: Final = "summary"
REVIEWS: Final = "reviews"
DECISIONS: Final = "decisions"
"""The kinds of letter: one thread's news; a period's; what came in quiet hours; what waits for moderators; decisions
about the person, and what became of their flags and appeals."""

HARD: Final = "hard"
SOFT: Final = "soft"
COMPLAINT: Final = "complaint"
"""How mail comes back: there is no such mailbox; not this time; its reader called it spam."""

UNREAD = text("read_at IS NULL")
IS_GATHERING = text("state = 'gathering'")
IS_DIGEST = text("kind = 'digest'")
IS_REVIEWS = text("kind = 'reviews'")
IS_UNDERWAY = text("state IN ('gathering', 'waiting', 'sending')")
"""Conditions of partial indexes. A query says them in these very words: with values bound to it neither database sees
that the index serves."""


class Notification(SQLModel, table=True):
    """What one person is told. `actor_id` is who did it (null: Parley itself), `reason` why this person is told,
    `considered` the facts from which that was decided. `on_site`: the inbox shows it, too; otherwise it is there for
    other channels alone. Notices of the kinds MODERATION have no thread and no reply here: their `considered` names
    the decision, so that reading a thread does not mark them as read.
    """

    __tablename__ = "notification"
    __table_args__: Any = (
        UniqueConstraint("account_id", "subject", "kind", name="notification_once"),
        Index("notification_inbox", "account_id", "event_id"),
        Index("notification_unread", "account_id", "event_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    account_id: int = Field(sa_column=reference("account.id", ondelete="CASCADE"))
    kind: str = Field(max_length=20)
    subject: str = Field(max_length=80)
    event_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    thread_id: int | None = Field(default=None, sa_column=reference("thread.id", nullable=True, ondelete="CASCADE"))
    reply_id: int | None = Field(default=None, sa_column=reference("reply.id", nullable=True, ondelete="CASCADE"))
    actor_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True, ondelete="SET NULL"))
    reason: str = Field(max_length=20)
    considered: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    on_site: bool = True
    created_at: datetime = Field(sa_type=Instant)
    read_at: datetime | None = Field(default=None, sa_type=Instant)


class Letter(SQLModel, table=True):
    """One piece of mail to one person: the unit that is sent, with one Message-ID for all its attempts.

    While it gathers (key `gather`, such as `thread:7` or `digest:daily:2030-01-31`), news join it; the first claim
    seals it. `token` is the fence of the worker that has it in hand; `answer` the server's last word, or why it was
    skipped; `due_at` when it is first tried; `ended_at` is set with the last state.
    """

    __tablename__ = "letter"
    __table_args__: Any = (
        Index(
            "letter_gathering", "account_id", "gather", unique=True,
            sqlite_where=IS_GATHERING, postgresql_where=IS_GATHERING,
        ),
        Index(
            "letter_digest_once", "account_id", "gather", unique=True,
            sqlite_where=IS_DIGEST, postgresql_where=IS_DIGEST,
        ),
        Index("letter_of_account", "account_id", "id"),
        Index("letter_reviews", "account_id", "due_at", sqlite_where=IS_REVIEWS, postgresql_where=IS_REVIEWS),
        Index("letter_underway", "kind", "state", "due_at", sqlite_where=IS_UNDERWAY, postgresql_where=IS_UNDERWAY),
        Index("letter_message_id", "message_id"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=identity())
    account_id: int = Field(sa_column=reference("account.id", ondelete="CASCADE"))
    kind: str = Field(default=THREAD, max_length=20)
    thread_id: int | None = Field(
        default=None, sa_column=reference("thread.id", nullable=True, index=True, ondelete="CASCADE")
    )
    gather: str = Field(default="", max_length=60)
    state: str = Field(default=WAITING, max_length=20)
    attempts: int = 0
    token: str | None = Field(default=None, max_length=32)
    message_id: str = Field(max_length=255)
    answer: str = Field(default="", max_length=500)
    due_at: datetime = Field(sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Delivery(SQLModel, table=True):
    """Bringing a notification to one person by one channel; `letter_id` is the letter it travels in, by mail.

    `state` is waiting, or how it ended, with `answer` and `ended_at`; `token` and `attempts` are for channels that
    have no letter.
    """

    __tablename__ = "delivery"
    __table_args__: Any = (
        UniqueConstraint("notification_id", "channel", name="delivery_once"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    notification_id: int = Field(sa_column=reference("notification.id", ondelete="CASCADE"))
    channel: str = Field(default=MAIL, max_length=20)
    letter_id: int | None = Field(
        default=None, sa_column=reference("letter.id", nullable=True, index=True, ondelete="CASCADE")
    )
    state: str = Field(default=WAITING, max_length=20)
    attempts: int = 0
    token: str | None = Field(default=None, max_length=32)
    answer: str = Field(default="", max_length=500)
    created_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class NotificationPreference(SQLModel, table=True):
    """How one person wants to be told; no row means these defaults.

    `channels` keeps what differs from the defaults, `{kind: {channel: bool}}`; `mail_delay` is in microseconds (null:
    the site's); digests come at `digest_hour` on `digest_weekday` (0 is Monday; weekly ones) in `time_zone` (IANA);
    quiet hours go from `quiet_from` to `quiet_until` (minutes after midnight there, null: none), beginning on
    `quiet_days`. `on_reply` and `after_reading` are the levels that replying and reading give. Mail is stopped since
    `mail_stopped_at` because it came back.
    """

    __tablename__ = "notification_preference"
    account_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    )
    mail: bool = True
    channels: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    mail_delay: int | None = Field(default=None, sa_type=BigInteger)
    digest: str = Field(default="off", max_length=10)
    digest_hour: int = 8
    digest_weekday: int = 0
    time_zone: str = Field(default="UTC", max_length=64)
    quiet_from: int | None = None
    quiet_until: int | None = None
    quiet_days: list[Any] = Field(default_factory=lambda: [0, 1, 2, 3, 4, 5, 6], sa_column=Column(JSON, nullable=False))
    on_reply: str = Field(default="watching", max_length=20)
    after_reading: str = Field(default="tracking", max_length=20)
    mail_stopped_at: datetime | None = Field(default=None, sa_type=Instant)
    mail_stopped_because: str = Field(default="", max_length=500)


class Bounce(SQLModel, table=True):
    """Mail that came back from one person's address: `hard`, `soft`, or a `complaint`, with what was said of it; once
    for each letter and kind. `forgiven`: the person has had mail tried again since.
    """

    __tablename__ = "bounce"
    __table_args__: Any = (
        Index("bounce_of_account", "account_id", "at"),
        Index("bounce_once", "letter_id", "kind", unique=True),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    account_id: int = Field(sa_column=reference("account.id", ondelete="CASCADE"))
    letter_id: int | None = Field(
        default=None, sa_column=reference("letter.id", nullable=True, index=True, ondelete="SET NULL")
    )
    kind: str = Field(max_length=20)
    answer: str = Field(default="", max_length=500)
    at: datetime = Field(sa_type=Instant)
    forgiven: bool = False
