"""The views of `/mod/closings`: the month ahead, and the threads that close in it or have closed lately."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Form
from service.pages.views.moderation import Tab


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the calendar: its number, with the month where one begins; how many threads close on it, and where
    those are listed (None: none do).
    """

    at: datetime
    label: str
    count: int
    url: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class ClosingLine:
    """One thread. `key` is how the form names it (id and version), `at` when it closes or closed, `why` the rule."""

    id: int
    key: str
    version: int
    title: str
    url: str
    category: str
    category_url: str
    at: datetime
    why: str
    thoughts: str
    last_reply_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClosingDay:
    """The threads of one day of UTC."""

    at: datetime
    weekday: str
    lines: tuple[ClosingLine, ...]


@dataclass(frozen=True, slots=True)
class LeftThread:
    """A thread to which a deed was not done, and why; without a title where it is out of sight."""

    title: str
    url: str | None
    why: str


@dataclass(frozen=True, slots=True)
class ClosingsPage:
    """`/mod/closings`. `weeks` are rows of seven days from Monday on (None: outside the 30 days), empty for what closed
    lately; `since` is set where the list begins at a chosen day.
    """

    tabs: tuple[Tab, ...]
    heading: str
    closed: bool
    form: Form
    action: str
    weeks: tuple[tuple[DayCell | None, ...], ...]
    since: datetime | None
    days: tuple[ClosingDay, ...]
    empty: str
    notice: str
    left: tuple[LeftThread, ...]
    next_url: str | None
    first_url: str | None
