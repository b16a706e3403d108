"""What an event gives to tell: to whom, about what, and from whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from service.categories.models import Category
from service.kit.clock import now, to_micros
from service.kit.events import EVENT
from service.notifications.models import CLOSED, CLOSING_SOON, OPENING, REMINDER, REPLY
from service.notifications.policy.wanted import closing_soon_subject
from service.replies.models import Reply
from service.subscriptions.queries import News
from service.threads.models import Thread
from service.threads.queries.law import THREAD, effective_close_at


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an event gives to tell. `actor_id` did it; `untold` are never told: whose deed or whose text it is."""

    event_id: int
    kind: str
    subject: str
    thread: Thread
    category: Category
    reply_id: int | None
    actor_id: int | None
    untold: frozenset[int | None]
    news: News


# Built once, because every reply leads to them: building a statement costs more than running it.
ABOUT = select(EVENT.c.kind, EVENT.c.subject_type, EVENT.c.subject_id, EVENT.c.at, EVENT.c.actor_id).where(
    EVENT.c.id == bindparam("event", type_=BigInteger)
)
Answered = aliased(Reply)
ABOUT_REPLY = (
    select(Reply, Thread, Category, col(Answered.author_id))
    .join(Thread, col(Thread.id) == Reply.thread_id)
    .join(Category, col(Category.id) == Thread.category_id)
    .outerjoin(Answered, col(Answered.id) == Reply.in_reply_to_id)
    .where(col(Reply.id) == bindparam("reply", type_=BigInteger), col(Reply.moderation) == "published")
    .where(col(Thread.moderation) == "published")
)
ABOUT_THREAD = (
    select(Thread, Category)
    .join(Category, col(Category.id) == Thread.category_id)
    .where(col(Thread.id) == bindparam("thread", type_=BigInteger), col(Thread.moderation) == "published")
)
HOLD_THREAD = (
    select(col(Thread.id)).where(col(Thread.id) == bindparam("thread", type_=BigInteger)).with_for_update(read=True)
)
"""Who undoes a closing at this moment does so before it is told, or after: then the notices are there to be removed."""


def find_occasion(session: Session, event_id: int) -> Occasion | None:
    """What there is to tell about an event now; None when its thread or reply is not shown (yet, or any more)."""
    event = session.execute(ABOUT, {"event": event_id}).first()
    if event is None:
        return None
    kind, subject_type, subject_id, at, actor_id = event
    edited = kind.endswith(".edited")
    if subject_type == "reply":
        return _about_reply(session, event_id, subject_id, actor_id if edited else None)
    if kind == "thread.closed":
        session.execute(HOLD_THREAD, {"thread": subject_id})
    row = session.execute(ABOUT_THREAD, {"thread": subject_id}).first()
    if row is None:
        return None
    if kind == "thread.closed":
        return _about_closing(event_id, row, at, actor_id)
    if kind == "thread.closing_soon":
        return _about_closing_soon(session, event_id, row)
    if kind == "timer.fired":
        return _about_reminder(session, event_id, row)
    return _about_opening(event_id, row, actor_id if edited else None)


def _about_reply(session: Session, event_id: int, reply_id: int, editor_id: int | None) -> Occasion | None:
    """A reply that was posted or approved; with `editor_id` one that was edited: told to whom it mentions only now."""
    row = session.execute(ABOUT_REPLY, {"reply": reply_id}).first()
    if row is None:
        return None
    reply, thread, category, answered_id = row
    news = News(mentioned_by=event_id) if editor_id else News(watching=True, answered=answered_id, reply=reply_id)
    actor_id = editor_id or reply.author_id
    untold = frozenset({reply.author_id, actor_id})
    return Occasion(event_id, REPLY, f"reply:{reply_id}", thread, category, reply_id, actor_id, untold, news)


def _about_opening(event_id: int, row: Any, editor_id: int | None) -> Occasion:
    """A thread that was opened or approved; with `editor_id` one that was edited: told to whom it mentions only now."""
    thread, category = row
    news = News(mentioned_by=event_id) if editor_id else News(watching=True, first=True, opening=True)
    actor_id = editor_id or thread.author_id
    untold = frozenset({thread.author_id, actor_id})
    return Occasion(event_id, OPENING, f"thread:{thread.id}", thread, category, None, actor_id, untold, news)


def _about_closing(event_id: int, row: Any, at: datetime, actor_id: int | None) -> Occasion | None:
    """A closing, unless the thread was reopened meanwhile; if it closed again, that closing has its own event."""
    thread, category = row
    if thread.closing_recorded_at != at:
        return None
    subject, news = f"closing:{thread.id}:{to_micros(at)}", News(watching=True)
    return Occasion(event_id, CLOSED, subject, thread, category, None, actor_id, frozenset({actor_id}), news)


def _about_closing_soon(session: Session, event_id: int, row: Any) -> Occasion | None:
    """A closing that comes within a day, unless it was put off meanwhile: that deadline will have its own event."""
    thread, category = row
    facts = session.execute(select(EVENT.c.data).where(EVENT.c.id == event_id)).scalar_one()
    deadline, moment = to_micros(datetime.fromisoformat(facts["closes_at"])), to_micros(now(session))
    at = session.scalar(select(effective_close_at(moment)).where(THREAD.c.id == thread.id))
    if not moment < deadline == at:
        return None
    subject, news = closing_soon_subject(thread.id, deadline), News(watching=True)
    return Occasion(event_id, CLOSING_SOON, subject, thread, category, None, None, frozenset(), news)


def _about_reminder(session: Session, event_id: int, row: Any) -> Occasion:
    """The reminder that somebody asked for, told to them alone."""
    thread, category = row
    owner_id = session.execute(select(EVENT.c.audience_id).where(EVENT.c.id == event_id)).scalar_one()
    subject, news = f"reminder:{event_id}", News(asked=owner_id)
    return Occasion(event_id, REMINDER, subject, thread, category, None, None, frozenset(), news)
