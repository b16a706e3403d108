"""The view of the page that lists what somebody has begun to write."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Form


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One draft: its beginning, and its thread (no title and no address where its writer may not see it any more)."""

    thread_id: int
    title: str | None
    url: str | None
    beginning: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class DraftsPage:
    """`/settings/drafts`, the last changed first."""

    form: Form
    drafts: tuple[DraftLine, ...]
    older_url: str | None
    newest_url: str | None
