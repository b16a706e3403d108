"""What a backtest reads: the last posts, newest first, as they were submitted, and what people decided about them.

The tables of posts are named, not imported: their rooms stand above this one. A statement reads a chunk of posts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Integer,
    String,
    TableClause,
    Text,
    and_,
    column,
    func,
    null,
    or_,
    select,
    table,
)
from sqlalchemy.sql import ColumnElement, Select
from sqlmodel import Session

from service.kit.clock import Instant

BOTH: Final[Mapping[str, Any]] = {
    "id": BigInteger, "author_id": BigInteger, "author_name": String, "body": Text, "body_html": Text,
    "body_format": String, "moderation": String, "previous_moderation": String, "purged_at": Instant,
    "created_at": Instant, "published_at": Instant, "edited_at": Instant,
}  # fmt: skip


def named(name: str, **more: Any) -> TableClause:
    """A table of posts, or of their earlier texts."""
    return table(name, *(column(each, kind) for each, kind in more.items()))


THREAD: Final = named("thread", **BOTH, category_id=BigInteger, title=String, slug=String)
REPLY: Final = named("reply", **BOTH, thread_id=BigInteger, number=Integer)


class Key(NamedTuple):
    """A post: a reply, or the opening of a thread where `reply_id` is None."""

    thread_id: int
    reply_id: int | None


class Place(NamedTuple):
    """How far a backtest is: what follows has smaller ids."""

    threads: int
    replies: int


def end_of_posts(session: Session) -> Place:
    """Before the newest post."""
    last = (session.execute(select(func.max(posts.c.id))).scalar_one() for posts in (THREAD, REPLY))
    return Place(*((found or 0) + 1 for found in last))


def count_posts(session: Session, most: int, category_id: int | None) -> int:
    """How many posts there are to be looked at: at most `most`."""
    found = 0
    for keys in (_threads(category_id), _replies(category_id)):
        found += session.execute(select(func.count()).select_from(keys.limit(most).subquery())).scalar_one()
    return min(found, most)


def next_keys(session: Session, place: Place, size: int, category_id: int | None) -> tuple[list[Key], Place]:
    """The next posts, the latest first, and where those after them begin."""
    threads = session.execute(_threads(category_id).where(THREAD.c.id < place.threads).limit(size)).all()
    replies = session.execute(_replies(category_id).where(REPLY.c.id < place.replies).limit(size)).all()
    latest = sorted([*threads, *replies], key=lambda row: (row.created_at, row.reply_id or 0), reverse=True)[:size]
    keys = [Key(row.thread_id, row.reply_id) for row in latest]
    return keys, Place(
        min((key.thread_id for key in keys if key.reply_id is None), default=place.threads),
        min((key.reply_id for key in keys if key.reply_id is not None), default=place.replies),
    )


def _threads(category_id: int | None) -> Select[Any]:
    query = select(THREAD.c.id.label("thread_id"), null().label("reply_id"), THREAD.c.created_at)
    query = query.where(THREAD.c.purged_at.is_(None)).order_by(THREAD.c.id.desc())
    return query if category_id is None else query.where(THREAD.c.category_id == category_id)


def _replies(category_id: int | None) -> Select[Any]:
    query = select(REPLY.c.thread_id, REPLY.c.id.label("reply_id"), REPLY.c.created_at)
    query = query.where(REPLY.c.purged_at.is_(None)).order_by(REPLY.c.id.desc())
    if category_id is None:
        return query
    return query.join(THREAD, THREAD.c.id == REPLY.c.thread_id).where(THREAD.c.category_id == category_id)


def first_moments(
    session: Session, author_ids: Sequence[int], most: int, *, published: bool
) -> dict[int, list[datetime]]:
    """When each of these authors submitted their first posts, or had them `published`; at most `most`, in order.

    So who asks how many there were at some moment counts the earlier ones; what became of them later does not matter.
    """
    found: dict[int, list[datetime]] = {author_id: [] for author_id in author_ids}
    for posts in (THREAD, REPLY):
        moment = posts.c.published_at if published else posts.c.created_at
        place = func.row_number().over(partition_by=posts.c.author_id, order_by=moment).label("place")
        query = select(posts.c.author_id, moment.label("moment"), place).where(posts.c.author_id.in_(author_ids))
        first = (query.where(_was_public(posts)) if published else query).subquery()
        for row in session.execute(select(first.c.author_id, first.c.moment).where(first.c.place <= most)):
            found[row.author_id].append(row.moment)
    return {author_id: sorted(moments)[:most] for author_id, moments in found.items()}


def _was_public(posts: TableClause) -> ColumnElement[bool]:
    """Whether everybody could see a post once: no step leads from there back to `pending` or `rejected`."""
    public = ("published", "hidden")
    state = or_(posts.c.moderation.in_(public), posts.c.previous_moderation.in_(public))
    return and_(posts.c.published_at.is_not(None), state)
