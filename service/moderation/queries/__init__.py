"""Every SELECT of reviews and of what moderators look through; moderators see what lies in categories they may see."""

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

__all__ = [
    "PostSeen", "account_name", "expired_replies", "expired_threads", "find_post", "find_review", "get_review",
    "is_waiting", "list_posts", "list_reviews", "reasons_in", "review_key", "waiting_count",
]  # fmt: skip
