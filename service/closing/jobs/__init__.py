"""What the worker and the listeners call: sweep (the telling, and the second look at what was told) · timers ·
warnings (of what closes within a day).
"""

from service.closing.jobs.sweep import AT_ONCE, look_again, look_at_thread, sweep, tell_closed, tell_reopened
from service.closing.jobs.timers import FIRE, fire, plan_opened
from service.closing.jobs.warnings import WARN, warning

__all__ = [
    "AT_ONCE", "FIRE", "WARN", "fire", "look_again", "look_at_thread", "plan_opened", "sweep", "tell_closed",
    "tell_reopened", "warning",
]  # fmt: skip
