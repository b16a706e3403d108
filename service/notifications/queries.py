"""Every SELECT of notifications: the inbox, what an event is about, and what a letter needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import Category
from service.categories.policy import visible_to
from service.kit.actor import Actor, check_signed_in
from service.kit.clock import now, to_micros
from service.kit.database.rows import table_of
from service.kit.events import EVENT
from service.notifications.models import CLOSED, REPLY, Delivery, Notification, NotificationPreference
from service.notifications.policy import WHY, Standing
from service.replies.models import Reply, address
from service.site.models import Site
from service.subscriptions.queries import following_of
from service.threads.models import Thread
from service.threads.policy import effective_closing
from service.threads.queries.loads import seen_by

MOST_COUNTED = 100
"""The unread count stops here: "99+" is as true to a reader, and the count stays cheap."""


@dataclass(frozen=True, slots=True)
class NoticeSeen:
    """One notification as its person sees it. `number` is the reply's; names are None when Parley itself did it.

    `event_id` is its place in the inbox: workers that run side by side may tell of events in another order.
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

    @property
    def thread_url(self) -> str:
        """The path of the thread."""
        return f"/t/{self.thread_id}/{self.thread_slug}"

    @property
    def url(self) -> str:
        """The path of the reply, or of the thread."""
        if self.number is None:
            return self.thread_url
        return address(self.thread_id, self.thread_slug, self.number)

    @property
    def sentence(self) -> str:
        """What happened, in one line of plain text."""
        title = f"“{self.thread_title}”"
        if self.kind == CLOSED:
            return f"{self.actor_name} closed {title}" if self.actor_name else f"{title} is closed"
        return f"{self.actor_name or 'Somebody'} replied to {title}"

    @property
    def why(self) -> str:
        """Why this person is told: "you opened this thread"."""
        return WHY[self.reason]


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """Which of the actor's notifications exist for them now: not those about what is hidden from them by now."""
    reply_shown = or_(col(Notification.reply_id).is_(None), col(Reply.moderation) == "published")
    return and_(col(Notification.account_id) == actor.account_id, seen_by(actor), reply_shown)


def joined(query: Any) -> Select[Any]:
    """The query with what decides whether a notification is shown."""
    with_all: Select[Any] = (
        query.select_from(Notification)
        .join(Thread, col(Thread.id) == Notification.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
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
            col(Notification.created_at), col(Notification.read_at),
        )
    ).outerjoin(Account, col(Account.id) == Notification.actor_id)  # fmt: skip
    query = query.where(shown_to(actor))
    if unread:
        query = query.where(col(Notification.read_at).is_(None))
    if before is not None:
        query = query.where(col(Notification.event_id) < before)
    newest_first = query.order_by(col(Notification.event_id).desc()).limit(limit + 1)
    return [to_notice(row) for row in session.execute(newest_first)]


def to_notice(row: Row[Any]) -> NoticeSeen:
    """A row of `list_notices`; a person without a display name goes by their username."""
    values = list(row)
    username, display_name = values[9], values[10]
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


PREFERENCE = table_of(NotificationPreference)
WITHOUT_MAIL = select(PREFERENCE.c.account_id).where(
    PREFERENCE.c.account_id.in_(bindparam("accounts", expanding=True)), PREFERENCE.c.mail.is_(False)
)


