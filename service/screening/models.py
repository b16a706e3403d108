"""The tables of screening: the rules and their versions, backtests, decisions, and edits that wait."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

AUTOINCREMENT: Final[dict[str, Any]] = {"sqlite_autoincrement": True}
STANDS = text("undone_at IS NULL")
BY_RULE = text("rule_id IS NOT NULL")

POST_RESTRICTIONS: Final = ("hide", "reject", "spam", "trash")
PERSON_RESTRICTIONS: Final = ("silence", "suspend")
REMOVAL: Final = "remove"
RESTRICTIONS: Final = (*POST_RESTRICTIONS, *PERSON_RESTRICTIONS, REMOVAL)
"""The actions that take something from whom they are about: those have reasons, and can be appealed."""

RELIEFS: Final = ("approve", "restore", "lift")
"""The actions that give it."""

EDIT: Final = "edit"
"""A moderator changed what somebody else wrote before it was published. In a decision's `before`: the edit that waited.
"""

EDIT_OF_OPENING, EDIT_OF_REPLY = text("reply_id IS NULL"), text("reply_id IS NOT NULL")


class Rule(SQLModel, table=True):
    """A rule that posts pass before they are published; `kind` says what it looks at, `terms` how.

    `verdict` is what happens to a post that it catches; `public_reason` what its author is told. It holds for one
    category, or for the site where `category_id` is NULL; people with one of `exempt_roles` pass. Rules of one kind
    are asked in the order of `place`. `version` rises with every change, and each version is kept.

    `failures` and `resting_until` are the circuit breaker of a rule that asks outside: how often in a row that failed,
    and until when it is not asked; `secret` signs what it is sent.
    """

    __tablename__ = "rule"
    __table_args__ = AUTOINCREMENT
    id: int | None = Field(default=None, sa_column=identity())
    name: str = Field(max_length=80)
    kind: str = Field(max_length=20)
    terms: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    verdict: str = Field(max_length=20)
    public_reason: str = Field(default="", max_length=500)
    category_id: int | None = Field(default=None, sa_column=reference("category.id", nullable=True, ondelete="CASCADE"))
    exempt_roles: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    enabled: bool = False
    place: int = 0
    version: int = 1
    changed_at: datetime = Field(sa_type=Instant)
    changed_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    backtest_id: int | None = Field(default=None, sa_type=BigInteger)
    failures: int = 0
    resting_until: datetime | None = Field(default=None, sa_type=Instant)
    secret: str = Field(default="", max_length=100)


class RuleVersion(SQLModel, table=True):
    """What a rule said in one of its versions: decisions name the version by which they were taken.

    It outlives its rule. `said` has the members of the rule as the API shows them; `confirmed` says that it was
    switched on without having been tried on earlier posts, and `backtest_id` by which trial it was.
    """

    __tablename__ = "rule_version"
    __table_args__: Any = (UniqueConstraint("rule_id", "version", name="rule_version_once"), AUTOINCREMENT)
    id: int | None = Field(default=None, sa_column=identity())
    rule_id: int = Field(sa_type=BigInteger)
    version: int
    said: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    backtest_id: int | None = Field(default=None, sa_type=BigInteger)
    confirmed: bool = False
    made_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    made_at: datetime = Field(sa_type=Instant)


class Backtest(SQLModel, table=True):
    """A trial of draft rules on the last posts, which changes nothing. `rules` is what is tried, `marks` the hash of
    each of them, by which a rule shows that it has been tried; `report` is what was found.

    `state` is `queued`, `running`, `done` or `failed`; `examined` of `total` posts have been looked at, those of one
    category where `category_id` is set.
    """

    __tablename__ = "backtest"
    __table_args__ = AUTOINCREMENT
    id: int | None = Field(default=None, sa_column=identity())
    rules: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    marks: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    category_id: int | None = Field(default=None, sa_type=BigInteger)
    state: str = Field(default="queued", max_length=10)
    total: int = 0
    examined: int = 0
    report: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    made_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    made_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)


class Decision(SQLModel, table=True):
    """One act of moderation, by a person or by a rule, and its inverse: the record that explains and undoes it.

    What was done: `action` to `subject` (the aspect that it changed, such as `reply:12` or `account:7:silence`), of
    the post `thread_id`, `reply_id` and of the person `account_id`, in `category_id`. `state_before` and `state_after`
    are a post's states; `before` is everything of the aspect that undoing restores.

    Why: `ground` (`rules`, `terms` or `law`), `rule_id` and `rule_version` where a rule decided, `evidence` (the span
    that matched, the inputs, labels and scores), `reason` as the person reads it. `automated` says that no person
    decided.

    `batch_id` is the decision that many belong to; `event_id` the audit log's entry of the decision and `step_event_id`
    that of the step itself. Undoing one that others followed takes it out of their middle: the next one that still
    stands takes over what it says was `before`.
    """

    __tablename__ = "decision"
    __table_args__: Any = (
        Index("decision_standing", "subject", "id", sqlite_where=STANDS, postgresql_where=STANDS),
        Index("decision_of_post", "thread_id", "reply_id", "id"),
        Index("decision_of_account", "account_id", "id"),
        Index("decision_of_event", "event_id"),
        Index("decision_of_step", "step_event_id"),
        Index("decision_of_batch", "batch_id"),
        Index("decision_by_time", "decided_at", "id"),
        Index("decision_by_rule", "rule_id", "decided_at", sqlite_where=BY_RULE, postgresql_where=BY_RULE),
        AUTOINCREMENT,
    )
    id: int | None = Field(default=None, sa_column=identity())
    batch_id: int | None = Field(default=None, sa_type=BigInteger)
    event_id: int | None = Field(default=None, sa_type=BigInteger)
    step_event_id: int | None = Field(default=None, sa_type=BigInteger)
    review_id: int | None = Field(default=None, sa_type=BigInteger)
    action: str = Field(max_length=20)
    subject: str = Field(max_length=60)
    thread_id: int | None = Field(default=None, sa_type=BigInteger)
    reply_id: int | None = Field(default=None, sa_type=BigInteger)
    category_id: int | None = Field(default=None, sa_type=BigInteger)
    account_id: int | None = Field(default=None, sa_type=BigInteger)
    state_before: str = Field(default="", max_length=20)
    state_after: str = Field(default="", max_length=20)
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    automated: bool = False
    ground: str = Field(default="terms", max_length=10)
    rule_id: int | None = Field(default=None, sa_type=BigInteger)
    rule_version: int | None = None
    evidence: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    reason: str = Field(default="", max_length=500)
    decided_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    decided_at: datetime = Field(sa_type=Instant)
    undone_at: datetime | None = Field(default=None, sa_type=Instant)
    undone_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))

    @property
    def restricts(self) -> bool:
        """Whether it takes something from the person whom it is about: a post out of sight, or what they may do.

        Nobody restricts themselves: a post that its author deleted is no decision about them.
        """
        return self.action in RESTRICTIONS and self.account_id not in (None, self.decided_by_id)

    @property
    def is_told(self) -> bool:
        """Whether the person whom it is about is told of it in a notice of its own.

        Not of a hold, which their post shows, and not of what a rule made of a new post: the answer said that. What a
        rule calls spam it answers like a hold, so that spammers learn nothing from it.
        """
        if self.automated and self.rule_id is not None and self.state_before in ("", "pending"):
            return False
        gives = self.action in (*RELIEFS, EDIT)
        return self.restricts or (gives and self.account_id not in (None, self.decided_by_id))


class HeldEdit(SQLModel, table=True):
    """A new text of a published post that waits for a moderator while the old one stays visible; one for each post.

    `said` is the rewording made ready, as the operation that applies it takes it; `base_version` the post's version
    that was edited.
    """

    __tablename__ = "held_edit"
    __table_args__: Any = (
        Index(
            "held_edit_of_opening", "thread_id", unique=True,
            sqlite_where=EDIT_OF_OPENING, postgresql_where=EDIT_OF_OPENING,
        ),
        Index(
            "held_edit_of_reply", "reply_id", unique=True, sqlite_where=EDIT_OF_REPLY, postgresql_where=EDIT_OF_REPLY
        ),
        AUTOINCREMENT,
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=identity())
    thread_id: int = Field(sa_column=reference("thread.id"))
    reply_id: int | None = Field(default=None, sa_column=reference("reply.id", nullable=True))
    editor_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    base_version: int
    title: str = Field(default="", max_length=200)
    body: str = Field(default="", sa_type=Text)
    said: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    made_at: datetime = Field(sa_type=Instant)


MOST_HOST: Final = 253
"""The longest name that a host can have (RFC 1035 section 2.3.4, without the root's dot)."""


class PostedHost(SQLModel, table=True):
    """A host that a young account's post linked to, while a rule asks for it; kept for 30 days."""

    __tablename__ = "posted_host"
    __table_args__: Any = (Index("posted_host_by_host", "host", "at"), AUTOINCREMENT)
    id: int | None = Field(default=None, sa_column=identity())
    host: str = Field(max_length=MOST_HOST)
    account_id: int = Field(sa_column=reference("account.id", ondelete="CASCADE", index=True))
    at: datetime = Field(sa_type=Instant, index=True)
