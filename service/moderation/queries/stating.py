"""A decision with all that its statement of reasons says, and how it is loaded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import Category
from service.categories.policy import may_see
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.moderation.models import Appeal, Flag, Suspension
from service.replies.models import Reply, address
from service.screening.models import EDIT, REMOVAL, Decision, RuleVersion
from service.site.models import Site
from service.threads.models import Thread

APPEALED_WITHIN: Final = timedelta(days=14)
"""How long after a decision it can be appealed (requirement R88)."""

Decider = aliased(Account)


@dataclass(frozen=True, slots=True)
class Statement:
    """A decision with everything that its statement of reasons says.

    `titled`: whether its reader may know the thread's title. `said` is the rule as it was when it decided; `flagged`
    whether readers had flagged the post; `ends_at` until when a person is restricted (None: until it is lifted);
    `in_force` whether what was decided holds now; `moment` when all this was read.
    """

    decision: Decision
    thread: Thread | None
    reply: Reply | None
    person: Account
    decider: str | None
    said: dict[str, Any] | None
    appeal: Appeal | None
    flagged: bool
    titled: bool
    ends_at: datetime | None
    in_force: bool
    contact: str
    moment: datetime

    @property
    def id(self) -> int:
        """The decision's id."""
        return stored_id(self.decision.id)

    @property
    def url(self) -> str:
        """Where the statement is read."""
        return f"/decisions/{self.id}"

    @property
    def about(self) -> str:
        """What it is about: `reply`, `thread` (its opening) or `account`."""
        if self.decision.reply_id is not None:
            return "reply"
        return "account" if self.thread is None else "thread"

    @property
    def of_edit(self) -> bool:
        """Whether it is about an edit of a post that everybody sees, and not about the post."""
        kept = self.decision
        return kept.subject.startswith("edit:") and (kept.action != EDIT or EDIT in kept.before)

    @property
    def title(self) -> str | None:
        """The thread's title, where the reader may know it."""
        return self.thread.title if self.thread is not None and self.titled else None

    @property
    def post_url(self) -> str | None:
        """Where the post stands, where its author still sees it there."""
        if self.thread is None or not self.titled:
            return None
        place = f"/t/{self.thread.id}/{self.thread.slug}"
        if self.reply is None:
            return None if self.thread.moderation in ("spam", "trashed") else place
        if self.reply.number is None or self.reply.moderation in ("spam", "trashed"):
            return place
        return address(stored_id(self.thread.id), self.thread.slug, self.reply.number)

    @property
    def text(self) -> str:
        """The author's own text as it is stored now, which says what the decision was about; empty where it is gone."""
        post = self.reply or self.thread
        if post is None or post.author_id != self.person.id or post.purged_at:
            return ""
        said = self.decision.before.get(EDIT, {}).get("said", {}) if self.of_edit else {}
        return str((said.get("text") or said).get("body_html") or post.body_html)

    @property
    def rule_reason(self) -> str:
        """What the rule that decided tells people."""
        return str((self.said or {}).get("public_reason") or "")

    @property
    def rule_name(self) -> str:
        """The name of the rule that decided."""
        return str((self.said or {}).get("name") or "")

    @property
    def appeal_until(self) -> datetime:
        """Until when it can be appealed."""
        return self.decision.decided_at + APPEALED_WITHIN

    @property
    def can_appeal(self) -> bool:
        """Whether the person affected can appeal it now."""
        open_ = self.appeal is None and self.decision.undone_at is None and self.decision.restricts
        return open_ and self.moment < self.appeal_until


def load(session: Session, reader: Actor, *where: ColumnElement[bool], limit: int | None = None) -> list[Statement]:
    """The decisions about people for which all this holds, the newest first; `reader` decides what titles are said."""
    query = _select().where(*where).order_by(col(Decision.id).desc())
    rows = session.execute(query.limit(limit) if limit else query).all()
    return [_statement(session, reader, row) for row in rows]


def was_flagged() -> ColumnElement[bool]:
    """Whether readers had flagged the post of a decision, and nobody had decided about that before."""
    return exists().where(
        col(Flag.thread_id) == Decision.thread_id, col(Flag.reply_id).is_not_distinct_from(col(Decision.reply_id)),
        col(Flag.made_at) <= Decision.decided_at,
        or_(
            col(Flag.decision_id) == Decision.id, col(Flag.resolved_at).is_(None),
            col(Flag.resolved_at) >= Decision.decided_at,
        ),
    )  # fmt: skip


def _select() -> Select[*tuple[Any, ...]]:
    asked: Select[*tuple[Any, ...]] = (
        select(
            Decision, Thread, Reply, Category, Account, col(Decider.username), RuleVersion, Appeal, Site, was_flagged()
        )
        .select_from(Decision)
        .join(Account, col(Account.id) == Decision.account_id)
        .join(Site, col(Site.id) == 1)
        .outerjoin(Thread, col(Thread.id) == Decision.thread_id)
        .outerjoin(Reply, col(Reply.id) == Decision.reply_id)
        .outerjoin(Category, col(Category.id) == Thread.category_id)
        .outerjoin(Decider, col(Decider.id) == Decision.decided_by_id)
        .outerjoin(
            RuleVersion,
            and_(col(RuleVersion.rule_id) == Decision.rule_id, col(RuleVersion.version) == Decision.rule_version),
        )
        .outerjoin(Appeal, col(Appeal.decision_id) == Decision.id)
        .execution_options(populate_existing=True)
    )
    return asked


def _statement(session: Session, reader: Actor, row: Any) -> Statement:
    decision, thread, reply, category, person, decider, version, appeal, site, flagged = row
    sanction = _sanction(session, decision) if decision.action in ("silence", "suspend") else None
    return Statement(
        decision=decision, thread=thread, reply=reply, person=person, decider=decider,
        said=version.said if version else None, appeal=appeal, flagged=bool(flagged),
        titled=thread is not None and _may_know(reader, thread, category), ends_at=sanction.until if sanction else None,
        in_force=_in_force(decision, reply or thread, sanction, now(session)), contact=site.contact,
        moment=now(session),
    )  # fmt: skip


def _may_know(reader: Actor, thread: Thread, category: Category) -> bool:
    own = thread.author_id == reader.account_id or reader.moderates_in(thread.category_id)
    return own or (may_see(reader, category) and thread.moderation == "published")


def _sanction(session: Session, decision: Decision) -> Suspension | None:
    """The silence or suspension that the decision began: the last of its kind by then."""
    mine = col(Suspension.account_id) == decision.account_id, col(Suspension.begins_at) <= decision.decided_at
    query = select(Suspension).where(*mine, col(Suspension.silences).is_(decision.action == "silence"))
    return session.scalars(query.order_by(col(Suspension.id).desc()).limit(1)).first()


def _in_force(decision: Decision, post: Thread | Reply | None, sanction: Suspension | None, at: datetime) -> bool:
    if decision.undone_at is not None:
        return False
    if sanction is not None:
        return sanction.lifted_at is None and (sanction.until is None or at < sanction.until)
    if decision.action == REMOVAL:
        return True  # of many posts at once: what became of each is said by its own decision
    return post is not None and post.moderation == decision.state_after
