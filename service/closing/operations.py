"""Every write to a thread's openness: close, reopen, change the policy, archive, and tell."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from service.closing import models as models
from service.closing.events import ThreadArchived, ThreadClosed, ThreadReopened, ThreadUnarchived
from service.kit import events
from service.kit.actor import SYSTEM, Actor, check_moderates
from service.kit.clock import now
from service.kit.errors import InvalidTransition, NotFound, Problem, settled
from service.kit.versions import Wanted, check_version
from service.site.models import OFF
from service.threads import policy
from service.threads.events import ThreadEdited
from service.threads.operations import facts_of
from service.threads.queries import ThreadSeen, get_thread, lock_thread


def close_thread(
    session: Session, actor: Actor, seen: ThreadSeen, reason: str | Problem, version: Wanted = None
) -> None:
    """Close the discussion from now on; one that is closed already keeps its first time and reason.

    `seen` is locked, `reason` may be empty, `version` is the one the actor saw (None: any). Raises NotSignedIn,
    NotAllowed, Invalid, EditConflict.
    """
    thread = seen.thread
    policy.check_may_close(actor, thread, seen.site)
    words, at = settled(reason), now(session)
    check_version(version, thread.version)
    if seen.closing.is_closed(at):
        return
    thread.closed_at, thread.closed_by_id, thread.closure_reason = at, actor.account_id, words
    thread.closing_recorded_at = at
    _store(session, seen)
    events.record(session, ThreadClosed(actor=actor, closed_at=at, reason="manual", **facts_of(thread)))


def reopen_thread(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted = None) -> None:
    """Open the discussion again, whatever closed it; one that is open stays as it is.

    The closure is lifted; one that a moderator made, only by a moderator. Where the policy would close the thread again
    at once, a passed `closes_at` is switched off for this thread and `override` becomes `open`. Raises NotSignedIn,
    NotAllowed, InvalidTransition (archived), EditConflict.
    """
    thread, at = seen.thread, now(session)
    policy.check_may_reopen(actor, thread, seen.site)
    if thread.archived_at is not None:
        raise InvalidTransition("Take the thread out of the archive first")
    check_version(version, thread.version)
    if not seen.closing.is_closed(at):
        return
    thread.closed_at, thread.closed_by_id, thread.closure_reason = None, None, ""
    if seen.closing.is_closed(at):
        thread.override = "open"
    if seen.closing.is_closed(at):
        thread.closes_at = OFF
    thread.closing_recorded_at = None
    _store(session, seen)
    events.record(session, ThreadReopened(actor=actor, override=thread.override, **facts_of(thread)))


def change_closing(
    session: Session, actor: Actor, seen: ThreadSeen, columns: dict[str, Any] | Problem, version: Wanted
) -> None:
    """Set the thread's own closing terms and override; they count from this moment on.

    Raises NotSignedIn, NotAllowed, Invalid, ThreadIsClosed (archived), EditConflict.
    """
    thread = seen.thread
    policy.check_may_close(actor, thread, seen.site)
    terms = settled(columns)
    policy.check_terms(actor, terms)
    policy.check_not_archived(thread)
    check_version(version, thread.version)
    for name, value in terms.items():
        setattr(thread, name, value)
    _store(session, seen)
    events.record(session, ThreadEdited(actor=actor, fields=("closing",), **facts_of(thread)))
    tell_if_opened(session, seen.id)


def archive_thread(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted = None) -> None:
    """Close the thread and freeze it: no edits, no own deletes. Archiving twice keeps the first time.

    Raises NotSignedIn, NotAllowed, EditConflict.
    """
    check_moderates(actor)
    check_version(version, seen.thread.version)
    thread, at = seen.thread, now(session)
    if thread.archived_at is not None:
        return
    thread.archived_at = at
    thread.closing_recorded_at = thread.closing_recorded_at or at
    _store(session, seen)
    events.record(session, ThreadArchived(actor=actor, **facts_of(thread)))


def unarchive_thread(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted = None) -> None:
    """Let the thread change again; it is open or closed as its other terms say.

    Raises NotSignedIn, NotAllowed, EditConflict.

    A deadline that passed while it was archived, or had not been told before, is then told by the sweep.
    """
    check_moderates(actor)
    check_version(version, seen.thread.version)
    thread = seen.thread
    if thread.archived_at is None:
        return
    told_before = thread.closing_recorded_at != thread.archived_at
    thread.archived_at = None
    if not (told_before and seen.closing.is_closed(now(session))):
        thread.closing_recorded_at = None
    _store(session, seen)
    events.record(session, ThreadUnarchived(actor=actor, **facts_of(thread)))


def tell_closed(session: Session, thread_id: int) -> bool:
    """Record that time has closed a thread, once per closing, dated with its deadline. False when there is nothing new.

    Looks again under the lock: a reply, a reopening or another worker may have come first.
    """
    seen = _locked(session, thread_id)
    if seen is None or seen.thread.closing_recorded_at is not None or not seen.closing.is_closed(now(session)):
        return False
    due = Due.of(seen)
    seen.thread.closing_recorded_at = due.at
    session.add(seen.thread)
    session.flush()
    facts = facts_of(seen.thread)
    events.record(session, ThreadClosed(actor=SYSTEM, closed_at=due.at, reason=due.reason, **facts), at=due.at)
    return True


def tell_open(session: Session, seen: ThreadSeen) -> None:
    """Record that a thread told as closed is open again, though nobody reopened it."""
    seen.thread.closing_recorded_at = None
    session.add(seen.thread)
    session.flush()
    events.record(session, ThreadReopened(actor=SYSTEM, override=seen.thread.override, **facts_of(seen.thread)))


def tell_open_again(session: Session, thread_id: int) -> None:
    """`tell_open` for a thread that was told as closed, if it is open by now: a site's or category's policy changed."""
    _tell_if_open(session, _locked(session, thread_id))


def tell_if_opened(session: Session, thread_id: int) -> None:
    """As `tell_open_again` for a thread that this unit of work holds: it, or a reply to it, was just hidden or shown.

    Fewer replies than the policy allows, or a later last one, open a thread by law.
    """
    _tell_if_open(session, _published(get_thread, session, thread_id))


def _tell_if_open(session: Session, seen: ThreadSeen | None) -> None:
    if seen and seen.thread.closing_recorded_at is not None and not seen.closing.is_closed(now(session)):
        tell_open(session, seen)


@dataclass(frozen=True, slots=True)
class Due:
    """A closing that has come: when and why."""

    at: datetime
    reason: str

    @classmethod
    def of(cls, seen: ThreadSeen) -> "Due":
        """The closing of a thread that is closed."""
        closing = seen.closing
        if closing.at is None or closing.reason is None:
            raise AssertionError("only a closed thread is told as closed")
        return cls(closing.at, closing.reason)


def _locked(session: Session, thread_id: int) -> ThreadSeen | None:
    return _published(lock_thread, session, thread_id)


def _published(
    load: Callable[[Session, Actor, int], ThreadSeen], session: Session, thread_id: int
) -> ThreadSeen | None:
    try:
        seen = load(session, SYSTEM, thread_id)
    except NotFound:  # deleted meanwhile: nobody is told of what is not there
        return None
    return seen if seen.thread.moderation == "published" else None  # hidden: told when it is restored


def _store(session: Session, seen: ThreadSeen) -> None:
    seen.thread.version += 1
    session.add(seen.thread)
    session.flush()
