"""Claims: a moderator says that they look at a review, so that nobody decides beside them for ten minutes."""

from typing import Any

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col

from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import now
from service.kit.database.rows import changed
from service.moderation import queries
from service.moderation.models import Review
from service.moderation.policy import LEASE, claimed, is_claimed
from service.moderation.queries import PostSeen


def claim_review(session: Session, actor: Actor, review_id: int) -> PostSeen:
    """Say that the actor looks at a review from now on, for ten minutes; again and again makes it longer.

    One conditional UPDATE decides between two who ask at once. The review's version stays: nothing happened to the
    post. Raises NotSignedIn, NotAllowed, NotFound, and Claimed while somebody else's claim runs.
    """
    check_moderates_some(actor)
    review = _reviewed(queries.get_review(session, actor, review_id))
    at = now(session)
    free = or_(col(Review.claimed_until).is_(None), col(Review.claimed_until) <= at, _is_mine(actor))
    if not _set(session, review, free, claimed_by_id=actor.account_id, claimed_until=at + LEASE):
        seen = queries.get_review(session, actor, review_id)
        raise claimed(_reviewed(seen), seen.claimer_username)
    return queries.get_review(session, actor, review_id)


def release_review(session: Session, actor: Actor, review_id: int) -> None:
    """End the actor's own claim; somebody else's stays. Raises NotSignedIn, NotAllowed, NotFound."""
    check_moderates_some(actor)
    review = _reviewed(queries.get_review(session, actor, review_id))
    _set(session, review, _is_mine(actor), claimed_by_id=None, claimed_until=None)


def check_claim(session: Session, actor: Actor, review: Review) -> None:
    """Raise Claimed while somebody else's claim of a review runs. Parley waits for nobody."""
    if actor.signed_in and review.claimed_by_id != actor.account_id and is_claimed(review, now(session)):
        raise claimed(review, queries.account_name(session, review.claimed_by_id))


def _is_mine(actor: Actor) -> ColumnElement[bool]:
    return col(Review.claimed_by_id) == actor.account_id


def _set(session: Session, review: Review, where: ColumnElement[bool], **values: Any) -> bool:
    """Whether the claim was still as `where` says, and is what `values` say now."""
    statement = update(Review).where(col(Review.id) == review.id, where).values(**values)
    return changed(session, statement.execution_options(synchronize_session=False)) > 0


def _reviewed(seen: PostSeen) -> Review:
    if seen.review is None:
        raise AssertionError("a review was loaded")
    return seen.review
