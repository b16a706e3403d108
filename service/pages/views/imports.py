"""What `/admin/import` shows."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Form


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of thing in a file: how many were found, are imported now, and had been before."""

    name: str
    found: int
    imported: int
    already: int


@dataclass(frozen=True, slots=True)
class Strange:
    """Something strange: with what, what it is, and what is done about it."""

    item: str
    line: int
    title: str
    problem: str
    done: str


@dataclass(frozen=True, slots=True)
class ReportShown:
    """A report in a reader's words. `left` says what is not imported, `named` who and what is in the file."""

    title: str
    source: str
    new: int
    lines: tuple[Line, ...]
    left: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    problems: tuple[Strange, ...]
    more_problems: int


@dataclass(frozen=True, slots=True)
class RunShown:
    """A file on its way: `heading` says how far, `percent` how much of the present step (None: nothing is going on).

    `report` is there once the file was looked through; `words` say why it failed.
    """

    id: int
    name: str
    state: str
    heading: str
    made_at: datetime
    percent: int | None
    report: ReportShown | None
    words: str
    form: Form


@dataclass(frozen=True, slots=True)
class ImportPage:
    """The form that sends a file, the file that was sent last, and those before it."""

    form: Form
    run: RunShown | None
    earlier: tuple[RunShown, ...]
    busy: bool
    most: str
