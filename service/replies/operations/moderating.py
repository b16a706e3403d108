"""Whether a reply is shown: deleting it, and every other step of its moderation."""

from collections.abc import Mapping
from typing import Any, Final

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.kit.versions import Wanted, check_version
from service.replies import policy
from service.replies.events import (
    ReplyEvent,
    ReplyHeld,
    ReplyHidden,
    ReplyPublished,
    ReplyRejected,
    ReplyRestored,
    ReplySpammed,
    ReplyTrashed,
)
from service.replies.models import Reply
from service.replies.operations.counters import enter_list, hand_out_number, leave_list
from service.replies.operations.editing import edit_of
from service.replies.operations.posting import facts_of
from service.replies.queries import ReplySeen
from service.screening.models import Decision
from service.screening.operations import check_may_take, keep_step, put_columns_back, snapshot
from service.screening.operations.editing import end_edit, with_edit
from service.screening.policy import Action, Transition, tell, transition
from service.threads import policy as threads_policy
from service.threads.queries import ThreadSeen

ENDS_IN: Final[dict[str, type[ReplyEvent]]] = {
    "pending": ReplyHeld,
    "published": ReplyRestored,
    "hidden": ReplyHidden,
    "rejected": ReplyRejected,
    "spam": ReplySpammed,
    "trashed": ReplyTrashed,
}
"""The event of a step, by the state in which it ends; the first publication is ReplyPublished."""

ASPECT: Final = ("moderation", "previous_moderation", "is_quiet", "trashed_at", "published_at", "is_heard")
"""What a step changes in the row, and undoing it restores; a number, once given, stays."""


def moderate_reply(
    session: Session,
    actor: Actor,
    seen: ThreadSeen,
    found: ReplySeen,
    action: Action,
    version: Wanted = None,
    reason: str = "",
) -> Decision:
    """Take one step of a reply's moderation; `seen` is its locked thread, `version` the reply's that was looked at.

    A reply that is published for the first time keeps its time and takes the next number, also in a closed thread,
    whose silence it then leaves alone. Returns what is kept of the decision. Raises NotSignedIn, NotAllowed (also: its
    author's rank is not below the actor's), ThreadIsClosed (nothing becomes visible in an archived thread),
    EditConflict, InvalidTransition.
    """
    check_moderates(actor, seen.thread.category_id)
    check_may_take(session, actor, found.reply.author_id, action)
    if action in ("approve", "restore"):
        threads_policy.check_not_archived(seen.thread)
    check_version(version, found.reply.version)
    return _decide(session, actor, seen, found.reply, action, reason)


def delete_reply(session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen, version: Wanted) -> None:
    """Take a reply away; where others answered it, a stub stays so that theirs keep their place.

    Raises NotSignedIn, NotAllowed, ThreadIsClosed (archived), EditConflict, InvalidTransition.
    """
    reply = found.reply
    policy.check_may_delete(actor.within(seen.thread.category_id), reply)
    check_may_take(session, actor, reply.author_id, "trash")
    threads_policy.check_not_archived(seen.thread)
    check_version(version, reply.version)
    if actor.account_id is not None and actor.account_id == reply.author_id:
        tell(reply, now(session))
        end_edit(session, edit_of(seen, reply))
        step, _ = _move(session, seen, reply, "trash")  # their own deed, and no decision about them
        _record(session, actor, seen, reply, step)
    else:
        _decide(session, actor, seen, reply, "trash", "")


def put_reply_back(
    session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen, before: Mapping[str, Any]
) -> int:
    """Undo a decision: the reply is again what the decision's `before` says. Its number stays, once it has one.

    Who may is asked by whoever calls this. Returns the event's id. Raises ThreadIsClosed (nothing becomes visible in
    an archived thread).
    """
    reply = found.reply
    step = Transition(reply.moderation, before["moderation"])
    if step.shows:
        threads_policy.check_not_archived(seen.thread)
    was_heard = reply.is_heard
    put_columns_back(reply, before, ASPECT)
    reply.version += 1
    _store(session, reply)
    if step.withdraws and not step.shows:
        leave_list(session, seen, reply, heard=was_heard)
    elif step.shows and not step.withdraws:
        enter_list(session, seen, reply, first=False)
    return events.record(session, ENDS_IN[step.after](actor=actor, is_undo=True, **facts_of(reply, seen)))


def _decide(session: Session, actor: Actor, seen: ThreadSeen, reply: Reply, action: Action, reason: str) -> Decision:
    """Move the reply, and keep how it was: what listens to the step finds the decision there."""
    before = snapshot(reply, ASPECT) | with_edit(session, edit_of(seen, reply), action)
    step, first = _move(session, seen, reply, action)
    decision = keep_step(
        session, actor, action, f"reply:{reply.id}", thread_id=seen.id, reply_id=reply.id,
        category_id=seen.thread.category_id, account_id=reply.author_id, state_before=step.before,
        state_after=step.after, before=before, reason=reason,
    )  # fmt: skip
    decision.step_event_id = _record(session, actor, seen, reply, step, first=first)
    return decision


def _move(session: Session, seen: ThreadSeen, reply: Reply, action: Action) -> tuple[Transition, bool]:
    """One step, with what it does to the thread's counters; and whether it is the reply's first publication.

    One whose first publication was undone keeps its number, and is published for the first time once more.
    """
    step, unnumbered = transition(reply, action, now(session)), reply.number is None
    first = step.shows and (unnumbered or reply.published_at is None)
    if first:
        reply.number = hand_out_number(session, seen) if unnumbered else reply.number
        reply.published_at = now(session)
        reply.is_heard = not seen.closing.is_closed(now(session))
    _store(session, reply)
    if step.shows:
        enter_list(session, seen, reply, first=unnumbered)
    elif step.withdraws:
        leave_list(session, seen, reply, heard=reply.is_heard)
    return step, first


def _record(
    session: Session, actor: Actor, seen: ThreadSeen, reply: Reply, step: Transition, *, first: bool = False
) -> int:
    event = ReplyPublished if first else ENDS_IN[step.after]
    return events.record(session, event(actor=actor, **facts_of(reply, seen)))


def _store(session: Session, reply: Reply) -> None:
    session.add(reply)
    session.flush()
