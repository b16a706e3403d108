"""Every write to reviews: decide, keep them in step with their posts, and purge what lay in the trash for long."""

from service.moderation.operations.deciding import Decision, decide_review, moderate
from service.moderation.operations.following import follow_post, open_if_waiting, open_review
from service.moderation.operations.purging import purge_reply, purge_thread

__all__ = [
    "Decision", "decide_review", "follow_post", "moderate", "open_if_waiting", "open_review", "purge_reply",
    "purge_thread",
]  # fmt: skip
