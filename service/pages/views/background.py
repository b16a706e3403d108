"""What `/admin/jobs` shows."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Form


@dataclass(frozen=True, slots=True)
class KindShown:
    """The jobs of one kind: due since when, in hand, to come later, given up."""

    kind: str
    due: int
    oldest: datetime | None
    held: int
    later: int
    dead: int


@dataclass(frozen=True, slots=True)
class DeadShown:
    """A job that was given up: what it was about, and what went wrong the last time."""

    id: int
    kind: str
    about: str
    attempts: int
    error: str
    dead_at: datetime


@dataclass(frozen=True, slots=True)
class JobsPage:
    """The page; `older` leads to the dead jobs that follow."""

    form: Form
    workers: int
    kinds: tuple[KindShown, ...]
    dead: tuple[DeadShown, ...]
    older: str | None
