"""The views of the screens that list things: threads, a category, a person, notifications."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from service.pages.views.following import Follow
from service.pages.views.frame import Choice, Form, Person, TagLink
from service.pages.views.queue import NoteLine
from service.pages.views.removing import Removing
from service.pages.views.suspending import Suspending


class ThreadLine(NamedTuple):
    """One thread in a list. `state` is `open`, `closed` or `archived`, or says that it waits for a moderator;
    `active_at` is the newest of opening and reply. `unread` counts what is new to a reader who follows the thread;
    `pinned`: it stands first here. A tuple, because a page makes thirty of them.
    """

    title: str
    url: str
    category: str
    category_url: str
    author: Person
    thoughts: str
    state: str
    active_at: datetime
    tags: tuple[TagLink, ...]
    unread: int = 0
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category as a link. `visibility` is said where it is not public."""

    name: str
    url: str
    description: str
    visibility: str
    current: bool


@dataclass(frozen=True, slots=True)
class ThreadsPage:
    """`/` and `/c/{slug}`. `older_url` and `newest_url` page the list; without a `new_url` the reader may not write.

    `feed_url` is there when guests may see what is listed.
    """

    title: str
    description: str
    threads: tuple[ThreadLine, ...]
    categories: tuple[CategoryLine, ...]
    older_url: str | None
    newest_url: str | None
    new_url: str | None
    feed_url: str | None
    is_home: bool
    follow: Follow | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """What moderators noted about a person, the oldest first, and the form for one more."""

    lines: tuple[NoteLine, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """`/u/{username}`: who, since when, and what they opened, newest first. Admins get the form that gives a role, and
    moderators the one that suspends and silences, and their notes.
    """

    person: Person
    role: str
    joined_at: datetime
    threads: tuple[ThreadLine, ...]
    older_url: str | None
    is_self: bool
    role_form: Form | None
    roles: tuple[Choice, ...]
    suspending: Suspending | None = None
    removing: Removing | None = None
    notes: Notes | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification: a sentence, its place, why it came, and whether it was read."""

    id: int
    text: str
    url: str
    why: str
    at: datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class NotificationsPage:
    """`/notifications`, newest first."""

    form: Form
    notices: tuple[Notice, ...]
    unread: int
    older_url: str | None
