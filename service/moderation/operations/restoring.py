"""What undoing a decision puts back: one table, by what the decision was about.

Each aspect knows how to hold what it is about, so that nothing happens to it meanwhile, and asks whether the actor may
undo this; then how to put back what the decision's `before` says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session

from service.accounts.models import Account
from service.accounts.queries import lock_account
from service.closing.operations import put_closure_back
from service.kit.actor import Actor, check_moderates, check_outranks, rank_of
from service.kit.clock import now
from service.kit.errors import InvalidTransition
from service.moderation import queries
from service.moderation.models import DECIDED, EDITED, OPEN, Review, Suspension
from service.moderation.operations.deciding import REVIEW_ASPECT, Locked, lock_post
from service.replies.operations import put_reply_back
from service.replies.operations.editing import edit_of as of_reply
from service.replies.operations.editing import take_reply_text_back
from service.screening.models import EDIT, Decision
from service.screening.operations import check_may_take, put_columns_back, snapshot
from service.screening.operations.editing import TEXT, EditOf, bring_edit_back
from service.threads.operations import put_pin_back, put_thread_back
from service.threads.operations.editing import edit_of as of_thread
from service.threads.operations.editing import take_thread_text_back
from service.threads.queries import ThreadSeen, lock_thread

OF_REVIEW: Final = "review"
"""The part of a post's `before` that is its review's; the others are the post's own columns."""

NOTHING: Final = {"state": DECIDED, "action": None, "reason": "", "decided_at": None, "decided_by_id": None}
"""What a review says of a post about which nothing was decided."""

OF_SUSPENSION: Final = "suspension:"
"""What begins a part of an account's `before` that is a row of `suspension`; its id follows."""


@dataclass(frozen=True, slots=True)
class Aspect:
    """How decisions of one kind are undone. `hold` loads through the actor and asks who may; `put_back` restores, and
    returns the id of the event that tells of it (None where nothing is to be told).
    """

    hold: Callable[[Session, Actor, Decision], Any]
    put_back: Callable[[Session, Actor, Decision, Any], int | None]


def hold_post(session: Session, actor: Actor, decision: Decision) -> Locked:
    """The post, for who moderates its category. Raises NotFound, NotSignedIn, NotAllowed."""
    locked = lock_post(session, actor, None if decision.reply_id else decision.thread_id, decision.reply_id)
    check_moderates(actor, locked.category_id)
    return locked


def put_post_back(session: Session, actor: Actor, decision: Decision, locked: Locked) -> int | None:
    """The post, with the thread's counters, is as it was, and so is its review. Its number stays.

    Raises InvalidTransition where no decision has moved the post since: its author has deleted it; ThreadIsClosed where
    it would be shown in an archived thread; NotAllowed where an equal's post would be taken away.
    """
    event_id, before = None, {name: value for name, value in decision.before.items() if name not in (OF_REVIEW, EDIT)}
    if before and before != snapshot(locked.post, before):
        if locked.moderation != decision.state_after:
            raise InvalidTransition(f"This post is {locked.moderation} by now, and not by a decision")
        if before["moderation"] != "published" and actor.account_id != decision.decided_by_id:
            check_may_take(session, actor, locked.post.author_id, "hide")
        if locked.reply:
            event_id = put_reply_back(session, actor, locked.thread, locked.reply, before)
        else:
            event_id = put_thread_back(session, actor, locked.thread, before)
    comes_back = EDIT in decision.before and locked.moderation == "published" and not locked.post.edit_waits
    if comes_back:
        bring_edit_back(session, _edit_of(locked), decision.before[EDIT])
    review = queries.find_review(session, locked.thread.id, locked.reply_id)
    if review is not None and (OF_REVIEW in decision.before or comes_back):
        put_review_back(session, locked, review, decision.before.get(OF_REVIEW, snapshot(review, REVIEW_ASPECT)))
    return event_id


