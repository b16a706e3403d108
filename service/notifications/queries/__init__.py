"""Every SELECT of notifications: the inbox, whom an event concerns, what a letter says, and where its links lead."""

from service.notifications.queries.explaining import Explanation, explain_notice, explain_post
from service.notifications.queries.inbox import (
    NUMBER_TOLD,
    NoticeSeen,
    list_notices,
    mail_is_on,
    unread_count,
    wants_mail,
)
from service.notifications.queries.items import Item, Post
from service.notifications.queries.letters import Letter, find_addressed, open_letter, shown_in, with_posts
from service.notifications.queries.links import LinkSeen, ListSeen, follow_link, follow_list_link
from service.notifications.queries.occasions import Occasion, find_occasion
from service.notifications.queries.preferences import (
    hold_preferences,
    own_preferences,
    preferences_of,
    shared_preferences,
)

__all__ = [
    "NUMBER_TOLD",
    "Explanation",
    "Item",
    "Letter",
    "LinkSeen",
    "ListSeen",
    "NoticeSeen",
    "Occasion",
    "Post",
    "explain_notice",
    "explain_post",
    "find_addressed",
    "find_occasion",
    "follow_link",
    "follow_list_link",
    "hold_preferences",
    "list_notices",
    "mail_is_on",
    "open_letter",
    "own_preferences",
    "preferences_of",
    "shared_preferences",
    "shown_in",
    "unread_count",
    "wants_mail",
    "with_posts",
]
