"""Whether a thread is shown: deleting it, and every other step of its moderation."""

from typing import Final

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.kit.versions import Wanted, check_version
from service.screening.policy import Action, has_been_public, transition
from service.threads import policy
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
from service.threads.operations.opening import facts_of
from service.threads.queries import ThreadSeen

ENDS_IN: Final[dict[str, type[ThreadEvent]]] = {
    "pending": ThreadHeld,
    "hidden": ThreadHidden,
    "rejected": ThreadRejected,
    "spam": ThreadSpammed,
    "trashed": ThreadTrashed,
}
"""The event of a step, by the state in which it ends."""


def moderate_thread(session: Session, actor: Actor, seen: ThreadSeen, action: Action, version: Wanted = None) -> None:
    """Take one step of the thread's moderation; `seen` is locked and `version` the one that was looked at.

    A thread that is published for the first time counts its age and its silence from now on. Raises NotSignedIn,
    NotAllowed, EditConflict, InvalidTransition.
    """
    check_moderates(actor, seen.thread.category_id)
    check_version(version, seen.thread.version)
    _move(session, actor, seen.thread, action)


def delete_thread(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted) -> None:
    """Take a thread away, with its replies: from now on only moderators find it.

    Raises NotSignedIn, NotAllowed (others have replied), ThreadIsClosed (archived), EditConflict, InvalidTransition.
    """
    thread = seen.thread
    policy.check_may_delete(actor, thread)
    policy.check_not_archived(thread)
    check_version(version, thread.version)
    _move(session, actor, thread, "trash")


def _move(session: Session, actor: Actor, thread: Thread, action: Action) -> None:
    was_public = has_been_public(thread)
    step = transition(thread, action, now(session))
    first = step.shows and not was_public
    if first:
        thread.published_at = thread.idle_anchor = thread.active_at = now(session)
    session.add(thread)
    session.flush()
    restored = ThreadPublished if first else ThreadRestored
    event = ENDS_IN.get(step.after, restored)
    events.record(session, event(actor=actor, **facts_of(thread)))
