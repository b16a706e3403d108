"""Every SELECT of reviews and of what moderators look through; moderators see what lies in categories they may see."""

from service.moderation.queries.canned import find_canned, get_canned, list_canned
from service.moderation.queries.decisions import decision_of_event, edit_waits, get_decision, members, told_by
from service.moderation.queries.looked import looked_at, places_of
from service.moderation.queries.notes import NoteSeen, get_note, notes_at, notes_of
from service.moderation.queries.outlines import Outline, count_reviews, outlines_in
from service.moderation.queries.posts import (
    PostSeen,
    account_name,
    expired_replies,
    expired_threads,
    find_post,
    is_waiting,
    list_posts,
    previous_state,
)
from service.moderation.queries.records import Record, held_edits, post_of, records_of, rule_names
from service.moderation.queries.reviews import (
    MOST_COUNTED,
    find_review,
    get_review,
    list_reviews,
    reasons_in,
    review_key,
    waiting_count,
)
from service.moderation.queries.sought import WAITING, Sought

__all__ = [
    "MOST_COUNTED", "WAITING", "NoteSeen", "Outline", "PostSeen", "Record", "Sought", "account_name", "count_reviews",
    "decision_of_event", "edit_waits", "expired_replies", "expired_threads", "find_canned", "find_post", "find_review",
    "get_canned", "get_decision", "get_note", "get_review", "held_edits", "is_waiting", "list_canned", "list_posts",
    "list_reviews", "looked_at", "members", "notes_at", "notes_of", "outlines_in", "places_of",
    "post_of", "previous_state", "reasons_in", "records_of", "review_key", "rule_names", "told_by", "waiting_count",
]  # fmt: skip
