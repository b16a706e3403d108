"""From a thread to what its page says about replying: what is to close it, slow mode, and the grace after a closing."""

from datetime import datetime, timedelta
from typing import Final

from service.kit.clock import in_short
from service.pages.rendering import day
from service.pages.thread_views import why
from service.pages.views.thread import Coming, Pace
from service.threads.policy.turns import Turn, grace_ends, in_grace, next_turn
from service.threads.queries import ThreadSeen

SOON: Final = timedelta(days=7)
"""How long before its closing a thread says so above everything else."""

SECOND: Final = timedelta(seconds=1)


def coming(seen: ThreadSeen, now: datetime) -> Coming | None:
    """The closing that is to come by itself; None where none is, and once it has come."""
    at = seen.closing.at
    if at is None or at <= now:
        return None
    return Coming(at, why(seen), soon=at <= now + SOON, opens_at=seen.opens_at(now))


def soon_at(seen: ThreadSeen) -> datetime | None:
    """From when on the page says so above everything else; None where no closing is to come."""
    at = seen.closing.at
    return None if at is None else at - SOON


def pace(seen: ThreadSeen, turn: Turn, now: datetime) -> Pace | None:
    """Slow mode, as this reader meets it; None where it is off."""
    slow_mode = seen.slow_mode(now)
    if slow_mode is None:
        return None
    again = next_turn(turn, slow_mode, now)
    if again is None:
        return Pace(in_short(slow_mode), None, "")
    shown = again + SECOND  # to the second, and none too early
    return Pace(in_short(slow_mode), again, f"{day(shown)}, {shown:%H:%M:%S} UTC")


def grace_until(seen: ThreadSeen, turn: Turn, now: datetime) -> datetime | None:
    """Until when a closed thread still takes what this reader had begun before; None where it takes nothing."""
    closed_at = seen.closing.at
    return grace_ends(closed_at, seen.site) if closed_at and in_grace(turn, seen.closing, seen.site, now) else None
