"""Taking away all that a new account has posted: to the spam, as one decision that is undone as one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlmodel import Session

from service.accounts.models import Account
from service.accounts.queries import get_account
from service.kit.actor import Actor, check_moderates, check_outranks, rank_of
from service.kit.clock import now
from service.kit.errors import Problem, settled
from service.moderation.errors import NotNew
from service.moderation.operations.deciding import Decision, lock_post, review_of, take_step
from service.moderation.operations.many import close_batch, open_batch
from service.moderation.operations.suspending import SuspensionWish, subject_of, suspend
from service.moderation.queries.authored import Authored, authored, count_authored, published_by
from service.screening.models import Decision as Kept
from service.screening.queries.standing import last_standing

MOST: Final = 500
"""Posts that are taken away at once, the newest first."""

YOUNG: Final = timedelta(days=30)
FEW: Final = 50
"""An account is new while it is younger than this, or has fewer posts published."""

REMOVE: Final = "remove"


@dataclass(frozen=True, slots=True)
class Removal:
    """Why a person's posts are taken away, which they read; with `silence` they write no more until that is lifted."""

    reason: str = ""
    silence: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of a person's posts: how many were taken away and how many could not be, and the decision that they
    belong to (None: there was nothing). `more` says that there were more than MOST.
    """

    batch: Kept | None
    removed: int
    left: int
    more: bool


def foresee_removal(session: Session, actor: Actor, username: str) -> Mapping[tuple[str, str], int]:
    """How many posts there are to take away: threads and replies, by state. Raises as `remove_posts`."""
    return count_authored(session, _new_account(session, actor, username).id)


def remove_posts(session: Session, actor: Actor, username: str, removal: Removal | Problem) -> Removed:
    """Move all posts of a new account that are published or wait to the spam, the newest 500.

    For moderators of the site. Their threads are locked in the order of their ids. Raises NotFound, NotSignedIn,
    NotAllowed (the person's rank is not below the actor's), Invalid, NotNew.
    """
    account, ready = _new_account(session, actor, username), settled(removal)
    found = authored(session, account.id, MOST + 1)
    batch = open_batch(session, actor, REMOVE, ready.reason, account.id)
    taken = [_take(session, actor, post, ready.reason, batch) for post in found[:MOST]]
    silenced = ready.silence and _silence(session, actor, account, ready.reason, batch)
    kept = close_batch(session, actor, batch, sum(taken) + silenced)
    return Removed(kept, sum(taken), len(taken) - sum(taken), len(found) > MOST)


def _new_account(session: Session, actor: Actor, username: str) -> Account:
    """The account, if it is new and the actor may. What was said long ago is not taken away in one go."""
    account = get_account(session, actor, username)
    check_moderates(actor)
    check_outranks(actor, account.id, rank_of(account.role, moderates_some=bool(account.moderated)))
    if now(session) - account.created_at >= YOUNG and published_by(session, account) >= FEW:
        raise NotNew(f"This account is older than {YOUNG.days} days and has {FEW} posts or more published")
    return account


def _take(session: Session, actor: Actor, post: Authored, reason: str, batch: Kept) -> bool:
    """Move one post to the spam, in a savepoint; False where that cannot be (any more)."""
    try:
        with session.begin_nested():
            locked = lock_post(session, actor, None if post.reply_id else post.thread_id, post.reply_id)
            decision = Decision("spam", reason, override=True)
            take_step(session, actor, locked, review_of(session, locked), decision, batch_id=batch.id)
    except Problem:
        return False
    return True


def _silence(session: Session, actor: Actor, account: Account, reason: str, batch: Kept) -> bool:
    """Silence the person until that is lifted, as part of the batch; False where they are so already."""
    suspend(session, actor, account.username, SuspensionWish(until=None, reason=reason, silences=True))
    kept = last_standing(session, subject_of(account, "silence"))
    if kept is None or kept.decided_at != now(session):
        return False
    kept.batch_id = batch.id
    session.add(kept)
    session.flush()
    return True
