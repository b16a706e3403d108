"""What a person is told and why, whether it is still wanted when it is sent, and the words. Pure.

deciding (who is told, for which reason) · wanted (asked again at sending) · words · links (the way out of a letter).
"""

from service.notifications.policy.deciding import (
    AFFECTED,
    ANSWERED,
    APPEALED,
    ASKED,
    DEFAULTS,
    EVERY_CHANNEL,
    FLAGGED,
    KINDS,
    MENTIONED,
    PERSONAL,
    QUOTED,
    SITE,
    Decision,
    choice_of,
    decide,
    mail_is_off,
    wants,
)
from service.notifications.policy.links import (
    UNSUBSCRIBE,
    list_path,
    read_list_token,
    read_token,
    unsubscribe_path,
)
from service.notifications.policy.wanted import Standing, why_no_letter, why_not
from service.notifications.policy.words import DEEDS, WHY, deed_for, sentence

__all__ = [
    "AFFECTED",
    "ANSWERED",
    "APPEALED",
    "ASKED",
    "DEEDS",
    "DEFAULTS",
    "EVERY_CHANNEL",
    "FLAGGED",
    "KINDS",
    "MENTIONED",
    "PERSONAL",
    "QUOTED",
    "SITE",
    "UNSUBSCRIBE",
    "WHY",
    "Decision",
    "Standing",
    "choice_of",
    "decide",
    "deed_for",
    "list_path",
    "mail_is_off",
    "read_list_token",
    "read_token",
    "sentence",
    "unsubscribe_path",
    "wants",
    "why_no_letter",
    "why_not",
]
