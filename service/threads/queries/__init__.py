"""Every SELECT of threads; every load takes the actor and finds only what the actor may see."""

from service.threads.queries.anchors import anchors
from service.threads.queries.holding import hold_thread
from service.threads.queries.law import effective_close_at
from service.threads.queries.lists import list_threads
from service.threads.queries.loads import ThreadSeen, find_same, get_thread, lock_thread
from service.threads.queries.reading import find_thread, read_thread
from service.threads.queries.revisions import Revision, get_revision, list_revisions
from service.threads.queries.showing import show_thread

__all__ = [
    "Revision", "ThreadSeen", "anchors", "effective_close_at", "find_same", "find_thread", "get_revision",
    "get_thread", "hold_thread", "list_revisions", "list_threads", "lock_thread", "read_thread",
    "show_thread",
]  # fmt: skip
