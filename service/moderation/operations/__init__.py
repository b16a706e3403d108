"""Every write to reviews: decide, keep them in step with their posts, and purge what lay in the trash for long."""

from service.moderation.operations.canning import Wording, change_canned, delete_canned, make_canned
from service.moderation.operations.claiming import claim_review, release_review
from service.moderation.operations.deciding import Decision, decide_review, moderate
from service.moderation.operations.following import file_verdict, follow_post, open_if_waiting, open_review
from service.moderation.operations.many import Many, ManyDecided, OneDecided, decide_many, foresee_many
from service.moderation.operations.noting import note_account, note_review
from service.moderation.operations.purging import purge_reply, purge_thread
from service.moderation.operations.removing import Removal, Removed, foresee_removal, remove_posts
from service.moderation.operations.undoing import Undone, undo_decision, undo_event, undoable

__all__ = [
    "Decision", "Many", "ManyDecided", "OneDecided", "Removal", "Removed", "Undone", "Wording", "change_canned",
    "claim_review", "decide_many", "decide_review", "delete_canned", "file_verdict", "follow_post", "foresee_many",
    "foresee_removal", "make_canned", "moderate", "note_account", "note_review", "open_if_waiting", "open_review",
    "purge_reply", "purge_thread", "release_review", "remove_posts", "undo_decision", "undo_event", "undoable",
]  # fmt: skip
