"""The view of the step between a changed closing policy and its storing."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Form


@dataclass(frozen=True, slots=True)
class AffectedLine:
    """A thread that a policy would close or open: since when it would be closed, or has been, and why."""

    title: str
    url: str
    since: datetime | None
    why: str
    thoughts: str
    last_reply_at: datetime | None


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """What saving would do, to be confirmed. `whose` names the policy; `closing` and `opening` are the first threads of
    each kind, `more` how many there are besides. The form carries all that was typed; `deed` stores it, `back` shows
    it again.
    """

    whose: str
    heading: str
    closing: tuple[AffectedLine, ...]
    opening: tuple[AffectedLine, ...]
    more: int
    form: Form
    action: str
    deed: str
    back: str
