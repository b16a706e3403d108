"""The view of the page that lists what somebody follows."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Form


@dataclass(frozen=True, slots=True)
class FollowedLine:
    """One category, tag or thread; `kind` and `id` are what its button sends, `word` and `why` say the level."""

    kind: str
    id: int
    name: str
    url: str
    word: str
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class FollowedGroup:
    """All of one kind on this screen, under a heading."""

    title: str
    lines: tuple[FollowedLine, ...]


@dataclass(frozen=True, slots=True)
class FollowedPage:
    """`/settings/following`: categories, tags, threads, of each the newest first."""

    form: Form
    groups: tuple[FollowedGroup, ...]
    further_url: str | None
    first_url: str | None
