"""What the worker and the listeners call: sweep (the telling, and the second look at what was told)."""

from service.closing.jobs.sweep import AT_ONCE, look_again, look_at_thread, sweep, tell_closed, tell_reopened

__all__ = ["AT_ONCE", "look_again", "look_at_thread", "sweep", "tell_closed", "tell_reopened"]
