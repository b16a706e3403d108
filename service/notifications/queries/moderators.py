"""Moderators and their mail: whom to ask, when they were asked last, and what waits for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, func, select

from service.accounts.models import Account
from service.accounts.queries import actor_of, is_staff
from service.categories.models import CategoryModerator
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound
from service.moderation.models import OPEN
from service.moderation.queries import PostSeen, Sought, list_reviews, waiting_count
from service.moderation.queries.appeals import appeals_waiting
from service.notifications.models import IS_REVIEWS, SENDING, SENT, WAITING, Letter

MOST_SHOWN: Final = 10
"""Posts that a moderator's letter shows; the rest is counted."""

LATELY: Final = timedelta(days=2)
"""How old the letters are at most that may bear on the next: longer than any is tried."""

ROLES_THAT_MODERATE: Final = ("moderator", "admin")


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a moderator: how many posts (100: or more), since when the first, and the first of them; and how
    many appeals.
    """

    count: int
    since: datetime | None
    posts: Sequence[PostSeen]
    appeals: int = 0


def moderators(session: Session) -> Sequence[int]:
    """The accounts that moderate something: the site, or a category. What waits for each is asked when they are sent
    something.
    """
    of_some = select(CategoryModerator.account_id)
    of_all = select(Account.id).where(is_staff(), col(Account.role).in_(ROLES_THAT_MODERATE))
    return sorted({stored_id(found) for found in (*session.exec(of_all), *session.exec(of_some))})


def asked_last(session: Session, account_ids: Sequence[int]) -> Mapping[int, datetime]:
    """When these moderators were sent their last letter, or are about to be, where that is no matter of days."""
    counted = col(Letter.state).in_((SENT, SENDING, WAITING)), col(Letter.due_at) > now(session) - LATELY
    last = func.max(func.coalesce(Letter.ended_at, Letter.due_at))
    query = select(Letter.account_id, last).where(col(Letter.account_id).in_(account_ids), IS_REVIEWS, *counted)
    return {row[0]: row[1] for row in session.exec(query.group_by(col(Letter.account_id)))}


def queue_of(session: Session, actor: Actor) -> Queue:
    """What waits for this moderator now, the longest first."""
    posts = list_reviews(session, actor, Sought(OPEN), None, MOST_SHOWN)[:MOST_SHOWN]
    first = posts[0].review if posts else None
    since = first.opened_at if first else None
    return Queue(waiting_count(session, actor), since, posts, appeals_waiting(session, actor))


def moderator(session: Session, account_id: int) -> Actor:
    """The account as it may act now. Raises NotFound when it is gone, is suspended, or moderates no more."""
    account = session.get(Account, account_id)
    actor = None if account is None else actor_of(session, account)
    if actor is None or not actor.moderates_some:
        raise NotFound("This link leads nowhere any more")
    return actor
