"""When mail goes: at once, after a wait, with a digest, or when quiet hours end. Pure.

Local times are read as a clock on the wall shows them. One that the clock jumps over (in spring) is the moment of the
jump; of one that it shows twice (in autumn) a digest and the begin of quiet hours take the first, and the end of quiet
hours takes the second: they last rather longer than shorter. Quiet hours belong to the weekday on which they begin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from service.kit.clock import MICROSECOND, utc_text
from service.kit.zones import known_zones
from service.notifications.models import (
    CLOSING_SOON,
    DIGEST,
    REMINDER,
    SUMMARY,
    THREAD,
    NotificationPreference,
)
from service.notifications.policy.deciding import PERSONAL

DAILY: Final = "daily"
WEEKLY: Final = "weekly"

DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)

EVERYWHERE: Final = ZoneInfo("UTC")
"""The zone of who chose none."""

LONGEST_QUIET: Final = 10
"""Windows of quiet hours that may follow each other without a moment between them, where the clocks are put back."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which no mail goes: from `begins` to `ends`, minutes after midnight (on the next day, where `ends` is
    before `begins`), beginning on the weekdays `days`, 0 for Monday.
    """

    begins: int
    ends: int
    days: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class MailTimes:
    """How one person wants mail in time. `digest` is daily or weekly (None: none) at `hour` on `weekday`, in `zone`."""

    delay: timedelta
    zone: ZoneInfo = EVERYWHERE
    digest: str | None = None
    hour: int = 8
    weekday: int = 0
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The letter that news go into: its kind, the key under which it gathers (empty: it has no company), and when it
    is due. `period` is when its digest would have come without quiet hours.
    """

    kind: str
    gather: str
    at: datetime
    period: datetime | None = None


def times_of(preference: NotificationPreference, delay: timedelta) -> MailTimes:
    """A person's wishes as the rules read them; `delay` is the site's. A zone that nobody knows any more is UTC."""
    quiet = None
    if preference.quiet_from is not None and preference.quiet_until is not None:
        quiet = Quiet(preference.quiet_from, preference.quiet_until, frozenset(preference.quiet_days))
    return MailTimes(
        delay=delay if preference.mail_delay is None else preference.mail_delay * MICROSECOND,
        zone=ZoneInfo(preference.time_zone) if preference.time_zone in known_zones() else EVERYWHERE,
        digest=None if preference.digest == "off" else preference.digest,
        hour=preference.digest_hour,
        weekday=preference.digest_weekday,
        quiet=quiet,
    )


def is_urgent(kind: str, reason: str | None) -> bool:
    """Whether news wait for no digest: what a post says to the person, and what is worth nothing when it is late."""
    return reason in PERSONAL or kind in (REMINDER, CLOSING_SOON)


def due_for(times: MailTimes, now: datetime, *, thread_id: int, urgent: bool) -> Due:
    """The letter for news of a thread that came in `now`; what is `urgent` waits for no digest, but for quiet hours."""
    if times.digest is not None and not urgent:
        return next_digest(times, now)
    at = now + times.delay
    quiet = quiet_until(times, now) or quiet_until(times, at)
    if quiet is not None:
        return Due(SUMMARY, f"summary:{utc_text(quiet)}", quiet)
    return Due(THREAD, f"thread:{thread_id}" if times.delay else "", at)


def next_digest(times: MailTimes, after: datetime) -> Due:
    """The first digest whose time comes after an instant; its key is its local date, so each date has one at most."""
    today = after.astimezone(times.zone).date()
    for day in (today + DAY * ahead for ahead in range(-1, 16)):
        at = on_the_wall(times.zone, day, times.hour * 60)
        if at > after and (times.digest != WEEKLY or day.weekday() == times.weekday):
            return Due(DIGEST, f"digest:{times.digest}:{day.isoformat()}", quiet_until(times, at) or at, at)
    raise AssertionError("every sixteen days have two of each weekday")


def quiet_until(times: MailTimes, at: datetime) -> datetime | None:
    """When the quiet hours that hold the instant end; None where it is not quiet."""
    end = None
    for _ in range(LONGEST_QUIET):
        ends = [until for since, until in windows_about(times, end or at) if since <= (end or at) < until]
        if not ends:
            break
        end = max(ends)
    return end


def windows_about(times: MailTimes, at: datetime) -> Sequence[tuple[datetime, datetime]]:
    """The quiet hours that may hold the instant, each from its first moment to the first one after it."""
    quiet = times.quiet
    if quiet is None or quiet.begins == quiet.ends:
        return ()
    today = at.astimezone(times.zone).date()
    days = [today + DAY * ahead for ahead in (-2, -1, 0)]
    over = DAY if quiet.ends < quiet.begins else timedelta(0)
    return [
        (on_the_wall(times.zone, day, quiet.begins), on_the_wall(times.zone, day + over, quiet.ends, last=True))
        for day in days
        if day.weekday() in quiet.days
    ]


def on_the_wall(zone: ZoneInfo, day: date, minutes: int, *, last: bool = False) -> datetime:
    """The instant at which a clock in the zone shows so many minutes after midnight: the first, or the `last`, of two;
    where it shows that never, the instant of the jump (PEP 495 gives the offsets of both sides).
    """
    wall = datetime.combine(day, time(minutes // 60, minutes % 60))
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return second if last else first
    return _jump(zone, second, first)


def _jump(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """When the offset changes between two instants, to the second."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
