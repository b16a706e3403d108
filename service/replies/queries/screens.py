"""One screen of a thread's replies, as everybody reads it who may read the thread: guests, and members but for what
they wrote themselves. Rows of Core with what is shown and nothing else: no objects are made, and nothing is asked of
one reader.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Integer, bindparam, or_, select
from sqlmodel import Session

from service.kit.database.ready import Ready
from service.replies.models import PARTICULAR
from service.replies.queries.loads import ACCOUNT, REPLY, ReplySeen


class Shown(NamedTuple):
    """A reply with what a page shows of it. `answered_id` is what it answered, be it above its place; a stub has no
    text. A tuple, because a page makes fifty of them.
    """

    id: int
    number: int | None
    parent_id: int | None
    answered_id: int | None
    author_id: int | None
    author_username: str | None
    author_name: str | None
    body_html: str
    moderation: str
    is_stub: bool
    created_at: datetime
    edited_at: datetime | None
    posted_while_closed: bool
    reactions: dict[str, int] | None

    @property
    def purged_at(self) -> None:
        """What is shown is not purged."""
        return None


THREAD: Final = bindparam("thread", type_=BigInteger)
ON_SCREEN: Final = REPLY.c.number.between(bindparam("first", type_=Integer), bindparam("last", type_=Integer))
SCREEN: Final = Ready(
    select(
        REPLY.c.id, REPLY.c.number, REPLY.c.parent_id, REPLY.c.in_reply_to_id, REPLY.c.author_id, ACCOUNT.c.username,
        ACCOUNT.c.display_name, REPLY.c.author_name, REPLY.c.body_html, REPLY.c.moderation, REPLY.c.created_at,
        REPLY.c.edited_at, REPLY.c.posted_while_closed, REPLY.c.reactions,
    )
    .outerjoin(ACCOUNT, ACCOUNT.c.id == REPLY.c.author_id)
    .where(REPLY.c.thread_id == THREAD, ON_SCREEN)
    .where(or_(REPLY.c.moderation == "published", REPLY.c.child_count > 0))
    .order_by(REPLY.c.number)
)  # fmt: skip
OWN_IN_PARTICULAR: Final = (
    select(REPLY.c.id)
    .where(REPLY.c.author_id == bindparam("account", type_=BigInteger), REPLY.c.thread_id == THREAD)
    .where(PARTICULAR, REPLY.c.moderation != "trashed", or_(REPLY.c.number.is_(None), ON_SCREEN))
)
"""The account’s own replies on a screen that it may read otherwise than all others do: a search in an index of such."""


def replies_shown(session: Session, thread_id: int, first: int, last: int) -> Sequence[Shown]:
    """The replies with numbers from `first` to `last` that everybody reads who may read the thread, in order: published
    ones, and stubs under which something is shown.
    """
    found = SCREEN.all(session, {"thread": thread_id, "first": first, "last": last})
    return [_shown(*row) for row in found]


def _shown(
    reply_id: int, number: int, parent: int | None, answered: int | None, author: int | None, username: str | None,
    display_name: str | None, own_name: str | None, html: str, moderation: str, *rest: Any,
) -> Shown:  # fmt: skip
    name, stub = display_name or username or own_name, moderation != "published"
    text = "" if stub else html
    return Shown(reply_id, number, parent, answered or parent, author, username, name, text, moderation, stub, *rest)


def to_shown(seen: ReplySeen) -> Shown:
    """A reply that was loaded for one reader, as their page shows it."""
    reply = seen.reply
    return Shown(
        seen.id, reply.number, reply.parent_id, reply.in_reply_to_id or reply.parent_id, reply.author_id,
        seen.author_username, seen.author_name, "" if seen.is_stub else reply.body_html, seen.moderation, seen.is_stub,
        reply.created_at, reply.edited_at, reply.posted_while_closed, reply.reactions,
    )  # fmt: skip
