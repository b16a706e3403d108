"""Reviews: one, lists of them, how many wait, and the reasons that a page shows."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, and_, func, literal, or_, select, tuple_
from sqlmodel import Session, col

from service.categories.models import Category
from service.kit.actor import Actor
from service.kit.clock import to_micros
from service.kit.errors import NotFound
from service.moderation.models import Review
from service.moderation.queries.posts import PostSeen, select_reviewed, to_post, within
from service.moderation.queries.sought import Sought, waits
from service.replies.models import Reply
from service.threads.models import Thread
from service.threads.queries.law import micros

MOST_COUNTED: Final = 100
"""The number that waits stops here: "99+" is as true to a moderator, and the count stays cheap."""


def there(actor: Actor) -> ColumnElement[bool]:
    """Which reviews exist for a moderator: of posts in categories they may see, and whose text is not gone."""
    return and_(within(actor), col(Reply.purged_at).is_(None))


def get_review(session: Session, actor: Actor, review_id: int) -> PostSeen:
    """The post with its review, for a moderator who may see the category; NotFound otherwise."""
    this = col(Review.id) == literal(review_id, BigInteger)
    query = select_reviewed().where(this, there(actor)).execution_options(populate_existing=True)
    row = session.execute(query).first()
    if row is None:
        raise NotFound("There is no such review")
    return to_post(row)


def find_review(session: Session, thread_id: int, reply_id: int | None) -> Review | None:
    """The review of a post, held to the end of the unit of work that will change it; None where there is none yet.

    The thread's row does not hold it: a claim takes the review alone.
    """
    post = col(Review.reply_id) == reply_id if reply_id else col(Review.reply_id).is_(None)
    query = select(Review).where(col(Review.thread_id) == thread_id, post).with_for_update()
    query = query.execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def list_reviews(
    session: Session, actor: Actor, sought: Sought, after: tuple[int, ...] | None, limit: int
) -> Sequence[PostSeen]:
    """Up to `limit + 1` reviews after the key `after` (see `review_key`), what waits longest first."""
    query = select_reviewed().where(there(actor), *sought.conditions())
    opened = micros(Review.opened_at)
    if after is not None:
        query = query.where(tuple_(opened, Review.id) > tuple_(*(literal(part, BigInteger) for part in after)))
    return [to_post(row) for row in session.execute(query.order_by(opened, col(Review.id)).limit(limit + 1))]


def review_key(seen: PostSeen) -> tuple[int, int]:
    """The key of a review in a list, for a cursor."""
    if seen.review is None:
        raise AssertionError("a list of reviews has posts with reviews")
    return to_micros(seen.review.opened_at), seen.review.id or 0


def waiting_count(session: Session, actor: Actor) -> int:
    """How many reviews wait for this moderator, counted up to MOST_COUNTED."""
    found = (
        select(col(Review.id))
        .join(Thread, col(Thread.id) == Review.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .where(waits(), within(actor))
    )
    counted = found.limit(MOST_COUNTED).subquery()
    return int(session.execute(select(func.count()).select_from(counted)).scalar_one())


def reasons_in(session: Session, thread_id: int) -> Mapping[int | None, str]:
    """The reasons of what was rejected or hidden, or is held by a rule, in a thread that the caller has loaded, by
    reply (opening: None).
    """
    told = or_(col(Review.action).in_(("reject", "hide")), col(Review.action).is_(None))
    query = select(col(Review.reply_id), col(Review.reason)).where(
        col(Review.thread_id) == thread_id, told, col(Review.reason) != ""
    )
    return {row[0]: row[1] for row in session.execute(query)}
