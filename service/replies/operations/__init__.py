"""Every write to replies: post, edit, delete, and the steps of their moderation.

posting (and the statement by which a thread hands out the next number) · editing · moderating · redacting · purging ·
counters (what a thread and a parent know of their replies).
"""

from service.replies.operations.editing import edit_reply
from service.replies.operations.importing import BroughtReply, import_replies
from service.replies.operations.moderating import delete_reply, moderate_reply, put_reply_back
from service.replies.operations.posting import Drafted, post_reply
from service.replies.operations.purging import purge_all, purge_reply
from service.replies.operations.redacting import redact_reply

__all__ = [
    "BroughtReply",
    "Drafted",
    "delete_reply",
    "edit_reply",
    "import_replies",
    "moderate_reply",
    "post_reply",
    "purge_all",
    "purge_reply",
    "put_reply_back",
    "redact_reply",
]
