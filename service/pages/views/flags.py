"""The views of flags: the form that raises one, its mark on a thread's page, and what moderators read."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from service.pages.views.frame import Form, Person


@dataclass(frozen=True, slots=True)
class FlagMark:
    """What stands under a post for who may flag it: where, or with `mine` that they have."""

    url: str
    mine: bool


@dataclass(frozen=True, slots=True)
class FlagReason:
    """A reason to choose: its name, the word for it, and what it means."""

    value: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class FlagPage:
    """The screen on which somebody flags a post. `said` is there in place of the form where they have already, or may
    not again.
    """

    form: Form
    what: str
    body_html: Markup
    reasons: tuple[FlagReason, ...]
    back_url: str
    said: str | None


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One flag as moderators read it; `who` is None for whoever wrote the post, `outcome` empty until it is decided
    about.
    """

    reason: str
    who: Person | None
    weight: str
    at: datetime
    note: str
    outcome: str


@dataclass(frozen=True, slots=True)
class FlagsView:
    """The flags of a post: what those that wait come to (`3 flags, weight 2.5`; empty where none waits), the newest
    first, and how many more of them wait than are shown.
    """

    words: str
    lines: tuple[FlagLine, ...]
    more: int
