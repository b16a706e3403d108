"""The views of a thread's closing panel and of the page of its timers."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Choice, Form


@dataclass(frozen=True, slots=True)
class Closing:
    """The panel of those who may close: `form` holds the policy's fields and errors.

    `undo_until`: until when this reader may undo the closing; `waiting`: how many replies wait for a moderator, in
    words, where `choices` says what may become of them.
    """

    form: Form
    is_closed: bool
    may_reopen: bool
    undo_until: datetime | None
    waiting: str | None
    choices: tuple[Choice, ...]
    timers_url: str
    state: str
    modes: tuple[Choice, ...]
    moment_modes: tuple[Choice, ...]
    inherited_at: str
    inherited_age: str
    inherited_idle: str
    inherited_replies: str
    inherited_opens: str
    wait_modes: tuple[Choice, ...]
    inherited_wait: str


@dataclass(frozen=True, slots=True)
class TimerLine:
    """A timer: what it does, when (absolute, and by the clock of its zone), who set it; or what became of it."""

    kind: str
    words: str
    at: datetime
    local: str
    set_by: str | None
    ended_at: datetime | None
    outcome: str
    form: Form


@dataclass(frozen=True, slots=True)
class TimersPage:
    """`/t/{id}/{slug}/timers`: what is to happen to a thread, what became of earlier plans, and the form for another.

    `only_reminder`: the reader may set nothing else.
    """

    title: str
    back_url: str
    form: Form
    kinds: tuple[Choice, ...]
    only_reminder: bool
    to_come: tuple[TimerLine, ...]
    ended: tuple[TimerLine, ...]
