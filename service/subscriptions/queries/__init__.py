"""Every SELECT of subscriptions: how closely people follow, whom news concern, and how far they have read."""

from service.subscriptions.queries.audience import News, Reader, audience, roles_that_see
from service.subscriptions.queries.following import (
    Following,
    Which,
    following,
    following_of,
    is_mentioned,
    level_on_category,
    level_on_tag,
)

__all__ = [
    "Following",
    "News",
    "Reader",
    "Which",
    "audience",
    "following",
    "following_of",
    "is_mentioned",
    "level_on_category",
    "level_on_tag",
    "roles_that_see",
]
