"""The inbox: what one person is told, how much of it is unread, and whether they want letters."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import Category
from service.kit.actor import Actor, check_signed_in
from service.kit.database.rows import among, table_of
from service.notifications.models import MODERATION, Notification, NotificationPreference
from service.notifications.policy import WHY, deed_for, sentence
from service.notifications.queries.outcomes import Outcome, outcomes_of
from service.replies.models import Reply, address
from service.threads.models import Thread
from service.threads.queries.loads import seen_by

NUMBER_TOLD: Final = (
    select(col(Reply.number))
    .where(col(Reply.id) == col(Notification.reply_id))
    .correlate(table_of(Notification))
    .scalar_subquery()
)
"""The number of the reply that a notification, in the statement around it, is about."""

MOST_COUNTED = 100
"""The unread count stops here: "99+" is as true to a reader, and the count stays cheap."""


@dataclass(frozen=True, slots=True)
class NoticeSeen:
    """One notification as its person sees it. `number` is the reply's; names are None when Parley itself did it.

    `event_id` is its place in the inbox: workers that run side by side may tell of events in another order. What is
    about decisions has its `outcome`, and 0 for a thread.
    """

    id: int
    event_id: int
    kind: str
    reason: str
    thread_id: int
    thread_title: str
    thread_slug: str
    reply_id: int | None
    number: int | None
    actor_username: str | None
    actor_name: str | None
    created_at: datetime
    read_at: datetime | None
    outcome: Outcome | None = None

    @property
    def thread_url(self) -> str:
        """The path of the thread."""
        return f"/t/{self.thread_id}/{self.thread_slug}"

    @property
    def url(self) -> str:
        """The path of the reply, of the thread, or of the decision."""
        if self.outcome is not None:
            return self.outcome.url
        if self.number is None:
            return self.thread_url
        return address(self.thread_id, self.thread_slug, self.number)

    @property
    def sentence(self) -> str:
        """What happened, in one line of plain text."""
        if self.outcome is not None:
            return self.outcome.sentence
        return sentence(self.kind, self.reason, self.actor_name, self.thread_title)

    @property
    def deed(self) -> str:
        """What its actor did by a post: "replied to"."""
        return deed_for(self.reason, self.kind)

    @property
    def why(self) -> str:
        """Why this person is told: "you opened this thread"."""
        return WHY[self.reason]


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """Which of the actor's notifications exist for them now: not those about what is hidden from them by now."""
    reply_shown = or_(col(Notification.reply_id).is_(None), col(Reply.moderation) == "published")
    mine = col(Notification.account_id) == actor.account_id, col(Notification.on_site)
    about_decisions = among(col(Notification.kind), MODERATION)
    return and_(*mine, or_(about_decisions, and_(seen_by(actor), reply_shown)))


def joined(query: Any) -> Select[Any]:
    """The query with what decides whether a notification is shown."""
    with_all: Select[Any] = (
        query.select_from(Notification)
        .outerjoin(Thread, col(Thread.id) == Notification.thread_id)
        .outerjoin(Category, col(Category.id) == Thread.category_id)
        .outerjoin(Reply, col(Reply.id) == Notification.reply_id)
    )
    return with_all


def list_notices(
    session: Session, actor: Actor, *, unread: bool, before: int | None, limit: int
) -> Sequence[NoticeSeen]:
    """Up to `limit + 1` of the actor's notifications of events with ids below `before`, newest first.

    Raises NotSignedIn, NotAllowed.
    """
    check_signed_in(actor, "read")
    query = joined(
        select(
            col(Notification.id), col(Notification.event_id), col(Notification.kind), col(Notification.reason),
            col(Thread.id), col(Thread.title), col(Thread.slug), col(Reply.id), col(Reply.number),
            col(Account.username), col(Account.display_name),
            col(Notification.created_at), col(Notification.read_at), col(Notification.considered),
        )
    ).outerjoin(Account, col(Account.id) == Notification.actor_id)  # fmt: skip
    query = query.where(shown_to(actor))
    if unread:
        query = query.where(col(Notification.read_at).is_(None))
    if before is not None:
        query = query.where(col(Notification.event_id) < before)
    newest_first = query.order_by(col(Notification.event_id).desc()).limit(limit + 1)
    rows = session.execute(newest_first).all()
    told = {row[0]: (row[2], row[13] or {}) for row in rows if row[2] in MODERATION}
    outcomes = outcomes_of(session, actor, told)
    return [replace(to_notice(row), outcome=outcomes.get(row[0])) for row in rows]


def to_notice(row: Row[Any]) -> NoticeSeen:
    """A row of `list_notices`; a person without a display name goes by their username."""
    values = list(row)[:13]
    username, display_name = values[9], values[10]
    values[4:7] = values[4] or 0, values[5] or "", values[6] or ""
    values[10] = display_name or username
    return NoticeSeen(*values)


def unread_count(session: Session, actor: Actor) -> int:
    """How many unread notifications the actor has, at most 100; 0 for a guest."""
    if actor.account_id is None:
        return 0
    unread = joined(select(col(Notification.id))).where(shown_to(actor), col(Notification.read_at).is_(None))
    return int(session.scalar(select(func.count()).select_from(unread.limit(MOST_COUNTED).subquery())) or 0)


def mail_is_on(session: Session, actor: Actor) -> bool:
    """Whether the actor wants letters; they do unless they said no. Raises NotSignedIn, NotAllowed."""
    check_signed_in(actor, "read")
    return wants_mail(session, actor.account_id)


def wants_mail(session: Session, account_id: int | None) -> bool:
    """Whether this account wants letters."""
    found = session.scalar(
        select(col(NotificationPreference.mail)).where(col(NotificationPreference.account_id) == account_id)
    )
    return found is not False
