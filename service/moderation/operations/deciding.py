"""Decisions: a moderator takes one step with a post, and the review says which, why and when."""

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now, utc_text
from service.kit.database.rows import stored_id
from service.kit.errors import Problem, settled
from service.kit.versions import Wanted, check_version
from service.moderation import queries
from service.moderation.errors import StaleDecision
from service.moderation.events import ReviewDecided
from service.moderation.models import BY_MODERATOR, DECIDED, Review
from service.moderation.operations.claiming import check_claim
from service.moderation.operations.wording import worded
from service.moderation.queries import PostSeen
from service.replies.models import Reply
from service.replies.operations import moderate_reply
from service.replies.queries import ReplySeen, lock_reply
from service.screening.models import Decision as Kept
from service.screening.operations import keep, snapshot
from service.screening.policy import Action
from service.threads.models import Thread
from service.threads.operations import moderate_thread
from service.threads.queries import ThreadSeen, lock_thread

THREAD_ASPECT: Final = ("moderation", "previous_moderation", "trashed_at", "published_at", "idle_anchor", "active_at")
REPLY_ASPECT: Final = ("moderation", "previous_moderation", "trashed_at", "published_at", "is_heard")
"""What a decision about a post changes in its row, and undoing it restores; a number, once given, stays."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator decides; `version` is that of the review they looked at (None: whatever it is).

    `canned` is the id of a canned reason, behind which `reason` is written; with `override` another moderator's claim
    does not keep this one from deciding.
    """

    action: Action
    reason: str = ""
    version: int | None = None
    canned: int | None = None
    override: bool = False


@dataclass(frozen=True, slots=True)
class Locked:
    """A post whose thread's row is held: nothing happens to it until this unit of work ends."""

    thread: ThreadSeen
    reply: ReplySeen | None

    @property
    def post(self) -> Thread | Reply:
        """The post's row."""
        return self.reply.reply if self.reply else self.thread.thread

    @property
    def moderation(self) -> str:
        """The state that the post is in now."""
        return self.post.moderation


def decide_review(
    session: Session, actor: Actor, review_id: int, decision: Decision | Problem, version: Wanted
) -> PostSeen:
    """Decide about the post of a review, as it was when the moderator looked; returns how it stands afterwards.

    A review may be decided again, as long as the post's state knows the step. `version` is the review's that an
    If-Match names. Raises NotSignedIn, NotAllowed, NotFound, Invalid, EditConflict, StaleDecision, ThreadIsClosed
    (archived), InvalidTransition.
    """
    check_moderates(actor)
    found = queries.get_review(session, actor, review_id)
    locked = _lock(session, actor, found.thread_id, found.reply_id)
    ready = settled(decision)
    review = _review_of(session, locked)
    if ready.version not in (None, review.version):
        raise _stale(session, review, locked)
    check_version(version, review.version)
    _decide(session, actor, locked, review, ready, None)
    return queries.get_review(session, actor, review_id)


def moderate(
    session: Session,
    actor: Actor,
    thread_id: int | None,
    reply_id: int | None,
    decision: Decision | Problem,
    version: Wanted,
) -> PostSeen:
    """Decide about a post, whether there is a review of it or not; `version` is the post's that was looked at.

    A reply is named by its id alone, an opening by its thread's.

    Raises NotFound, NotSignedIn, NotAllowed, Invalid, ThreadIsClosed (archived), EditConflict, InvalidTransition.
    """
    locked = _lock(session, actor, thread_id, reply_id)
    check_moderates(actor)
    ready = settled(decision)
    _decide(session, actor, locked, _review_of(session, locked), ready, version)
    return queries.find_post(session, actor, locked.thread.id, reply_id)


def _lock(session: Session, actor: Actor, thread_id: int | None, reply_id: int | None) -> Locked:
    """The post with its thread held, for moderators also out of the trash. A reply alone names its thread."""
    if reply_id is not None:
        return Locked(*lock_reply(session, actor, reply_id, in_trash=True))
    return Locked(lock_thread(session, actor, thread_id or 0, in_trash=True), None)


def _review_of(session: Session, locked: Locked) -> Review:
    """The post's review as it stands under the lock; a new one where there was none."""
    reply_id = locked.reply.id if locked.reply else None
    found = queries.find_review(session, locked.thread.id, reply_id)
    return found or Review(
        thread_id=locked.thread.id, reply_id=reply_id, cause=BY_MODERATOR, state=DECIDED, version=0,
        opened_at=now(session),
    )  # fmt: skip


def _decide(
    session: Session, actor: Actor, locked: Locked, review: Review, decision: Decision, version: Wanted
) -> None:
    """The decision goes in first: what listens to the step finds it decided, and opens it again if the post waits."""
    if not decision.override:
        check_claim(session, actor, review)
    decision = replace(decision, reason=worded(session, locked.thread, locked.reply, decision.canned, decision.reason))
    before, was = locked.moderation, snapshot(locked.post, REPLY_ASPECT if locked.reply else THREAD_ASPECT)
    review.state, review.action, review.reason = DECIDED, decision.action, decision.reason
    review.decided_at, review.decided_by_id = now(session), actor.account_id
    review.claimed_by_id = review.claimed_until = None
    if review.id is None:
        session.add(review)
        session.flush()
    if locked.reply is None:
        moderate_thread(session, actor, locked.thread, decision.action, version)
    else:
        moderate_reply(session, actor, locked.thread, locked.reply, decision.action, version)
    event_id = record_decision(session, actor, review, before, locked.moderation)
    keep(session, _kept(session, actor, locked, review, decision, was | {"event_id": event_id}))


def _kept(
    session: Session, actor: Actor, locked: Locked, review: Review, decision: Decision, was: dict[str, Any]
) -> Kept:
    """The record of a decision, which explains and undoes it."""
    reply_id = locked.reply.id if locked.reply else None
    return Kept(
        event_id=was.pop("event_id"), review_id=review.id, action=decision.action,
        subject=f"reply:{reply_id}" if reply_id else f"thread:{locked.thread.id}", thread_id=locked.thread.id,
        reply_id=reply_id, category_id=locked.thread.thread.category_id, account_id=locked.post.author_id,
        state_before=was["moderation"], state_after=locked.moderation, before=was, reason=decision.reason,
        decided_by_id=actor.account_id, automated=not actor.signed_in, decided_at=now(session),
    )  # fmt: skip


def record_decision(session: Session, actor: Actor, review: Review, before: str, after: str) -> int:
    """Record what was decided in a review that has been stored; returns the event's id."""
    return events.record(
        session,
        ReviewDecided(
            actor=actor, review_id=stored_id(review.id), thread_id=review.thread_id, reply_id=review.reply_id,
            action=review.action or "", before=before, after=after, version=review.version,
        ),
    )  # fmt: skip


def _stale(session: Session, review: Review, locked: Locked) -> StaleDecision:
    decided_at = utc_text(review.decided_at) if review.decided_at else None
    return StaleDecision(
        f"The review's version is {review.version} by now, and the post is {locked.moderation}",
        extra={
            "version": review.version, "state": review.state, "moderation": locked.moderation,
            "action": review.action, "decided_by": queries.account_name(session, review.decided_by_id),
            "decided_at": decided_at,
        },
    )  # fmt: skip
