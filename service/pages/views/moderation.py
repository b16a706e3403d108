"""The views of moderation: what a post's page says of its state, the steps a moderator may take, and the queue."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from service.pages.views.frame import Choice, Form, Person


@dataclass(frozen=True, slots=True)
class Standing:
    """A post that not everybody sees: a word for the stamp, a sentence on who sees it, and a moderator's reason."""

    stamp: str
    note: str
    reason: str


@dataclass(frozen=True, slots=True)
class Menu:
    """The steps that a moderator may take with a post. `prefix` makes the ids of its fields unique on the page; `what`
    names the post for those who hear the page read. `form` is open where it was refused.

    `version` is the post's, or that of its review where the form is about a review (`review_id`). `canned` are the
    reasons to choose from; with `override` the form decides though another moderator looks at the post.
    """

    form: Form
    prefix: str
    what: str
    thread_id: int
    reply_id: int | None
    version: int
    actions: tuple[Choice, ...]
    review_id: int | None = None
    canned: tuple[Choice, ...] = ()
    override: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of the queue."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Last:
    """What was decided last about a post: `Hidden by Mona`, when, and the reason."""

    words: str
    by: Person | None
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One post of the queue. `published` is how many posts of its author are published (None: nobody's account).

    `standing` is its state where that is not the list's; `url` is None where its thread is deleted.
    """

    what: str
    title: str
    url: str | None
    category: str
    author: Person
    published: int | None
    body_html: Markup
    created_at: datetime
    edited_at: datetime | None
    standing: str
    last: Last | None
    menu: Menu


@dataclass(frozen=True, slots=True)
class Done:
    """What a decision did, and to which post; `url` is None where it went out of sight."""

    words: str
    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`/mod/queue`: the tabs, the notice of what was done, a refused decision, and one page of a list.

    `refused` is the item whose decision was refused, as it stands now, with what was typed.
    """

    tabs: tuple[Tab, ...]
    heading: str
    action: str
    empty: str
    items: tuple[QueueItem, ...]
    refused: QueueItem | None
    done: Done | None
    next_url: str | None
    first_url: str | None


@dataclass(frozen=True, slots=True)
class ReviewLinkPage:
    """`/review/{token}`: the post that a moderator's letter was about, and the step that its link is for. `current`:
    nothing has happened to the post since; `done`: the step was taken just now.
    """

    action: str
    what: str
    title: str
    author: str
    at: datetime
    body_html: Markup
    done: bool
    current: bool
    moderation: str
