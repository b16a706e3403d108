"""What the pages show that explain why somebody was told."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Form


@dataclass(frozen=True, slots=True)
class ChannelShown:
    """One channel and what became of it, in words."""

    name: str
    state: str
    words: str
    at: datetime | None
    due_at: datetime | None
    attempts: int
    message_id: str


@dataclass(frozen=True, slots=True)
class ExplanationShown:
    """Why one person was told of one post, or was not; `decided_at` is None where nothing was decided then."""

    username: str
    told: bool
    why: str
    decided_at: datetime | None
    steps: tuple[str, ...]
    channels: tuple[ChannelShown, ...]


@dataclass(frozen=True, slots=True)
class WhyPage:
    """The page: an admin's form, or None on one's own notification; and the answer, once there is one."""

    form: Form | None
    answer: ExplanationShown | None
