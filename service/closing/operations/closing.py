"""Somebody closes a discussion, reopens it, or changes what will close it."""

from typing import Any

from sqlmodel import Session

from service.closing import queries
from service.closing.events import ThreadClosed, ThreadReopened
from service.closing.operations.firing import settle
from service.closing.operations.keeping import as_it_is, keep_closure
from service.closing.operations.mirroring import Mirrored, drop_authors_opening, end_opening, follow, lift, mirror
from service.closing.operations.storing import store
from service.closing.operations.telling import tell_closing, tell_if_opened
from service.closing.operations.undoing import changed_since, kept_before
from service.closing.operations.waiting import KEEP, Choice, Waiting, decide_waiting
from service.closing.policy import check_may_overrule
from service.kit import events
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.kit.errors import InvalidTransition, Problem, settled
from service.kit.versions import Wanted, check_version
from service.threads import policy
from service.threads.events import ThreadEdited
from service.threads.operations import facts_of
from service.threads.queries import ThreadSeen


def close_thread(
    session: Session,
    actor: Actor,
    seen: ThreadSeen,
    reason: str | Problem,
    version: Wanted = None,
    waiting: Choice = KEEP,
) -> Waiting:
    """Close the discussion from now on; one that is closed already keeps its first time and reason.

    `seen` is locked, `reason` may be empty, `version` is the one the actor saw (None: any). `waiting` says what becomes
    of the replies that wait for a moderator; what became of them is returned. Raises NotSignedIn, NotAllowed, Invalid,
    EditConflict, ThreadIsClosed (archived, and replies are to be approved).
    """
    policy.check_may_close(actor, seen.thread, seen.site)
    if waiting != KEEP:
        check_moderates(actor, seen.thread.category_id)
    words = settled(reason)
    check_version(version, seen.thread.version)
    if not seen.closing.is_closed(now(session)):
        _close(session, actor, seen, words)
    return decide_waiting(session, actor, seen, waiting)


def _close(session: Session, actor: Actor, seen: ThreadSeen, words: str) -> None:
    """Close an open thread, and keep what it was before, so that it can be undone."""
    thread, at, was = seen.thread, now(session), as_it_is(seen.thread)
    settle(session, seen)
    before = kept_before(thread)
    thread.closed_at, thread.closed_by_id, thread.closure_reason = at, actor.account_id, words
    thread.closing_recorded_at = at
    drop_authors_opening(session, actor, seen)
    thread.closure_before = changed_since(thread, before)
    store(session, seen)
    closed = ThreadClosed(actor=actor, closed_at=at, reason="manual", **facts_of(thread))
    keep_closure(session, actor, seen, "close", was, events.record(session, closed))


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
    was = as_it_is(thread)
    settle(session, seen)
    if thread.closing_recorded_at is None and thread.moderation == "published":
        tell_closing(session, seen)  # time had closed it, and no worker had told: whoever follows hears both
    lift(seen, at)
    thread.closing_recorded_at = thread.closure_before = None
    end_opening(session, seen)
    mirror(session, seen)
    store(session, seen)
    reopened = ThreadReopened(actor=actor, override=thread.override, **facts_of(thread))
    keep_closure(session, actor, seen, "reopen", was, events.record(session, reopened))


def change_closing(
    session: Session, actor: Actor, seen: ThreadSeen, columns: dict[str, Any] | Problem, version: Wanted
) -> None:
    """Set the thread's own closing terms and override; they count from this moment on.

    Raises NotSignedIn, NotAllowed, Invalid, ThreadIsClosed (archived), EditConflict.
    """
    thread = seen.thread
    policy.check_may_close(actor, thread, seen.site)
    terms = settled(columns)
    policy.check_terms(actor.within(thread.category_id), terms, thread)
    if terms.get("reopens_at") not in (None, thread.reopens_at):
        policy.check_may_reopen(actor, thread, seen.site)
    policy.check_not_archived(thread)
    check_version(version, thread.version)
    if terms.get("closes_at", thread.closes_at) != thread.closes_at:
        check_may_overrule(actor, thread, queries.planned(session, seen.id))
    settle(session, seen)
    before = Mirrored.of(thread)
    if terms.get("closes_at", before.closes_at) != before.closes_at:
        thread.closes_silently = False
    if terms.get("slow_mode", thread.slow_mode) != thread.slow_mode:
        thread.slow_mode_until = None
    for name, value in terms.items():
        setattr(thread, name, value)
    follow(session, actor, seen, before)
    store(session, seen)
    events.record(session, ThreadEdited(actor=actor, fields=("closing",), **facts_of(thread)))
    tell_if_opened(session, seen.id)
