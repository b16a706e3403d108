"""Pins: a thread stands above the others, in its category and where wanted on the first page, until a time or for good.

A pin ends at its very instant: lists ask for the time, no job ends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.kit.errors import Problem, invalid, settled
from service.kit.versions import Wanted, check_version
from service.screening.operations import keep_step, put_columns_back, snapshot
from service.threads.events import ThreadPinned, ThreadUnpinned
from service.threads.operations.opening import facts_of
from service.threads.policy.pins import is_pinned
from service.threads.queries import ThreadSeen

ASPECT: Final = ("pinned_at", "pinned_until", "pinned_everywhere")
"""What pinning changes, and undoing it restores."""


@dataclass(frozen=True, slots=True)
class Pinning:
    """How a thread is pinned: until when (None: until somebody unpins it), and whether on the first page too."""

    until: datetime | None = None
    everywhere: bool = False


def pin_thread(
    session: Session, actor: Actor, seen: ThreadSeen, pinning: Pinning | Problem, version: Wanted = None
) -> None:
    """Pin a locked thread, or change its pin; one that is pinned so already stays as it is.

    Who moderates its category may; on the first page, a moderator of the site. Raises NotSignedIn, NotAllowed, Invalid
    (`until` has passed), EditConflict.
    """
    thread, at = seen.thread, now(session)
    check_moderates(actor, thread.category_id)
    wanted = settled(pinning)
    if wanted.everywhere:
        check_moderates(actor)
    if wanted.until is not None and wanted.until <= at:
        raise invalid("/until", "must be later than now")
    check_version(version, thread.version)
    if not is_pinned(thread, at):
        _change(session, actor, seen, "pin", at, wanted)
    elif (thread.pinned_until, thread.pinned_everywhere) != (wanted.until, wanted.everywhere):
        _change(session, actor, seen, "pin", thread.pinned_at, wanted)


def unpin_thread(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted = None) -> None:
    """Let a locked thread stand among the others again; one that is not pinned stays as it is.

    Raises NotSignedIn, NotAllowed, EditConflict.
    """
    check_moderates(actor, seen.thread.category_id)
    check_version(version, seen.thread.version)
    if is_pinned(seen.thread, now(session)):
        _change(session, actor, seen, "unpin", None, Pinning())


def put_pin_back(session: Session, actor: Actor, seen: ThreadSeen, before: Mapping[str, Any]) -> int:
    """Undo a decision: the thread is pinned as it was, or not. Who may is asked by whoever calls this. Returns the
    event's id.
    """
    put_columns_back(seen.thread, before, ASPECT)
    return _store(session, actor, seen)


def _change(
    session: Session, actor: Actor, seen: ThreadSeen, action: str, since: datetime | None, wanted: Pinning
) -> None:
    thread, before = seen.thread, snapshot(seen.thread, ASPECT)
    thread.pinned_at, thread.pinned_until, thread.pinned_everywhere = since, wanted.until, wanted.everywhere
    event_id = _store(session, actor, seen)
    keep_step(
        session, actor, action, f"pin:{seen.id}", thread_id=seen.id, category_id=thread.category_id, before=before,
        step_event_id=event_id,
    )  # fmt: skip


def _store(session: Session, actor: Actor, seen: ThreadSeen) -> int:
    thread = seen.thread
    thread.version += 1
    session.add(thread)
    session.flush()
    event = ThreadPinned if is_pinned(thread, now(session)) else ThreadUnpinned
    return events.record(session, event(actor=actor, **facts_of(thread)))
