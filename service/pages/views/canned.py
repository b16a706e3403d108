"""The view of `/mod/reasons`: the reasons that moderators give often."""

from dataclasses import dataclass

from service.pages.views.frame import Form


@dataclass(frozen=True, slots=True)
class CannedLine:
    """One reason, with the form that changes or deletes it."""

    id: int
    version: int
    title: str
    form: Form


@dataclass(frozen=True, slots=True)
class CannedPage:
    """All of them by title, and the form for a new one."""

    lines: tuple[CannedLine, ...]
    form: Form
