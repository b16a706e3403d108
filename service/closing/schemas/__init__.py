"""The shapes of closings on the wire: closure (closing, the policy) · timers · calendar (and many at
once, and previews).
"""

from service.closing.schemas.closure import CloseThread, ClosureView, PutClosing
from service.closing.schemas.timers import SetTimer, TimerView, to_plan

__all__ = ["CloseThread", "ClosureView", "PutClosing", "SetTimer", "TimerView", "to_plan"]
