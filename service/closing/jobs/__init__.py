"""What the worker and the listeners call: sweep (the telling, and the second look at what was told) · timers."""

from service.closing.jobs.sweep import AT_ONCE, look_again, look_at_thread, sweep, tell_closed, tell_reopened
from service.closing.jobs.timers import FIRE, fire, plan_opened

__all__ = [
    "AT_ONCE", "FIRE", "fire", "look_again", "look_at_thread", "plan_opened", "sweep", "tell_closed", "tell_reopened",
]  # fmt: skip
