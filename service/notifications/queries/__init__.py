"""Every SELECT of notifications: the inbox, whom an event concerns, what a letter says, and where its links lead."""

from service.notifications.queries.inbox import (
    NoticeSeen,
    list_notices,
    mail_is_on,
    unread_count,
    wants_mail,
)
from service.notifications.queries.letters import Letter, find_letter
from service.notifications.queries.links import LinkSeen, follow_link
from service.notifications.queries.occasions import Occasion, find_occasion
from service.notifications.queries.preferences import own_preferences, preferences_of

__all__ = [
    "Letter",
    "LinkSeen",
    "NoticeSeen",
    "Occasion",
    "find_letter",
    "find_occasion",
    "follow_link",
    "list_notices",
    "mail_is_on",
    "own_preferences",
    "preferences_of",
    "unread_count",
    "wants_mail",
]
