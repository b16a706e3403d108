"""What `/mod/log` shows."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Choice, Form, Person


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry: who did what, when, to what (with its address, where it has one), and the decision behind it.

    `by` is None for Parley itself. `change` is the step of a decision, such as `pending → published`; `details` are
    further facts in a line; `same_address` leads to what was done from the same address. `undo` is the event's id where
    the reader may take it back, `undone_at` since when it does not hold any more.
    """

    position: int
    at: datetime
    by: Person | None
    role: str
    phrase: str
    subject: str
    url: str | None
    change: str
    reason: str
    details: str
    same_address: str | None
    undo: int | None
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """The page: the filters as they were typed, the entries, and where older ones, and all as CSV, are."""

    filters: Form
    kinds: tuple[Choice, ...]
    categories: tuple[Choice, ...]
    form: Form
    action: str
    lines: tuple[LogLine, ...]
    older_url: str | None
    first_url: str | None
    csv_url: str
    is_filtered: bool
