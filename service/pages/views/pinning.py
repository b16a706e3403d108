"""The view of a thread's pin, on its page."""

from dataclasses import dataclass

from service.pages.views.frame import Choice, Form


@dataclass(frozen=True, slots=True)
class PinPanel:
    """What a moderator may do with the thread's pin. `state` says how it is pinned, empty where it is not; `everywhere`
    whether they may pin it on the first page too.
    """

    form: Form
    state: str
    spans: tuple[Choice, ...]
    everywhere: bool
    is_open: bool
