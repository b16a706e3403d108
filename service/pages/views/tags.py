"""The views of tags: as links beside a thread, as the list of all, and one tag's threads."""

from dataclasses import dataclass

from service.pages.views.following import Follow
from service.pages.views.lists import ThreadLine


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag in the list of all: `threads` is "3 threads"."""

    name: str
    url: str
    threads: str


@dataclass(frozen=True, slots=True)
class TagsPage:
    """`/tags`, the most used first."""

    tags: tuple[TagLine, ...]
    older_url: str | None
    newest_url: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One way to turn a list: a sort or a state, as a link; `current` is the one that is shown."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class TagPage:
    """`/tags/{slug}`: its threads. `feed_url` is there when guests may see some of them."""

    name: str
    threads_in_all: str
    sorts: tuple[Turn, ...]
    states: tuple[Turn, ...]
    threads: tuple[ThreadLine, ...]
    older_url: str | None
    newest_url: str | None
    feed_url: str | None
    follow: Follow | None = None
