"""Every write to a thread's openness.

closing (somebody closes, reopens, changes the policy) · archiving · extending (a moderator
puts it off) · many (one deed to many threads) · telling (what time, a policy or another post did)
"""

from service.closing import models as models
from service.closing.operations.archiving import archive_thread, unarchive_thread
from service.closing.operations.closing import change_closing, close_thread, reopen_thread
from service.closing.operations.extending import extend_closing, keep_open
from service.closing.operations.many import Deed, Done, do_to_each
from service.closing.operations.telling import tell_closed, tell_if_opened, tell_open_again

__all__ = [
    "Deed", "Done", "archive_thread", "change_closing", "close_thread", "do_to_each", "extend_closing", "keep_open",
    "reopen_thread", "tell_closed", "tell_if_opened", "tell_open_again", "unarchive_thread",
]  # fmt: skip
