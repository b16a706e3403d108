"""The view of suspending and silencing, on a person's page."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Choice, Form


@dataclass(frozen=True, slots=True)
class SuspensionLine:
    """One suspension or silence of a person, as staff reads it. `deed` is the button that ends it; None where it is
    over.
    """

    what: str
    since: datetime
    until: datetime | None
    by: str | None
    reason: str
    note: str
    lifted_at: datetime | None
    lifted_by: str | None
    deed: str | None


@dataclass(frozen=True, slots=True)
class Suspending:
    """What a moderator may do to the person's account, and what was done before. `form` is None where this moderator
    may not: the person's role is not below theirs.
    """

    form: Form | None
    kinds: tuple[Choice, ...]
    spans: tuple[Choice, ...]
    history: tuple[SuspensionLine, ...]
    is_open: bool
