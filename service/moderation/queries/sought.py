"""What somebody looks for among reviews, as conditions that the indexes of reviews serve."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, and_, exists, literal, literal_column, or_, select, union_all
from sqlmodel import col

from service.categories.models import Category
from service.moderation.models import EDITED, FLAGGED, OPEN, Flag, Review
from service.replies.models import Reply
from service.threads.models import Thread

WAITING: Final = "waiting"
"""Open reviews of what nobody reads before a moderator has decided: a post that is pending, an edit that is held."""

NO_FLAG: Final[ColumnElement[int]] = literal_column("0")
"""Written out and not bound, for the partial index of flagged reviews."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which reviews are looked for; a member that is None asks nothing.

    `state` is `open` (all that can be decided now), of these `waiting` or `flagged`, or `decided`. `reason` is that of
    a flag of the post: one that is not resolved where the review is open. `rule_id` is the rule that held the post,
    `author_id` who wrote it; `opened_before` asks for what waits since before that instant.
    """

    state: str | None = None
    category_id: int | None = None
    reason: str | None = None
    rule_id: int | None = None
    author_id: int | None = None
    opened_before: datetime | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """The conditions on reviews joined with their threads, replies and categories."""
        if self.state is not None:
            yield of_state(self.state)
        if self.category_id is not None:
            yield col(Category.id) == self.category_id
        if self.reason is not None:
            yield flagged_for(self.reason, resolved_too=self.state in (None, "decided"))
        if self.rule_id is not None:
            yield col(Review.rule_id) == literal(self.rule_id, BigInteger)
        if self.author_id is not None:
            yield by_author(self.author_id)
        if self.opened_before is not None:
            yield col(Review.opened_at) < self.opened_before


def of_state(state: str) -> ColumnElement[bool]:
    """The reviews of one list."""
    if state == WAITING:
        held = or_(col(Review.cause) == EDITED, pending(), col(Review.flag_count) == NO_FLAG)
        return and_(waits(), held)
    if state == FLAGGED:
        return and_(waits(), col(Review.flag_count) > NO_FLAG)
    return waits() if state == OPEN else col(Review.state) == state


def waits() -> ColumnElement[bool]:
    """Which reviews wait for a decision: the open ones, but of replies in threads that are out of everybody's sight."""
    in_sight = or_(col(Review.reply_id).is_(None), col(Thread.moderation).in_(("published", "hidden")))
    return and_(col(Review.state) == literal_open(), in_sight)


def literal_open() -> ColumnElement[str]:
    """The state written out, so that the partial index of open reviews serves on SQLite too."""
    return literal(OPEN, literal_execute=True)


def pending() -> ColumnElement[bool]:
    """Whether the post itself waits."""
    return or_(
        and_(col(Review.reply_id).is_(None), col(Thread.moderation) == "pending"), col(Reply.moderation) == "pending"
    )


def flagged_for(reason: str, *, resolved_too: bool) -> ColumnElement[bool]:
    """Whether a reader flagged the post for this reason."""
    same_reply = or_(
        col(Flag.reply_id) == col(Review.reply_id), and_(col(Flag.reply_id).is_(None), col(Review.reply_id).is_(None))
    )
    found = exists().where(col(Flag.thread_id) == col(Review.thread_id), same_reply, col(Flag.reason) == reason)
    return found if resolved_too else found.where(col(Flag.resolved_at).is_(None))


def by_author(author_id: int) -> ColumnElement[bool]:
    """Whether this person wrote the post: found from their posts, not by looking through all reviews."""
    author = literal(author_id, BigInteger)
    of_replies = (
        select(col(Review.id)).join(Reply, col(Reply.id) == Review.reply_id).where(col(Reply.author_id) == author)
    )
    of_openings = (
        select(col(Review.id))
        .join(Thread, col(Thread.id) == Review.thread_id)
        .where(col(Review.reply_id).is_(None), col(Thread.author_id) == author)
    )
    return col(Review.id).in_(union_all(of_replies, of_openings))
