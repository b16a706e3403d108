"""Decisions: a moderator takes one step with a post, and the review says which, why and when."""

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor, check_moderates, check_moderates_some
from service.kit.clock import now, utc_text
from service.kit.database.rows import stored_id
from service.kit.errors import InvalidTransition, Problem, settled
from service.kit.versions import Wanted, check_version
from service.moderation import queries
from service.moderation.errors import StaleDecision
from service.moderation.events import ReviewDecided
from service.moderation.models import BY_MODERATOR, DECIDED, EDITED, FLAGGED, OPEN, Review
from service.moderation.operations.claiming import check_claim
from service.moderation.operations.edits import decide_edit, is_overtaken, waiting_edit
from service.moderation.operations.settling import settle_by
from service.moderation.operations.wording import worded
from service.moderation.queries import PostSeen
from service.replies.models import Reply
from service.replies.operations import moderate_reply
from service.replies.queries import ReplySeen, lock_reply
from service.screening.models import Decision as Kept
from service.screening.models import HeldEdit
from service.screening.operations import keep_step, snapshot
from service.screening.policy import DISMISS, Deed
from service.threads.models import Thread
from service.threads.operations import moderate_thread
from service.threads.queries import ThreadSeen, lock_thread

REVIEW_ASPECT: Final = (
    "state", "cause", "action", "reason", "decided_at", "decided_by_id", "opened_at", "rule_id",
)  # fmt: skip
"""What a decision about a post changes in its review, beside the flags; undoing it restores them."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator decides; `version` is that of the review they looked at (None: whatever it is).

    `canned` is the id of a canned reason, behind which `reason` is written; with `override` another moderator's claim
    does not keep this one from deciding.
    """

    action: Deed
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
    def reply_id(self) -> int | None:
        """The reply's id; None for an opening."""
        return self.reply.id if self.reply else None

    @property
    def category_id(self) -> int:
        """Where it stands."""
        return self.thread.thread.category_id

    @property
    def subject(self) -> str:
        """What decisions about it are about."""
        return f"reply:{self.reply_id}" if self.reply else f"thread:{self.thread.id}"

    @property
    def moderation(self) -> str:
        """The state that the post is in now."""
        return self.post.moderation


def decide_review(
    session: Session, actor: Actor, review_id: int, decision: Decision | Problem, version: Wanted
) -> PostSeen:
    """Decide about the post of a review, as it was when the moderator looked; returns how it stands afterwards.

    A review may be decided again, as long as the post's state knows the step. `version` is the review's that an
    If-Match names. Raises NotSignedIn, NotAllowed, NotFound, Invalid, EditConflict, StaleDecision, Claimed,
    ThreadIsClosed (archived), InvalidTransition.
    """
    check_moderates_some(actor)
    found = queries.get_review(session, actor, review_id)
    if found.review and isinstance(decision, Decision) and decision.version not in (None, found.review.version):
        check_moderates(actor, found.thread.category_id)
        raise stale(session, found.review, found.post.moderation)  # versions only rise: no lock is needed to know
    decide_place(session, actor, (found.thread_id, found.reply_id), decision, version)
    return queries.get_review(session, actor, review_id)


def decide_place(
    session: Session,
    actor: Actor,
    place: tuple[int, int | None],
    decision: Decision | Problem,
    version: Wanted = None,
    batch_id: int | None = None,
) -> Kept:
    """As `decide_review`, of a post by where it is; gives what is kept of the decision, alone or as one of a batch."""
    locked = lock_post(session, actor, *place)
    check_moderates(actor, locked.category_id)
    ready = settled(decision)
    review = review_of(session, locked)
    if ready.version not in (None, review.version):
        raise stale(session, review, locked.moderation)
    check_version(version, review.version)
    # Whoever decides in the review has read the edit that waits; `moderate` is about the post alone.
    edit = waiting_edit(session, locked.thread, locked.reply, ready.action)
    if edit is not None and is_overtaken(session, locked.thread, locked.reply, edit):
        raise stale(session, review, locked.moderation)
    return take_step(session, actor, locked, review, ready, batch_id=batch_id, edit=edit)


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

    Raises NotFound, NotSignedIn, NotAllowed, Invalid, ThreadIsClosed (archived), Claimed, EditConflict,
    InvalidTransition.
    """
    locked = lock_post(session, actor, thread_id, reply_id)
    check_moderates(actor, locked.category_id)
    take_step(session, actor, locked, review_of(session, locked), settled(decision), version)
    return queries.find_post(session, actor, locked.thread.id, reply_id)


def lock_post(session: Session, actor: Actor, thread_id: int | None, reply_id: int | None) -> Locked:
    """The post with its thread held, for moderators also out of the trash. A reply alone names its thread."""
    if reply_id is not None:
        return Locked(*lock_reply(session, actor, reply_id, in_trash=True))
    return Locked(lock_thread(session, actor, thread_id or 0, in_trash=True), None)


def review_of(session: Session, locked: Locked) -> Review:
    """The post's review as it stands under the lock; a new one where there was none."""
    found = queries.find_review(session, locked.thread.id, locked.reply_id)
    return found or Review(
        thread_id=locked.thread.id, reply_id=locked.reply_id, cause=BY_MODERATOR, state=DECIDED, version=0,
        opened_at=now(session),
    )  # fmt: skip


