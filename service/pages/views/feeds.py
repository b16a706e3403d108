"""What a feed says: an Atom document's parts (RFC 4287), with absolute addresses, before they are XML."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Category:
    """An `atom:category`: `scheme` is the address that says what kind of word `term` is, `label` is for people."""

    term: str
    label: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One post. `id` never changes, whatever the title; `html` is the post's HTML, its links absolute.

    `updated` is the last edit, else `published`. `answers` is the id of the entry that it answers (`thr:in-reply-to`,
    RFC 4685 section 3), `replies_url` the feed of what answers it.
    """

    id: str
    title: str
    url: str
    author: str
    author_url: str | None
    published: datetime
    updated: datetime
    html: str
    categories: tuple[Category, ...] = ()
    answers: str | None = None
    replies_url: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed. `self_url` is its own address and its id, `url` the page that shows the same to people.

    `updated` is the newest change of anything in it, a closing among them.
    """

    title: str
    subtitle: str
    self_url: str
    url: str
    updated: datetime
    entries: tuple[Entry, ...]
    categories: tuple[Category, ...] = ()
