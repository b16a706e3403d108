"""The shapes of moderation on the wire, a file for each thing."""

from service.moderation.schemas.canned import CannedView, ChangeCanned, MakeCanned, to_wording
from service.moderation.schemas.notes import MakeNote, NoteView, name_of, to_note
from service.moderation.schemas.reviews import (
    MOST_REASON,
    Cause,
    Decide,
    FlagReason,
    Moderate,
    Reason,
    ReviewView,
    deeds,
    reason_text,
    to_decision,
    url_of,
)

__all__ = [
    "MOST_REASON", "CannedView", "Cause", "ChangeCanned", "Decide", "FlagReason", "MakeCanned", "MakeNote",
    "Moderate", "NoteView", "Reason", "ReviewView", "deeds", "name_of", "reason_text", "to_decision", "to_note",
    "to_wording", "url_of",
]  # fmt: skip
