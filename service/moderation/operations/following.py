"""Keeping reviews in step with their posts: listeners, in the transaction of what happened to the post."""

from typing import Any, Final

from sqlmodel import Session

from service.kit.clock import now
from service.moderation import queries
from service.moderation.models import DECIDED, GONE, HELD, OPEN, UPHELD, Review
from service.moderation.operations.deciding import REVIEW_ASPECT, record_decision
from service.moderation.operations.settling import settle_flags
from service.replies.events import (
    ReplyEvent,
    ReplyHidden,
    ReplyImported,
    ReplyPublished,
    ReplyRejected,
    ReplyRestored,
    ReplySpammed,
    ReplyTrashed,
)
from service.screening.models import Decision
from service.screening.operations import keep_verdict, snapshot
from service.screening.queries.standing import last_standing
from service.threads.events import (
    ThreadEvent,
    ThreadHidden,
    ThreadPublished,
    ThreadRejected,
    ThreadRestored,
    ThreadSpammed,
    ThreadTrashed,
)

PostEvent = ReplyEvent | ThreadEvent
STEPS: Final[dict[type[PostEvent], tuple[str, str]]] = {
    ReplyPublished: ("approve", "published"),
    ReplyRestored: ("restore", "published"),
    ReplyHidden: ("hide", "hidden"),
    ReplyRejected: ("reject", "rejected"),
    ReplySpammed: ("spam", "spam"),
    ReplyTrashed: ("trash", "trashed"),
    ThreadPublished: ("approve", "published"),
    ThreadRestored: ("restore", "published"),
    ThreadHidden: ("hide", "hidden"),
    ThreadRejected: ("reject", "rejected"),
    ThreadSpammed: ("spam", "spam"),
    ThreadTrashed: ("trash", "trashed"),
}
"""The action and the state that an event tells of."""


def open_review(session: Session, event: PostEvent, event_id: int) -> None:
    """Listener: a post waits, so its review is open: a new one, or the one it had, once more.

    Undoing a decision brings the review back itself.
    """
    if event.is_undo:
        return
    thread_id, reply_id = _post_of(event)
    review = queries.find_review(session, thread_id, reply_id)
    if review is None:
        review = Review(
            thread_id=thread_id, reply_id=reply_id, cause=HELD, state=OPEN, version=1, opened_at=now(session)
        )
    else:
        review.state, review.opened_at, review.version = OPEN, now(session), review.version + 1
    _keep_verdict(session, event, event_id, review)


def file_verdict(session: Session, event: PostEvent, event_id: int) -> None:
    """Listener: a rule took a new post for spam, or rejected it. Nobody waits for its review, which lists it all the
    same, with what the rule found.
    """
    thread_id, reply_id = _post_of(event)
    at, action = now(session), event.verdict.outcome if event.verdict else None
    review = Review(
        thread_id=thread_id, reply_id=reply_id, cause=HELD, state=DECIDED, version=1, opened_at=at, action=action,
        decided_at=at,
    )  # fmt: skip
    _keep_verdict(session, event, event_id, review)


def _keep_verdict(session: Session, event: PostEvent, event_id: int, review: Review) -> None:
    """Store a review, and with it the record of the rule's verdict on a new post, if it was a rule that decided."""
    verdict = event.verdict
    if verdict is not None and verdict.rule is not None:
        review.rule_id, review.reason = verdict.rule.id, verdict.public_reason
    session.add(review)
    session.flush()
    if verdict is not None:
        thread_id, reply_id = _post_of(event)
        keep_verdict(
            session, verdict, event_id, review_id=review.id, thread_id=thread_id, reply_id=reply_id,
            subject=f"reply:{reply_id}" if reply_id else f"thread:{thread_id}", category_id=event.category_id,
            account_id=event.actor.account_id,
        )  # fmt: skip


def open_if_waiting(session: Session, event: ReplyImported, event_id: int) -> None:
    """Listener: a reply that was brought from elsewhere may wait for a moderator; one with a number does not."""
    if event.number is None and queries.is_waiting(session, event.reply_id):
        open_review(session, event, event_id)


def follow_post(session: Session, event: PostEvent, event_id: int) -> None:
    """Listener: whoever looked at the post's review before this edit or step has not seen all of it.

    A review that is still open was not decided by a moderator's decision, but by who deleted the post: what readers
    had flagged is gone then, or was upheld where a moderator did so.
    """
    review = None if event.is_undo else queries.find_review(session, *_post_of(event))
    if review is None:
        return
    review.version += 1
    was = snapshot(review, REVIEW_ASPECT)
    settled = STEPS.get(type(event)) if review.state == OPEN else None
    if settled:
        review.state, review.action, review.reason = DECIDED, settled[0], ""
        review.decided_at, review.decided_by_id = now(session), event.actor.account_id
    session.add(review)
    session.flush()
    if settled:
        before = queries.previous_state(session, review.thread_id, review.reply_id) or "pending"
        kept, after = _note_review(session, event, review, was), settled[1]
        decision_id = kept.id if kept else None
        event_id = record_decision(session, event.actor, review, before, after, decision_id)
        if kept:
            kept.event_id = event_id
        if review.flag_count and after == "trashed":
            outcome = UPHELD if event.actor.moderates_in(event.category_id) else GONE
            settle_flags(session, event.actor, review, event.category_id, outcome, decision_id)


def _note_review(session: Session, event: PostEvent, review: Review, was: dict[str, Any]) -> Decision | None:
    """Add the review to what is kept of the step just taken: by a timer, with a closing, or by deleting. None where an
    author deleted their own post: that is no decision.
    """
    kept = last_standing(session, _subject_of(event))
    if kept is None or kept.step_event_id is not None or kept.decided_at != now(session):
        return None
    kept.review_id, kept.before = review.id, kept.before | {"review": was}
    session.add(kept)
    session.flush()
    return kept


def _subject_of(event: PostEvent) -> str:
    return f"reply:{event.reply_id}" if isinstance(event, ReplyEvent) else f"thread:{event.thread_id}"


def _post_of(event: PostEvent) -> tuple[int, int | None]:
    return event.thread_id, event.reply_id if isinstance(event, ReplyEvent) else None
