"""What a person is told and why, whether it is still wanted when it is sent, and the words. Pure.

deciding (who is told, for which reason) · wanted (asked again at sending) · words · links (the way out of a letter).
"""

from service.notifications.policy.deciding import ANSWERED, MENTIONED, PERSONAL, reason_for
from service.notifications.policy.links import UNSUBSCRIBE, read_token, unsubscribe_path
from service.notifications.policy.wanted import Standing, why_not
from service.notifications.policy.words import DEEDS, WHY, deed_for, sentence

__all__ = [
    "ANSWERED",
    "DEEDS",
    "MENTIONED",
    "PERSONAL",
    "UNSUBSCRIBE",
    "WHY",
    "Standing",
    "deed_for",
    "read_token",
    "reason_for",
    "sentence",
    "unsubscribe_path",
    "why_not",
]
