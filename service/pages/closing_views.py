"""From the calendar of closings to the view of `/mod/closings`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final
from urllib.parse import quote

from service.closing.queries import Deadline
from service.kit.clock import EPOCH, from_micros
from service.kit.errors import NotFound
from service.pages import thread_views
from service.pages.rendering import MONTHS, in_words
from service.pages.views.closings import ClosingDay, ClosingLine, DayCell, LeftThread
from service.pages.words import thoughts, threads_in_all
from service.threads.queries import ThreadSeen

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY: Final = timedelta(days=1)
DAYS_AHEAD: Final = 30

LEFT_BECAUSE: Final = {
    "edit-conflict": "it was changed since you looked",
    "invalid-transition": "it is closed already, archived, or nothing closes it",
    "thread-closed": "it is archived",
    "not-found": "it is no longer there",
    "invalid": "it would close too far away",
}
"""Why a deed was not done to a thread, by the problem's code."""


def midnight(at: datetime) -> datetime:
    """The beginning of the instant's day of UTC."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def weeks_of(
    today: datetime, counts: Mapping[int, int], chosen: datetime | None
) -> tuple[tuple[DayCell | None, ...], ...]:
    """The days from today to the last of the 30, in weeks from Monday on; `counts` are by days since 1970."""
    first = midnight(today)
    cells: list[DayCell | None] = [None] * first.weekday()
    cells += [_cell(first + number * DAY, first, counts, chosen) for number in range(DAYS_AHEAD + 1)]
    cells += [None] * (-len(cells) % 7)
    return tuple(tuple(cells[begin : begin + 7]) for begin in range(0, len(cells), 7))


def _cell(at: datetime, first: datetime, counts: Mapping[int, int], chosen: datetime | None) -> DayCell:
    count = counts.get((at - EPOCH).days, 0)
    label = f"{at.day} {MONTHS[at.month - 1][:3]}" if at == first or at.day == 1 else str(at.day)
    return DayCell(at, label, count, f"/mod/closings?from={at:%Y-%m-%d}#list" if count else None, at == chosen)


def days_of(deadlines: Sequence[Deadline]) -> tuple[ClosingDay, ...]:
    """The list by days, in its own order."""
    by_day = groupby(deadlines, key=lambda deadline: midnight(from_micros(deadline.at)))
    return tuple(ClosingDay(at, WEEKDAYS[at.weekday()], tuple(map(line_of, those))) for at, those in by_day)


def line_of(deadline: Deadline) -> ClosingLine:
    """One thread of the list."""
    seen, thread = deadline.seen, deadline.seen.thread
    return ClosingLine(
        id=seen.id,
        key=f"{seen.id}:{thread.version}",
        version=thread.version,
        title=thread.title,
        url=f"/t/{seen.id}/{quote(thread.slug)}",
        category=seen.category.name,
        category_url=f"/c/{seen.category.slug}",
        at=from_micros(deadline.at),
        why=why(seen),
        thoughts=thoughts(thread.reply_count),
        last_reply_at=thread.last_reply_at,
    )


def why(seen: ThreadSeen) -> str:
    """Why the thread closes or closed, and who closed it where somebody did."""
    if seen.closing.reason != "manual":
        return thread_views.why(seen)
    reason = f": {seen.thread.closure_reason}" if seen.thread.closure_reason else ""
    return f"closed by {seen.closer_name or 'a moderator'}{reason}"


def left_of(seen: ThreadSeen | NotFound, code: str) -> LeftThread:
    """A thread to which something was not done."""
    words = LEFT_BECAUSE.get(code, "it could not be done")
    if isinstance(seen, NotFound):
        return LeftThread("A thread", None, LEFT_BECAUSE["not-found"])
    return LeftThread(seen.thread.title, f"/t/{seen.id}/{quote(seen.thread.slug)}", words)


def notice_of(deed: str, days: int, count: int, one: ThreadSeen | None) -> str:
    """What was done just now, in a sentence; of one thread with when it closes now. Empty where nothing was."""
    if count == 0:
        return ""
    name = f"“{one.thread.title}”" if one else threads_in_all(count)
    is_one = count == 1
    if deed == "reopen":
        return f"{name} {'is' if is_one else 'are'} open again."
    if deed == "keep":
        return f"{name} stays open until somebody closes it."
    if one and one.closing.at is not None:
        return f"{name} closes on {in_words(one.closing.at)} now."
    span = "1 day" if days == 1 else f"{days} days"
    return f"{name} {'closes' if is_one else 'close'} {span} later than planned."
