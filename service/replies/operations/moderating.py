"""Whether a reply is shown: deleting it, and every other step of its moderation."""

from typing import Final

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
from service.replies.operations.posting import facts_of
from service.replies.queries import ReplySeen
from service.screening.policy import Action, transition
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


def moderate_reply(
    session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen, action: Action, version: Wanted = None
) -> None:
    """Take one step of a reply's moderation; `seen` is its locked thread, `version` the reply's that was looked at.

    A reply that is published for the first time keeps its time and takes the next number, also in a closed thread,
    whose silence it then leaves alone. Raises NotSignedIn, NotAllowed, ThreadIsClosed (nothing becomes visible in an
    archived thread), EditConflict, InvalidTransition.
    """
    check_moderates(actor, seen.thread.category_id)
    if action in ("approve", "restore"):
        threads_policy.check_not_archived(seen.thread)
    check_version(version, found.reply.version)
    _move(session, actor, seen, found.reply, action)


def delete_reply(session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen, version: Wanted) -> None:
    """Take a reply away; where others answered it, a stub stays so that theirs keep their place.

    Raises NotSignedIn, NotAllowed, ThreadIsClosed (archived), EditConflict, InvalidTransition.
    """
    policy.check_may_delete(actor.within(seen.thread.category_id), found.reply)
    threads_policy.check_not_archived(seen.thread)
    check_version(version, found.reply.version)
    _move(session, actor, seen, found.reply, "trash")


def _move(session: Session, actor: Actor, seen: ThreadSeen, reply: Reply, action: Action) -> None:
    step = transition(reply, action, now(session))
    first = step.shows and reply.number is None
    if first:
        reply.number = hand_out_number(session, seen)
        reply.published_at = now(session)
        reply.is_heard = not seen.closing.is_closed(now(session))
    session.add(reply)
    session.flush()
    if step.shows:
        enter_list(session, seen, reply, first=first)
    elif step.withdraws:
        leave_list(session, seen, reply)
    event = ReplyPublished if first else ENDS_IN[step.after]
    events.record(session, event(actor=actor, **facts_of(reply, seen)))