def take_step(
    session: Session,
    actor: Actor,
    locked: Locked,
    review: Review,
    decision: Decision,
    version: Wanted = None,
    batch_id: int | None = None,
    edit: HeldEdit | None = None,
) -> Kept:
    """Take the step of a decision with a locked post; `version` is the post's that was looked at. Returns its record.

    The decision goes in first: what listens to the step finds it decided, and opens it again if the post waits. What
    readers had flagged is resolved by what a moderator decides about the post; with `edit` they decide about that edit
    of it. One of a batch has no entry of its own in the log. Raises as `moderate`.
    """
    if not decision.override:
        check_claim(session, actor, review)
    reason = worded(session, locked.thread, locked.reply, decision.canned, decision.reason)
    was, looked_at = None if review.id is None else snapshot(review, REVIEW_ASPECT), review.version
    if decision.action == DISMISS:
        check_dismissable(session, locked, review)
    review.state, review.action, review.reason = DECIDED, decision.action, reason
    review.decided_at, review.decided_by_id = now(session), actor.account_id
    review.claimed_by_id = review.claimed_until = None
    session.add(review)
    session.flush()
    if edit is None:
        kept = _step(session, actor, locked, decision.action, version, reason)
    else:
        kept = decide_edit(session, actor, locked.thread, locked.reply, edit, decision.action, version, reason)
    if review.version == looked_at:  # a dismissal, or an edit that is dropped, is no step of the post
        review.version += 1
    kept.review_id, kept.batch_id, kept.before = review.id, batch_id, kept.before | {"review": was}
    if batch_id is None:
        kept.event_id = record_decision(session, actor, review, kept.state_before, kept.state_after, kept.id)
    session.add(kept)
    session.flush()
    if edit is None:
        settle_by(session, actor, review, kept)
    keep_open(session, review, locked)
    return kept


def keep_open(session: Session, review: Review, locked: Locked) -> None:
    """Let a review wait on after a decision where there is more to decide: about the edit of a post, or its flags."""
    cause = EDITED if locked.post.edit_waits else FLAGGED if review.flag_count else None
    if cause is not None and locked.moderation == "published":
        review.state, review.cause = OPEN, cause
        session.add(review)
        session.flush()


def _step(session: Session, actor: Actor, locked: Locked, action: Deed, version: Wanted, reason: str) -> Kept:
    """Move the post as the decision says; `dismiss` leaves it where it is."""
    if action == DISMISS:
        check_moderates(actor, locked.category_id)
        check_version(version, locked.post.version)
        return keep_step(
            session, actor, DISMISS, locked.subject, thread_id=locked.thread.id, reply_id=locked.reply_id,
            category_id=locked.category_id, account_id=locked.post.author_id, state_before=locked.moderation,
            state_after=locked.moderation, reason=reason,
        )  # fmt: skip
    if locked.reply is None:
        return moderate_thread(session, actor, locked.thread, action, version, reason)
    return moderate_reply(session, actor, locked.thread, locked.reply, action, version, reason)


def check_dismissable(session: Session, locked: Locked, review: Review) -> None:
    """Raise InvalidTransition unless the review waits and nothing needs a step: a post or an edit that waits does."""
    if review.state != OPEN:
        raise InvalidTransition("There is nothing to dismiss: no review of this post is open")
    if locked.moderation == "pending" or queries.edit_waits(session, locked.thread.id, locked.reply_id):
        raise InvalidTransition("This waits to be approved or refused: it cannot be dismissed")


def record_decision(
    session: Session, actor: Actor, review: Review, before: str, after: str, decision_id: int | None = None
) -> int:
    """Record what was decided in a review that has been stored; returns the event's id."""
    return events.record(
        session,
        ReviewDecided(
            actor=actor, review_id=stored_id(review.id), thread_id=review.thread_id, reply_id=review.reply_id,
            action=review.action or "", before=before, after=after, version=review.version, decision_id=decision_id,
        ),
    )  # fmt: skip


def stale(session: Session, review: Review, moderation: str) -> StaleDecision:
    """The refusal of a decision about something that changed, with how it stands now."""
    decided_at = utc_text(review.decided_at) if review.decided_at else None
    return StaleDecision(
        f"The review's version is {review.version} by now, and the post is {moderation}",
        extra={
            "version": review.version, "state": review.state, "moderation": moderation,
            "action": review.action, "decided_by": queries.account_name(session, review.decided_by_id),
            "decided_at": decided_at,
        },
    )  # fmt: skip
