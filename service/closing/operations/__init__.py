"""Every write to a thread's openness.

closing (somebody closes, reopens, changes the policy) · waiting (what becomes of held replies then) · undoing ·
archiving · extending (a moderator puts a closing off) · many (one deed to many threads) · telling (what time, a policy
or another post did) · timers (set and removed) · mirroring (timers and the columns that the law reads) · firing (what a
timer does when its instant has come) · keeping (what moderators did, as decisions that can be undone)
"""

from service.closing.operations.archiving import archive_thread, unarchive_thread
from service.closing.operations.closing import change_closing, close_thread, reopen_thread
from service.closing.operations.extending import extend_closing, keep_open
from service.closing.operations.firing import fire_timer, give_up
from service.closing.operations.many import Deed, Done, do_to_each
from service.closing.operations.telling import tell_closed, tell_if_opened, tell_open_again
from service.closing.operations.timers import Plan, clear_timer, plan_opened, set_timer
from service.closing.operations.undoing import can_be_undone, put_closure_back, undo_closing
from service.closing.operations.waiting import Choice, Waiting

__all__ = [
    "Choice", "Deed", "Done", "Plan", "Waiting", "archive_thread", "can_be_undone", "change_closing", "clear_timer",
    "close_thread", "do_to_each", "extend_closing", "fire_timer", "give_up", "keep_open", "plan_opened",
    "put_closure_back", "reopen_thread", "set_timer", "tell_closed", "tell_if_opened", "tell_open_again",
    "unarchive_thread", "undo_closing",
]  # fmt: skip
