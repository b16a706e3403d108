"""What writing and reading give: the level that a person prefers from either, and whom a reply quotes."""

from typing import Any, Final

from sqlalchemy import BigInteger, Select, String, bindparam, column, func, literal, select, table
from sqlmodel import Session, col

from service.kit.clock import Instant
from service.replies.events import ReplyEvent
from service.replies.models import Reply
from service.subscriptions.models import NORMAL
from service.threads.models import Thread

PREFERENCE: Final = table(
    "notification_preference",
    column("account_id", BigInteger),
    column("on_reply", String),
    column("after_reading", String),
)
"""What people prefer belongs to a room above this one; two of its columns say which level writing and reading give."""


def level_given(name: str, default: str, reason: str) -> Select[*tuple[Any, ...]]:
    """The row of a subscription, for an INSERT: the person `:account` on `:thread`, since `:at`, for this reason, at
    the level their preference names (without one the default); no row where that is normal.
    """
    account = bindparam("account", type_=BigInteger)
    wanted = select(PREFERENCE.c[name]).where(PREFERENCE.c.account_id == account).scalar_subquery()
    level = func.coalesce(wanted, literal(default, String))
    return select(
        bindparam("thread", type_=BigInteger), account, level, literal(reason, String),
        bindparam("at", type_=Instant()),
    ).where(level != NORMAL)  # fmt: skip


def authors_quoted(session: Session, event: ReplyEvent) -> set[int]:
    """Who wrote the posts of its own thread that a reply quotes: those that are shown."""
    numbers = [number for thread_id, number in event.quoted if thread_id == event.thread_id]
    shown = col(Reply.thread_id) == event.thread_id, col(Reply.moderation) == "published"
    wrote = select(col(Reply.author_id)).where(*shown, col(Reply.number).in_(numbers))
    found = set(session.scalars(wrote)) if any(numbers) else set()
    if 0 in numbers:
        found.add(session.get_one(Thread, event.thread_id).author_id)
    return {author_id for author_id in found if author_id is not None}
