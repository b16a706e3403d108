"""Freezing a thread, and letting it change again."""

from sqlmodel import Session

from service.closing.events import ThreadArchived, ThreadUnarchived
from service.closing.operations.keeping import as_it_is, keep_closure
from service.closing.operations.storing import store
from service.kit import events
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.kit.versions import Wanted, check_version
from service.threads.operations import facts_of
from service.threads.queries import ThreadSeen


def archive_thread(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted = None) -> None:
    """Close the thread and freeze it: no edits, no own deletes. Archiving twice keeps the first time.

    Raises NotSignedIn, NotAllowed, EditConflict.
    """
    check_moderates(actor, seen.thread.category_id)
    check_version(version, seen.thread.version)
    thread, at = seen.thread, now(session)
    if thread.archived_at is not None:
        return
    was = as_it_is(thread)
    thread.archived_at = at
    thread.closing_recorded_at = thread.closing_recorded_at or at
    store(session, seen)
    archived = ThreadArchived(actor=actor, **facts_of(thread))
    keep_closure(session, actor, seen, "archive", was, events.record(session, archived))


def unarchive_thread(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted = None) -> None:
    """Let the thread change again; it is open or closed as its other terms say.

    Raises NotSignedIn, NotAllowed, EditConflict.

    A deadline that passed while it was archived, or had not been told before, is then told by the sweep.
    """
    check_moderates(actor, seen.thread.category_id)
    check_version(version, seen.thread.version)
    thread = seen.thread
    if thread.archived_at is None:
        return
    was = as_it_is(thread)
    told_before = thread.closing_recorded_at != thread.archived_at
    thread.archived_at = None
    if not (told_before and seen.closing.is_closed(now(session))):
        thread.closing_recorded_at = None
    store(session, seen)
    unarchived = ThreadUnarchived(actor=actor, **facts_of(thread))
    keep_closure(session, actor, seen, "unarchive", was, events.record(session, unarchived))
