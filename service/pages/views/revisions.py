"""The view of the page that shows what a post said before it was edited."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Form, Person


@dataclass(frozen=True, slots=True)
class Part:
    """Words that stayed (`same`), went (`removed`) or came (`added`); `gap` stands for some that stayed."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One text of a post, and what it changed in the one before.

    `title`, `text` and `sources` are empty where nothing changed. `note` says why there is no comparison. `form`
    removes this text for good; None for a reader who may not.
    """

    number: int
    is_current: bool
    author: Person
    at: datetime
    note: str
    title: tuple[Part, ...]
    text: tuple[Part, ...]
    sources: tuple[tuple[Part, ...], ...]
    form: Form | None


@dataclass(frozen=True, slots=True)
class RevisionsPage:
    """A post's texts, newest first; `older_url` goes on where the page ends. `refused` is a removal that failed."""

    what: str
    here: str
    back_url: str
    changes: tuple[Change, ...]
    older_url: str | None
    newest_url: str | None
    refused: Form | None
