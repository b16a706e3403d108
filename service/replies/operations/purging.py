"""Purging replies: the text of what lay in the trash for long goes for good; number, place and counters stay."""

from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.replies.events import ReplyPurged
from service.replies.models import Reply, ReplyRevision
from service.replies.operations.posting import facts_of
from service.replies.queries import ReplySeen
from service.replies.queries.loads import ids_in_thread
from service.screening.operations.editing import forget_edits
from service.threads.queries import ThreadSeen

EMPTY: Final[dict[str, Any]] = {"body": "", "body_html": "", "author_name": None}


def purge_reply(session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen) -> None:
    """Empty a reply that is in the trash; one that is not, or is empty already, stays. `seen` is its locked thread."""
    reply = found.reply
    if reply.moderation != "trashed" or reply.purged_at is not None:
        return
    for name, value in EMPTY.items():
        setattr(reply, name, value)
    reply.purged_at = now(session)
    reply.version += 1
    session.add(reply)
    session.flush()
    earlier = update(ReplyRevision).where(col(ReplyRevision.reply_id) == reply.id)
    session.execute(earlier.values(body="", redacted_at=now(session)))
    forget_edits(session, seen.id, reply.id)
    events.record(session, ReplyPurged(actor=actor, **facts_of(reply, seen)))


def purge_all(session: Session, seen: ThreadSeen) -> None:
    """Empty every reply of a thread that was purged itself: nobody reaches them, and its event stands for all."""
    earlier = update(ReplyRevision).where(col(ReplyRevision.reply_id).in_(ids_in_thread(seen.id)))
    session.execute(earlier.values(body="", redacted_at=now(session)).execution_options(synchronize_session=False))
    replies = update(Reply).where(col(Reply.thread_id) == seen.id, col(Reply.purged_at).is_(None))
    emptied = replies.values(**EMPTY, purged_at=now(session), version=Reply.version + 1)
    session.execute(emptied.execution_options(synchronize_session=False))
