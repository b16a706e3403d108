"""Reviews in outline: what is asked of many at once, without the texts of their posts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from service.categories.models import Category
from service.kit.actor import Actor
from service.moderation.models import Review
from service.moderation.queries.reviews import there
from service.moderation.queries.sought import Sought
from service.replies.models import Reply
from service.threads.models import Thread
from service.threads.queries.law import micros


@dataclass(frozen=True, slots=True)
class Outline:
    """A review without its post: how it is named, and in which version."""

    id: int
    version: int


def outlines_in(session: Session, actor: Actor, sought: Sought, limit: int) -> Sequence[Outline]:
    """The first reviews of a list, what waits longest first."""
    query = _outlines(actor).where(*sought.conditions()).order_by(micros(Review.opened_at), col(Review.id))
    return [Outline(*row) for row in session.execute(query.limit(limit))]


def count_reviews(session: Session, actor: Actor, sought: Sought, most: int) -> int:
    """How many reviews are looked for, counted up to `most`."""
    found = _outlines(actor).where(*sought.conditions()).with_only_columns(col(Review.id), maintain_column_froms=True)
    return int(session.execute(select(func.count()).select_from(found.limit(most).subquery())).scalar_one())


def _outlines(actor: Actor) -> Select[*tuple[object, ...]]:
    return (
        select(col(Review.id), col(Review.version))
        .select_from(Review)
        .join(Thread, col(Thread.id) == Review.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .outerjoin(Reply, col(Reply.id) == Review.reply_id)
        .where(there(actor))
    )