def without_mail(session: Session, account_ids: Iterable[int]) -> set[int]:
    """Those of these accounts that want no letters."""
    asked = list(account_ids)
    return {int(found) for found in session.scalars(WITHOUT_MAIL, {"accounts": asked})} if asked else set()


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an event gives to tell. `actor_id` is never told; `answered_id` wrote the reply that this one answers."""

    event_id: int
    kind: str
    subject: str
    thread: Thread
    category: Category
    reply_id: int | None
    actor_id: int | None
    answered_id: int | None


# Built once, because every reply leads to them: building a statement costs more than running it.
ABOUT = select(EVENT.c.subject_type, EVENT.c.subject_id, EVENT.c.at, EVENT.c.actor_id).where(
    EVENT.c.id == bindparam("event", type_=BigInteger)
)
Answered = aliased(Reply)
ABOUT_REPLY = (
    select(Reply, Thread, Category, col(Answered.author_id))
    .join(Thread, col(Thread.id) == Reply.thread_id)
    .join(Category, col(Category.id) == Thread.category_id)
    .outerjoin(Answered, col(Answered.id) == Reply.in_reply_to_id)
    .where(col(Reply.id) == bindparam("reply", type_=BigInteger), col(Reply.moderation) == "published")
)
ABOUT_THREAD = (
    select(Thread, Category)
    .join(Category, col(Category.id) == Thread.category_id)
    .where(col(Thread.id) == bindparam("thread", type_=BigInteger))
)


def find_occasion(session: Session, event_id: int) -> Occasion | None:
    """What there is to tell about an event now; None when its thread or reply is not shown any more."""
    event = session.execute(ABOUT, {"event": event_id}).first()
    if event is None:
        return None
    subject_type, subject_id, at, actor_id = event
    if subject_type == "reply":
        return _reply_occasion(session, event_id, subject_id)
    row = session.execute(ABOUT_THREAD, {"thread": subject_id}).first()
    if row is None or row[0].moderation != "published":
        return None
    thread, category = row
    if thread.closing_recorded_at != at:  # reopened meanwhile; if it closed again, that closing has its own event
        return None
    return Occasion(event_id, CLOSED, f"closing:{thread.id}:{to_micros(at)}", thread, category, None, actor_id, None)


def _reply_occasion(session: Session, event_id: int, reply_id: int) -> Occasion | None:
    """What there is to tell about a reply that was posted."""
    row = session.execute(ABOUT_REPLY, {"reply": reply_id}).first()
    if row is None or row[1].moderation != "published":
        return None
    reply, thread, category, answered_id = row
    return Occasion(event_id, REPLY, f"reply:{reply_id}", thread, category, reply_id, reply.author_id, answered_id)


@dataclass(frozen=True, slots=True)
class Letter:
    """All that one letter says, read in one go, and whether it is still wanted."""

    message_id: str
    to: str
    site: str
    notice: NoticeSeen
    body: str
    closing_reason: str | None
    closure_words: str
    closed_at: datetime | None
    standing: Standing


def find_letter(session: Session, delivery_id: int) -> Letter | None:
    """The letter of a delivery, read afresh; None when the delivery is gone (with its account)."""
    row = session.execute(
        select(Delivery, Notification, Account, Thread, Category, Site, Reply)
        .join(Notification, col(Notification.id) == Delivery.notification_id)
        .join(Account, col(Account.id) == Notification.account_id)
        .join(Thread, col(Thread.id) == Notification.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .join(Site, col(Site.id) == 1)
        .outerjoin(Reply, col(Reply.id) == Notification.reply_id)
        .where(col(Delivery.id) == delivery_id)
    ).first()
    if row is None:
        return None
    delivery, notification, account, thread, category, site, reply = row
    actor = session.get(Account, notification.actor_id) if notification.actor_id else None
    closing = effective_closing(thread, category, site)
    return Letter(
        message_id=delivery.message_id,
        to=account.email,
        site=site.name,
        notice=NoticeSeen(
            notification.id, notification.event_id, notification.kind, notification.reason, thread.id, thread.title,
            thread.slug, notification.reply_id, reply.number if reply else None, actor.username if actor else None,
            actor.shown_name if actor else None, notification.created_at, notification.read_at,
        ),
        body=reply.body if reply else "",
        closing_reason=closing.reason,
        closure_words=thread.closure_reason if closing.reason == "manual" else "",
        closed_at=closing.at,
        standing=Standing(
            kind=notification.kind,
            read=notification.read_at is not None,
            mail_on=wants_mail(session, account.id),
            thread_shown=thread.moderation == "published",
            reply_shown=reply is None or reply.moderation == "published",
            visible=category.visibility in visible_to(Actor(account.id, account.username, account.role)),
            level=following_of(session, account.id, thread).level,
            closed=closing.is_closed(now(session)),
        ),
    )  # fmt: skip