def put_edit_back(session: Session, actor: Actor, decision: Decision, locked: Locked) -> int | None:
    """The post says what it said before an edit was applied, and an edit that was decided about waits again.

    Raises InvalidTransition where the text was edited since, or the post is not shown any more.
    """
    event_id, before = None, decision.before
    if EDIT in before and locked.moderation != "published":
        raise InvalidTransition(f"This post is {locked.moderation} by now: no edit of it waits")
    if TEXT in before and locked.reply:
        event_id = take_reply_text_back(session, actor, locked.thread, locked.reply, before[TEXT])
    elif TEXT in before:
        event_id = take_thread_text_back(session, actor, locked.thread, before[TEXT])
    if EDIT in before:
        bring_edit_back(session, _edit_of(locked), before[EDIT])
    review = queries.find_review(session, locked.thread.id, locked.reply_id)
    if review is not None:
        put_review_back(session, locked, review, before.get(OF_REVIEW, snapshot(review, REVIEW_ASPECT)))
    return event_id


def _edit_of(locked: Locked) -> EditOf:
    return of_reply(locked.thread, locked.reply.reply) if locked.reply else of_thread(locked.thread.thread)


def put_review_back(session: Session, locked: Locked, review: Review, before: Mapping[str, Any] | None) -> None:
    """The review says again what it said; one that there was not says nothing. It is open while there is something to
    decide: the post or an edit waits, or readers have flagged it.
    """
    put_columns_back(review, NOTHING if before is None else before, REVIEW_ASPECT)
    edit_waits = queries.edit_waits(session, locked.thread.id, locked.reply_id)
    review.state = OPEN if edit_waits or locked.moderation == "pending" or review.flag_count else review.state
    review.cause = EDITED if edit_waits and locked.moderation == "published" else review.cause
    review.version += 1
    session.add(review)
    session.flush()


def hold_thread(session: Session, actor: Actor, decision: Decision) -> ThreadSeen:
    """The thread, for who moderates its category. Raises NotFound, NotSignedIn, NotAllowed."""
    seen = lock_thread(session, actor, decision.thread_id or 0, in_trash=True)
    check_moderates(actor, seen.thread.category_id)
    return seen


def put_openness_back(session: Session, actor: Actor, decision: Decision, seen: ThreadSeen) -> int | None:
    """The thread is open, closed or archived as it was."""
    return put_closure_back(session, actor, seen, decision.before)


def put_pinned_back(session: Session, actor: Actor, decision: Decision, seen: ThreadSeen) -> int | None:
    """The thread is pinned as it was, or not."""
    return put_pin_back(session, actor, seen, decision.before)


def hold_account(session: Session, actor: Actor, decision: Decision) -> Account:
    """The account, for moderators of the site who stand above it. Raises NotFound, NotSignedIn, NotAllowed."""
    account = lock_account(session, decision.account_id)
    check_moderates(actor)
    check_outranks(actor, account.id, rank_of(account.role, moderates_some=bool(account.moderated)))
    return account


def put_standing_back(session: Session, actor: Actor, decision: Decision, account: Account) -> int | None:
    """The account may do what it might: its silence or suspension (the last part of the subject) is as it was.

    `before` has `standing`, the kind's entry in the account's column, and for each row of `suspension` that was touched
    its columns, by `suspension:{id}`; null for one that was made, which is lifted now.
    """
    kind, standing = decision.subject.rpartition(":")[2], dict(account.standing or {})
    entry = decision.before.get("standing")
    standing = {name: said for name, said in standing.items() if name != kind} | ({kind: entry} if entry else {})
    account.standing = standing or None
    session.add(account)
    for name, columns in decision.before.items():
        if name.startswith(OF_SUSPENSION):
            _put_suspension_back(session, actor, int(name.removeprefix(OF_SUSPENSION)), columns)
    session.flush()
    return None


def _put_suspension_back(session: Session, actor: Actor, suspension_id: int, before: Mapping[str, Any] | None) -> None:
    row = session.get_one(Suspension, suspension_id)
    if before is not None:
        put_columns_back(row, before, before)
    elif row.lifted_at is None:
        row.lifted_at, row.lifted_by_id = now(session), actor.account_id
    session.add(row)


POST: Final = Aspect(hold_post, put_post_back)
ASPECTS: Final[dict[str, Aspect]] = {
    "reply": POST,
    "thread": POST,
    "closure": Aspect(hold_thread, put_openness_back),
    "pin": Aspect(hold_thread, put_pinned_back),
    "edit": Aspect(hold_post, put_edit_back),
    "account": Aspect(hold_account, put_standing_back),
}
"""By the first word of a decision's `subject`."""
