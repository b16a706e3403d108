"""The SELECTs of closings.

due (whose deadline has passed untold) · untold (whose telling no longer holds) · calendar (what closes when) ·
preview (what another policy would do) · timers · waiting and deleting (the replies that a closing, or a timer, decides
about)
"""

from service.closing.queries.calendar import Deadline, Stretch, count_by_day, list_deadlines
from service.closing.queries.deleting import published_until
from service.closing.queries.due import closed_untold
from service.closing.queries.preview import Affected, Effect, preview_policy
from service.closing.queries.timers import (
    TimerSeen,
    active_timer,
    active_timers,
    due_timer,
    due_timers,
    list_timers,
    planned,
    setter_of,
    thread_of_timer,
)
from service.closing.queries.untold import hold_policies, open_but_told
from service.closing.queries.waiting import count_waiting

__all__ = [
    "Affected", "Deadline", "Effect", "Stretch", "TimerSeen", "active_timer", "active_timers", "closed_untold",
    "count_by_day", "count_waiting", "due_timer", "due_timers", "hold_policies", "list_deadlines", "list_timers",
    "open_but_told", "planned", "preview_policy", "published_until", "setter_of", "thread_of_timer",
]  # fmt: skip
