"""The notices of a closing that was undone."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import Session, col

from service.kit.database.rows import stored_id
from service.kit.events import EVENT
from service.notifications.models import CLOSED, MODERATION, SENDING, SENT, Delivery, Letter, Notification


def notices_of_closing(session: Session, thread_id: int, subject: str, limit: int) -> Sequence[int]:
    """Ids of up to `limit` notices of a closing (`closing:{thread}:{microseconds}`) that nobody has seen."""
    about = col(Notification.thread_id) == thread_id, col(Notification.subject) == subject
    query = select(col(Notification.id)).where(*about, col(Notification.kind) == CLOSED, *unseen())
    return [stored_id(each) for each in session.execute(query.order_by(col(Notification.id)).limit(limit)).scalars()]


def notices_of_events(session: Session, event_ids: Sequence[int], limit: int) -> Sequence[int]:
    """Ids of up to `limit` notices of these events that nobody has seen; those of decisions look after themselves."""
    about = col(Notification.event_id).in_(event_ids), col(Notification.kind).not_in(MODERATION)
    query = select(col(Notification.id)).where(*about, *unseen()).order_by(col(Notification.id))
    return [stored_id(each) for each in session.execute(query.limit(limit)).scalars()]


def latest_event(session: Session) -> int:
    """The newest event's id: the place in the inbox of what has no event of its own."""
    return int(session.scalar(select(func.max(EVENT.c.id))) or 0)


def unseen() -> tuple[ColumnElement[bool], ...]:
    """Not read on the site, and by no channel sent, or in the hands of a worker that sends it now."""
    mine = col(Delivery.notification_id) == col(Notification.id)
    sent = select(col(Delivery.id)).where(mine, col(Delivery.state).in_((SENDING, SENT)))
    leaving = col(Letter.id) == col(Delivery.letter_id), col(Letter.state).in_((SENDING, SENT))
    in_letter = select(col(Delivery.id)).join(Letter, leaving[0]).where(mine, leaving[1])
    return col(Notification.read_at).is_(None), ~exists(sent), ~exists(in_letter)
