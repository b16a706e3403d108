"""Mark notifications as read."""

from sqlalchemy import update
from sqlmodel import Session, col

from service.kit.actor import Actor, check_signed_in
from service.kit.clock import now
from service.kit.errors import Problem, settled
from service.notifications import queries
from service.notifications.models import Notification


def mark_read(session: Session, actor: Actor, ids: list[int] | Problem | None) -> int:
    """Mark the actor's notifications with these ids as read (None: all); returns how many are unread now.

    Ids of other people, or of nothing, are passed over. Raises NotSignedIn, NotAllowed, Invalid.
    """
    check_signed_in(actor)
    wanted = settled(ids)
    mine = [col(Notification.account_id) == actor.account_id, col(Notification.read_at).is_(None)]
    if wanted is not None:
        mine.append(col(Notification.id).in_(wanted))
    session.execute(update(Notification).where(*mine).values(read_at=now(session)))
    return queries.unread_count(session, actor)
