"""Many reviews at once, as far as a decision about each depends on them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, case, select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import Category
from service.kit.actor import Actor, rank_of
from service.moderation.models import Review
from service.moderation.policy import Looked
from service.moderation.queries.reviews import there
from service.replies.models import Reply
from service.threads.models import Thread

Place = tuple[int, int | None]
"""A post: its thread's id, and its own where it is a reply."""


def places_of(session: Session, actor: Actor, review_ids: Collection[int]) -> dict[int, tuple[Place, int]]:
    """Where the posts of these reviews are, by the reviews' ids, and the reviews' versions, in the order of their
    threads; only of those that exist for this actor.
    """
    query = (
        select(col(Review.id), col(Review.thread_id), col(Review.reply_id), col(Review.version))
        .select_from(Review)
        .join(Thread, col(Thread.id) == Review.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .outerjoin(Reply, col(Reply.id) == Review.reply_id)
        .where(there(actor), col(Review.id).in_(review_ids))
        .order_by(col(Review.thread_id), col(Review.id))
    )
    return {row[0]: ((row[1], row[2]), row[3]) for row in session.execute(query)}


def looked_at(session: Session, actor: Actor, review_ids: Collection[int]) -> dict[int, Looked]:
    """These reviews, by id; only those that exist for this actor."""
    query = (
        select(
            col(Review.id), col(Review.version), col(Review.state), col(Review.cause), col(Review.claimed_by_id),
            col(Review.claimed_until), _of_post("moderation"), _of_post("previous_moderation"), col(Thread.category_id),
            col(Account.id), col(Account.role), col(Account.moderated),
        )
        .select_from(Review)
        .join(Thread, col(Thread.id) == Review.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .outerjoin(Reply, col(Reply.id) == Review.reply_id)
        .outerjoin(Account, col(Account.id) == _of_post("author_id"))
        .where(there(actor), col(Review.id).in_(review_ids))
    )  # fmt: skip
    return {row[0]: _looked(row) for row in session.execute(query)}


def _looked(row: Any) -> Looked:
    *_, role, moderated = row
    rank = -1 if role is None else rank_of(role, moderates_some=bool(moderated))
    return Looked(*[*row[1:10], rank])


def _of_post(column: str) -> ColumnElement[object]:
    return case((col(Review.reply_id).is_(None), getattr(Thread, column)), else_=getattr(Reply, column))
