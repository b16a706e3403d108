"""Whether a thread is shown: deleting it, and every other step of its moderation."""

from collections.abc import Mapping
from typing import Any, Final

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.versions import Wanted, check_version
from service.screening.models import Decision
from service.screening.operations import check_may_take, keep_step, put_columns_back, snapshot
from service.screening.operations.editing import end_edit, with_edit
from service.screening.policy import Action, has_been_public, tell, transition
from service.tags.operations import count_thread
from service.threads import policy, queries
from service.threads.events import (
    ThreadEvent,
    ThreadHeld,
    ThreadHidden,
    ThreadPublished,
    ThreadRejected,
    ThreadRestored,
    ThreadSpammed,
    ThreadTrashed,
)
from service.threads.models import Thread
from service.threads.operations.editing import edit_of
from service.threads.operations.opening import counted_in, facts_of
from service.threads.queries import ThreadSeen

ENDS_IN: Final[dict[str, type[ThreadEvent]]] = {
    "pending": ThreadHeld,
    "hidden": ThreadHidden,
    "rejected": ThreadRejected,
    "spam": ThreadSpammed,
    "trashed": ThreadTrashed,
}
"""The event of a step, by the state in which it ends."""

ASPECT: Final = ("moderation", "previous_moderation", "is_quiet", "trashed_at", "published_at")
"""What a step changes in the row, and undoing it restores."""


def moderate_thread(
    session: Session, actor: Actor, seen: ThreadSeen, action: Action, version: Wanted = None, reason: str = ""
) -> Decision:
    """Take one step of the thread's moderation; `seen` is locked and `version` the one that was looked at.

    A thread that is published for the first time counts its age and its silence from now on. Returns what is kept of
    the decision. Raises NotSignedIn, NotAllowed (also: its author's rank is not below the actor's), EditConflict,
    InvalidTransition.
    """
    thread = seen.thread
    check_moderates(actor, thread.category_id)
    check_may_take(session, actor, thread.author_id, action)
    check_version(version, thread.version)
    return _decide(session, actor, thread, action, reason)


def delete_thread(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted) -> None:
    """Take a thread away, with its replies: from now on only moderators find it.

    Raises NotSignedIn, NotAllowed (others have replied), ThreadIsClosed (archived), EditConflict, InvalidTransition.
    """
    thread = seen.thread
    policy.check_may_delete(actor, thread)
    check_may_take(session, actor, thread.author_id, "trash")
    policy.check_not_archived(thread)
    check_version(version, thread.version)
    if policy.is_author(actor, thread):
        tell(thread, now(session))
        end_edit(session, edit_of(thread))
        event, _ = _move(session, thread, "trash")  # their own deed, and no decision about them
        events.record(session, event(actor=actor, **facts_of(thread)))
    else:
        _decide(session, actor, thread, "trash", "")


def put_thread_back(session: Session, actor: Actor, seen: ThreadSeen, before: Mapping[str, Any]) -> int:
    """Undo a decision: the thread is again what the decision's `before` says; `seen` is locked.

    Its silence and its place in lists are measured from what was said since, as if it had not been decided. Who may is
    asked by whoever calls this. Returns the event's id.
    """
    thread = seen.thread
    was_public, published_at, counted = has_been_public(thread), thread.published_at, counted_in(thread)
    put_columns_back(thread, before, ASPECT)
    thread.version += 1
    if thread.published_at != published_at:
        thread.idle_anchor, thread.active_at = queries.anchors(session, thread)
    session.add(thread)
    session.flush()
    _count_tags(session, thread, counted)
    facts = facts_of(thread)
    facts["is_public"] = was_public or facts["is_public"]
    event = ENDS_IN.get(thread.moderation, ThreadRestored)
    return events.record(session, event(actor=actor, is_undo=True, **facts))


def _decide(session: Session, actor: Actor, thread: Thread, action: Action, reason: str) -> Decision:
    """Move the thread, and keep how it was: what listens to the step finds the decision there."""
    before, state = snapshot(thread, ASPECT) | with_edit(session, edit_of(thread), action), thread.moderation
    event, after = _move(session, thread, action)
    decision = keep_step(
        session, actor, action, f"thread:{thread.id}", thread_id=thread.id, category_id=thread.category_id,
        account_id=thread.author_id, state_before=state, state_after=after, before=before, reason=reason,
    )  # fmt: skip
    decision.step_event_id = events.record(session, event(actor=actor, **facts_of(thread)))
    return decision


def _move(session: Session, thread: Thread, action: Action) -> tuple[type[ThreadEvent], str]:
    """One step; which event tells of it, and the state it ends in."""
    was_public, counted = has_been_public(thread), counted_in(thread)
    step = transition(thread, action, now(session))
    first = step.shows and not was_public
    if first:
        thread.published_at = thread.idle_anchor = thread.active_at = now(session)
    session.add(thread)
    session.flush()
    _count_tags(session, thread, counted)
    return ENDS_IN.get(step.after, ThreadPublished if first else ThreadRestored), step.after


def _count_tags(session: Session, thread: Thread, before: int | None) -> None:
    """A thread that was counted with its tags and is not now, or the other way round; `before`: where it was."""
    if thread.tags and counted_in(thread) != before:
        count_thread(session, stored_id(thread.id), thread.category_id, 1 if before is None else -1)
