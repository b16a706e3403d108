"""Purging a thread: the text of what lay in the trash for long goes for good; that it was there stays."""

from sqlalchemy import update
from sqlmodel import Session, col

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.screening.operations.editing import forget_edits
from service.threads.events import ThreadPurged
from service.threads.models import Thread, ThreadRevision
from service.threads.operations.opening import facts_of
from service.threads.queries import ThreadSeen

NAMELESS = "deleted"
"""The slug of a thread without a title."""


def purge_thread(session: Session, actor: Actor, seen: ThreadSeen) -> bool:
    """Empty a thread that is in the trash; False for one that is not, or is empty already. `seen` is locked."""
    thread = seen.thread
    if thread.moderation != "trashed" or thread.purged_at is not None:
        return False
    _empty(thread)
    thread.purged_at = now(session)
    thread.version += 1
    session.add(thread)
    session.flush()
    earlier = update(ThreadRevision).where(col(ThreadRevision.thread_id) == seen.id)
    session.execute(earlier.values(title="", body="", sources=[], redacted_at=now(session)))
    forget_edits(session, seen.id)
    events.record(session, ThreadPurged(actor=actor, **facts_of(thread)))
    return True


def _empty(thread: Thread) -> None:
    thread.title, thread.slug, thread.body, thread.body_html = "", NAMELESS, "", ""
    thread.sources, thread.contents, thread.tags = [], [], []
    thread.author_name, thread.closure_reason = None, ""
