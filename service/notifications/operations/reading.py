"""Mark notifications as read: named ones, all, or those of a thread that is being read."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, or_, update
from sqlmodel import Session, col

from service.kit.actor import Actor, check_signed_in
from service.kit.clock import Instant, now
from service.kit.database.rows import table_of
from service.kit.errors import Problem, settled
from service.notifications import queries
from service.notifications.models import OPENING, Notification
from service.subscriptions.operations import mark_thread_read
from service.subscriptions.queries import unread_above
from service.threads.queries import ThreadSeen

NOTIFICATION = table_of(Notification)


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


def read_thread(
    session: Session, actor: Actor, seen: ThreadSeen, number: int | Problem, also: Sequence[int] = ()
) -> tuple[int, int]:
    """Remember that the actor has read a thread up to the reply `number`; returns how far they have in all, and how
    many replies are new to them still.

    What they were told of those replies, and of those with the numbers `also`, becomes read, and what they were told of
    its opening; once nothing is new, all else about the thread too. So no letter about it goes out any more.
    Raises NotSignedIn, NotAllowed, Invalid.
    """
    mark = mark_thread_read(session, actor, seen, number)
    left = unread_above(session, seen.id, mark)
    asked = {"account": actor.account_id, "thread": seen.id, "mark": mark, "also": list(also), "now": now(session)}
    session.execute(_read_of_thread(all_read=not left), asked)
    return mark, left


@cache
def _read_of_thread(*, all_read: bool) -> Any:
    """Marks what one person was told of a thread; built once for each of two."""
    told, number = NOTIFICATION.c, queries.NUMBER_TOLD
    of_a_reply = and_(
        told.reply_id.is_not(None),
        or_(number <= bindparam("mark", type_=BigInteger), number.in_(bindparam("also", expanding=True))),
    )
    of_the_thread = told.reply_id.is_(None) if all_read else told.kind == OPENING
    mine = told.account_id == bindparam("account", type_=BigInteger), told.read_at.is_(None)
    of_it = told.thread_id == bindparam("thread", type_=BigInteger)
    return (
        update(NOTIFICATION)
        .where(*mine, of_it, or_(of_a_reply, of_the_thread))
        .values(read_at=bindparam("now", type_=Instant()))
    )
