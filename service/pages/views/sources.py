"""What stands around a thread's text: its contents and its sources."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents: the heading's id and words, and the sections inside it."""

    mark: str
    words: str
    under: "tuple[Entry, ...]"


@dataclass(frozen=True, slots=True)
class Cited:
    """A source as a bibliography writes it, in sentences with their full stops; empty where nothing was said.

    `title` is set in italics, so its full stop stands apart in `stop`. `accessed` is the day in words, `day` the same
    for machines.
    """

    author: str
    title: str
    stop: str
    place: str
    url: str
    shown_url: str
    accessed: str
    day: str
    note: str


@dataclass(frozen=True, slots=True)
class SourceRows:
    """The part of a form that takes sources: `rows` sets of fields, and whether it is unfolded.

    `added` is the row that was asked for just now, to be typed into; `may_add` whether there may be more;
    `rearranged` whether one of the buttons that add and remove brought the form back.
    """

    rows: int
    is_open: bool
    may_add: bool
    added: int | None = None
    rearranged: bool = False
