"""Every SELECT of reviews and of what moderators look through; moderators see what lies in categories they may see."""

from service.moderation.queries.canned import find_canned, get_canned, list_canned
from service.moderation.queries.notes import NoteSeen, get_note, notes_at, notes_of
from service.moderation.queries.posts import (
    PostSeen,
    account_name,
    expired_replies,
    expired_threads,
    find_post,
    is_waiting,
    list_posts,
)
from service.moderation.queries.reviews import (
    find_review,
    get_review,
    list_reviews,
    reasons_in,
    review_key,
    waiting_count,
)
from service.moderation.queries.sought import WAITING, Sought

__all__ = [
    "WAITING", "NoteSeen", "PostSeen", "Sought", "account_name", "expired_replies", "expired_threads", "find_canned",
    "find_post", "find_review", "get_canned", "get_note", "get_review", "is_waiting", "list_canned", "list_posts",
    "list_reviews", "notes_at", "notes_of", "reasons_in", "review_key", "waiting_count",
]  # fmt: skip
