"""Purging: what lay in the trash for 30 days loses its text for good; that it was there stays."""

from sqlmodel import Session

from service.kit.actor import SYSTEM
from service.kit.errors import NotFound
from service.replies import operations as replies
from service.replies.queries import lock_reply
from service.threads import operations as threads
from service.threads.queries import lock_thread


def purge_thread(session: Session, thread_id: int) -> None:
    """Empty a trashed thread, with all its replies; one that was restored or emptied meanwhile stays as it is."""
    try:
        seen = lock_thread(session, SYSTEM, thread_id, in_trash=True)
    except NotFound:
        return
    if threads.purge_thread(session, SYSTEM, seen):
        replies.purge_all(session, seen)


def purge_reply(session: Session, reply_id: int) -> None:
    """Empty a trashed reply; one that was restored or emptied meanwhile stays as it is."""
    try:
        seen, found = lock_reply(session, SYSTEM, reply_id, in_trash=True)
    except NotFound:
        return
    replies.purge_reply(session, SYSTEM, seen, found)
