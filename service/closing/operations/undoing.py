"""Undoing what somebody did to a thread's openness: everything is as if it had not been."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from service.closing.events import ThreadArchived, ThreadClosed, ThreadReopened, ThreadUnarchived
from service.closing.operations.firing import settle
from service.closing.operations.keeping import ASPECT, forget_closure
from service.closing.operations.mirroring import Mirrored, follow
from service.closing.operations.storing import store
from service.closing.policy import UNDO, check_may_undo
from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import from_micros, now, to_micros
from service.kit.errors import InvalidTransition
from service.kit.versions import Wanted, check_version
from service.screening.operations import put_columns_back
from service.threads.events import ThreadEdited, ThreadEvent
from service.threads.models import Thread
from service.threads.operations import facts_of
from service.threads.queries import ThreadSeen

TOUCHED: Final = (
    "closed_at", "closed_by_id", "closure_reason", "override", "closes_at", "closes_silently", "reopens_at",
)  # fmt: skip
"""The columns that a closing may change."""


def kept_before(thread: Thread) -> dict[str, Any]:
    """Those columns as JSON; instants as microseconds."""
    values = {name: getattr(thread, name) for name in TOUCHED}
    return {name: to_micros(value) if isinstance(value, datetime) else value for name, value in values.items()}


def changed_since(thread: Thread, before: Mapping[str, Any]) -> dict[str, Any]:
    """What has changed since they were kept, as it was then: a closing is undone, and nothing that came after it."""
    present = kept_before(thread)
    return {name: value for name, value in before.items() if value != present[name]}


def can_be_undone(seen: ThreadSeen, at: datetime) -> bool:
    """Whether the thread stands closed by somebody who closed it less than ten minutes ago."""
    thread = seen.thread
    if thread.closed_at is None or thread.closure_before is None or thread.archived_at is not None:
        return False
    return seen.closing.is_closed(at) and at < thread.closed_at + UNDO


def undo_closing(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted = None) -> None:
    """Take a closing back; `seen` is locked. Its notices that nobody has seen go with it, by a listener.

    Raises NotSignedIn, NotAllowed, EditConflict, InvalidTransition (there is none, it is older than ten minutes, it was
    undone already, or the thread is archived).
    """
    thread, at = seen.thread, now(session)
    check_may_undo(actor, thread, seen.site)
    check_version(version, thread.version)
    if not can_be_undone(seen, at):
        raise InvalidTransition("There is no closing of the last ten minutes to undo: reopen the thread instead")
    settle(session, seen)
    closed_at, before = thread.closed_at, Mirrored.of(thread)
    for name, value in (thread.closure_before or {}).items():
        setattr(thread, name, from_micros(value) if name == "closed_at" and value is not None else value)
    thread.closure_before = thread.closing_recorded_at = None
    follow(session, actor, seen, before)
    store(session, seen)
    undone = ThreadReopened(actor=actor, override=thread.override, undone=closed_at, **facts_of(thread))
    events.record(session, undone)
    forget_closure(session, actor, seen, closed_at)


def put_closure_back(session: Session, actor: Actor, seen: ThreadSeen, before: Mapping[str, Any]) -> int:
    """Undo what a decision did to a thread's openness: it is open, closed or archived as it was; `seen` is locked.

    Its timers follow its columns. Who may is asked by whoever calls this. Returns the event's id.
    """
    thread, at = seen.thread, now(session)
    settle(session, seen)
    was, mirrored = (seen.state(at), thread.closed_at), Mirrored.of(thread)
    put_columns_back(thread, before, ASPECT)
    follow(session, actor, seen, mirrored)
    store(session, seen)
    return events.record(session, _event(actor, seen, at, *was))


def _event(actor: Actor, seen: ThreadSeen, at: datetime, state: str, closed_at: datetime | None) -> ThreadEvent:
    """What tells how the thread's openness is now, after it was in `state`, closed since `closed_at`."""
    facts, present = facts_of(seen.thread), seen.state(at)
    if "archived" in (state, present) and state != present:
        return (ThreadArchived if present == "archived" else ThreadUnarchived)(actor=actor, **facts)
    if present == "open":
        return ThreadReopened(actor=actor, override=seen.thread.override, undone=closed_at, **facts)
    if state == present:
        return ThreadEdited(actor=actor, fields=("closing",), **facts)
    closed_at, reason = seen.closing.at or at, seen.closing.reason or "manual"
    return ThreadClosed(actor=actor, closed_at=closed_at, reason=reason, silent=True, **facts)
