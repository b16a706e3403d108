"""Every SELECT of subscriptions: how closely people follow, whom news concern, and how far they have read."""

from service.subscriptions.queries.audience import Alike, News, Reader, alike, audience, roles_that_see
from service.subscriptions.queries.following import (
    Following,
    Which,
    bearings_of,
    following,
    following_of,
    is_mentioned,
    level_on_category,
    level_on_tag,
    without_own,
)
from service.subscriptions.queries.giving import authors_quoted, level_given
from service.subscriptions.queries.lists import Followed, list_followed
from service.subscriptions.queries.marks import first_above, unread_above, unread_in

__all__ = [
    "Alike",
    "Followed",
    "Following",
    "News",
    "Reader",
    "Which",
    "alike",
    "audience",
    "authors_quoted",
    "bearings_of",
    "first_above",
    "following",
    "following_of",
    "is_mentioned",
    "level_given",
    "level_on_category",
    "level_on_tag",
    "list_followed",
    "roles_that_see",
    "unread_above",
    "unread_in",
    "without_own",
]
