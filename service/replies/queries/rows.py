"""Replies as plain rows, for JSON and feeds: no objects of the ORM, each statement compiled once."""

from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, bindparam, or_, select
from sqlmodel import Session

from service.kit.actor import Actor
from service.kit.database.ready import Ready
from service.kit.database.rows import plain
from service.replies.models import Reply
from service.replies.queries.loads import ACCOUNT, REPLY, ReplySeen, to_seen
from service.screening.policy import SEEN_BY_AUTHOR

SHOWN: Final = (
    "id", "thread_id", "number", "parent_id", "in_reply_to_id", "depth", "author_id", "author_name", "body",
    "body_html", "body_format", "moderation", "posted_while_closed", "reactions", "created_at", "published_at",
    "edited_at", "is_quiet", "edit_waits", "version",
)  # fmt: skip
"""What JSON and feeds need of a reply."""
TO_REPLY: Final = plain(Reply, SHOWN)
ME: Final = bindparam("me", type_=BigInteger)
KEY: Final = bindparam("key", type_=BigInteger)
"""Past which key: a cursor may hold more than the column of numbers can."""


def numbered(
    session: Session, actor: Actor, thread_id: int, after: int, most: int, *, descending: bool
) -> list[ReplySeen]:
    """Up to `most` replies with a number past `after`."""
    return _ask(_in_order(_role(actor), "number", descending), session, actor, thread_id, after, most)


def unnumbered(
    session: Session, actor: Actor, thread_id: int, after: int, most: int, *, descending: bool
) -> list[ReplySeen]:
    """Up to `most` replies without a number, by id, with an id past `after`: a guest reads none."""
    if not actor.signed_in:
        return []
    return _ask(_in_order(_role(actor), "id", descending), session, actor, thread_id, after, most)


def latest(session: Session, actor: Actor, thread_id: int, most: int) -> list[ReplySeen]:
    """The last published replies, newest first."""
    return _ask(LATEST, session, actor, thread_id, 0, most)


def _ask(query: Ready, session: Session, actor: Actor, thread_id: int, after: int, most: int) -> list[ReplySeen]:
    asked = {"thread": thread_id, "key": after, "most": most, "me": actor.account_id}
    return [to_seen(actor, (TO_REPLY(*row[2:]), row[0], row[1])) for row in query.all(session, asked)]


def _role(actor: Actor) -> str:
    return "moderator" if actor.moderates else "member" if actor.signed_in else "guest"


def _select() -> Any:
    columns = [REPLY.c[name] for name in SHOWN]
    query = select(ACCOUNT.c.username, ACCOUNT.c.display_name, *columns).select_from(REPLY)
    this = REPLY.c.thread_id == bindparam("thread", type_=BigInteger)
    return query.outerjoin(ACCOUNT, ACCOUNT.c.id == REPLY.c.author_id).where(this)


LATEST: Final = Ready(
    _select()
    .where(REPLY.c.moderation == "published")
    .order_by(REPLY.c.number.desc())
    .limit(bindparam("most", type_=Integer))
)


@cache
def _in_order(role: str, key: str, descending: bool) -> Ready:
    """The statement for what such readers find, by number, or by id where there is none."""
    column = REPLY.c[key]
    past = column < KEY if descending else column > KEY
    query = _select().where(past, _found_by(role))
    query = query.where(REPLY.c.number.is_(None)) if key == "id" else query
    return Ready(query.order_by(column.desc() if descending else column).limit(bindparam("most", type_=Integer)))


def _found_by(role: str) -> ColumnElement[bool]:
    """`loads.listed` and `loads.seen`, which differ for nobody here, for a statement that is made ready."""
    moderation = REPLY.c.moderation
    shown = or_(moderation == "published", and_(REPLY.c.number.is_not(None), REPLY.c.child_count > 0))
    if role == "moderator":
        return or_(shown, moderation != "trashed")
    told = or_(*(moderation == state for state in SEEN_BY_AUTHOR), REPLY.c.is_quiet)
    return or_(shown, and_(REPLY.c.author_id == ME, told)) if role == "member" else shown
