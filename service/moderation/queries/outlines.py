"""Reviews in outline: what is asked of many at once, without the texts of their posts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlmodel import Session, col

from service.categories.models import Category
from service.kit.actor import Actor
from service.moderation.models import Review
from service.moderation.queries.posts import Claimer
from service.moderation.queries.reviews import there
from service.moderation.queries.sought import Sought
from service.replies.models import Reply
from service.threads.models import Thread
from service.threads.queries.law import micros


@dataclass(frozen=True, slots=True)
class Outline:
    """A review without its post's text: how it is named, how the post stands, and who looks at it until when."""

    id: int
    version: int
    state: str
    cause: str
    moderation: str
    previous_moderation: str | None
    claimed_by_id: int | None
    claimed_until: datetime | None
    claimer: str | None


def outlines_of(session: Session, actor: Actor, review_ids: Collection[int]) -> Sequence[Outline]:
    """Those of these reviews that the actor moderates, by id."""
    query = _outlines(actor).where(col(Review.id).in_(review_ids)).order_by(col(Review.id))
    return [Outline(*row) for row in session.execute(query)]


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
        select(
            col(Review.id), col(Review.version), col(Review.state), col(Review.cause), _of_post("moderation"),
            _of_post("previous_moderation"), col(Review.claimed_by_id), col(Review.claimed_until),
            func.coalesce(Claimer.display_name, Claimer.username),
        )
        .select_from(Review)
        .join(Thread, col(Thread.id) == Review.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .outerjoin(Reply, col(Reply.id) == Review.reply_id)
        .outerjoin(Claimer, col(Claimer.id) == Review.claimed_by_id)
        .where(there(actor))
    )  # fmt: skip


def _of_post(column: str) -> ColumnElement[str]:
    """A column of the reply, or of the opening where the review is of it."""
    return case((col(Review.reply_id).is_(None), getattr(Thread, column)), else_=getattr(Reply, column))
