"""Lists of replies, by number: those that wait for a moderator have none yet and stand behind all others."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session, col

from service.kit.actor import GUEST, Actor
from service.kit.database.rows import stored_id
from service.replies.models import Reply
from service.replies.queries import rows
from service.replies.queries.loads import ReplySeen, listed, seen, select_seen, to_seen

WAITING: Final = 2**40
"""What the key of a reply without a number begins with, before its id: more than any number."""

END: Final = 2**62
"""A key past every other."""


def sort_key(found: ReplySeen) -> tuple[int]:
    """The key of a reply in a list, for a cursor."""
    return (WAITING + found.id if found.reply.number is None else found.reply.number,)


def list_replies(
    session: Session, actor: Actor, thread_id: int, *, after: int, limit: int, descending: bool = False
) -> Sequence[ReplySeen]:
    """Up to `limit + 1` replies of a thread that the caller has loaded, past the key `after` (see `sort_key`)."""
    parts = ((rows.unnumbered, WAITING), (rows.numbered, 0))
    found: list[ReplySeen] = []
    for part, first in parts if descending else reversed(parts):
        if len(found) <= limit:
            found += part(session, actor, thread_id, after - first, limit + 1 - len(found), descending=descending)
    return found


def list_waiting(session: Session, actor: Actor, thread_id: int, limit: int) -> Sequence[ReplySeen]:
    """Up to `limit` replies without a number that the actor may read: their own, or for moderators all that wait."""
    if not actor.signed_in:
        return ()
    query = _waiting(actor, thread_id)
    if actor.moderates:
        query = query.where(col(Reply.moderation) == "pending")
    return [to_seen(actor, row) for row in session.execute(query.limit(limit))]


def latest_replies(session: Session, thread_id: int, limit: int) -> Sequence[ReplySeen]:
    """The `limit` last published replies of a thread that a guest has loaded, newest first, without stubs."""
    return rows.latest(session, GUEST, thread_id, limit)


def _waiting(actor: Actor, thread_id: int) -> Select[*tuple[Any, ...]]:
    query = select_seen().where(col(Reply.thread_id) == thread_id, col(Reply.number).is_(None), seen(actor))
    return query.order_by(col(Reply.id))


def replies_between(session: Session, actor: Actor, thread_id: int, first: int, last: int) -> Sequence[ReplySeen]:
    """The replies of a thread that the caller has loaded, with numbers from `first` to `last`: one screen."""
    asked = {"thread": thread_id, "first": first, "last": last}
    screen = _screen(actor) if actor.signed_in else SCREEN
    return [to_seen(actor, row) for row in session.execute(screen, asked)]


def _screen(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select_seen()
        .where(col(Reply.thread_id) == bindparam("thread"), listed(actor))
        .where(col(Reply.number).between(bindparam("first"), bindparam("last")))
        .order_by(col(Reply.number))
    )


# Built once: the guests' screen, because every page shows one.
SCREEN = _screen(GUEST)


def numbers_of(session: Session, reply_ids: Sequence[int]) -> dict[int, int]:
    """The numbers of these replies by id: for "in reply to #12" where the parent is on another screen."""
    if not reply_ids:
        return {}
    query = select(col(Reply.id), col(Reply.number)).where(col(Reply.id).in_(reply_ids), col(Reply.number).is_not(None))
    rows = session.execute(query)
    return {stored_id(row[0]): row[1] for row in rows}
