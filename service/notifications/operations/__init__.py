"""Every write to notifications. They make no events.

telling (which notifications exist) · sending (letters and the steps of their way) · reading · choosing (preferences).
"""

from service.notifications.operations.choosing import change_preferences, choose_mail, follow_by_link, mail_by_link
from service.notifications.operations.gathering import DELIVER
from service.notifications.operations.leaving import leave_list, rejoin_list
from service.notifications.operations.reading import mark_read, read_thread
from service.notifications.operations.sending import (
    add_deliveries,
    bury_letter,
    end_letter,
    put_back,
    take_letter,
)
from service.notifications.operations.telling import (
    NOTIFY,
    add_notifications,
    announce,
    announce_mentions,
    tell_chunk,
)

__all__ = [
    "DELIVER",
    "NOTIFY",
    "add_deliveries",
    "add_notifications",
    "announce",
    "announce_mentions",
    "bury_letter",
    "change_preferences",
    "choose_mail",
    "end_letter",
    "follow_by_link",
    "leave_list",
    "mail_by_link",
    "mark_read",
    "put_back",
    "read_thread",
    "rejoin_list",
    "take_letter",
    "tell_chunk",
]
