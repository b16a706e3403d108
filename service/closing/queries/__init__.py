"""The SELECTs of closings.

untold (whose deadline has passed, and whose telling no longer holds) · calendar (what closes when) · preview (what
another policy would do)
"""

from service.closing.queries.calendar import Deadline, Stretch, count_by_day, list_deadlines
from service.closing.queries.preview import Affected, Effect, preview_policy
from service.closing.queries.untold import closed_untold, hold_policies, open_but_told

__all__ = [
    "Affected", "Deadline", "Effect", "Stretch", "closed_untold", "count_by_day", "hold_policies", "list_deadlines",
    "open_but_told", "preview_policy",
]  # fmt: skip
