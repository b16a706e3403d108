"""The shapes of moderation on the wire, a file for each thing."""

from service.moderation.schemas.reviews import (
    MOST_REASON,
    Decide,
    Moderate,
    Reason,
    ReviewView,
    reason_text,
    to_decision,
    url_of,
)

__all__ = ["MOST_REASON", "Decide", "Moderate", "Reason", "ReviewView", "reason_text", "to_decision", "url_of"]
