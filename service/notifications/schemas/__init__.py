"""The shapes of notifications and of people's preferences on the wire."""

from service.notifications.schemas.bounces import BounceView, ReportBounce
from service.notifications.schemas.notices import MarkRead, NotificationView, UnreadView
from service.notifications.schemas.preferences import ChangePreferences, PreferencesView
from service.notifications.schemas.why import WhyView

__all__ = [
    "BounceView",
    "ChangePreferences",
    "MarkRead",
    "NotificationView",
    "PreferencesView",
    "ReportBounce",
    "UnreadView",
    "WhyView",
]
