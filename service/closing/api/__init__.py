"""The JSON doors of closings: closure (close, undo, reopen, archive) · terms (a thread's own policy) · timers ·
calendar (what closes when; many at once) · preview (what a policy would do).
"""

from fastapi import APIRouter

from service.closing.api import calendar, closure, preview, terms, timers

router = APIRouter()
for part in (closure, terms, timers, calendar, preview):
    router.routes.extend(part.router.routes)
