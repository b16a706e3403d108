"""Every SELECT of replies; every load takes the actor and goes through the thread the actor may see."""

from service.replies.queries.lists import (
    END,
    latest_replies,
    list_replies,
    list_waiting,
    numbers_of,
    replies_between,
    sort_key,
)
from service.replies.queries.loads import (
    ReplySeen,
    find_parent,
    find_same,
    get_reply,
    get_reply_by_number,
    just_posted,
    last_published_at,
    lock_reply,
)
from service.replies.queries.revisions import get_revision, list_revisions

__all__ = [
    "END", "ReplySeen", "find_parent", "find_same", "get_reply", "get_reply_by_number", "get_revision", "just_posted",
    "last_published_at", "latest_replies", "list_replies", "list_revisions", "list_waiting", "lock_reply", "numbers_of",
    "replies_between", "sort_key",
]  # fmt: skip
