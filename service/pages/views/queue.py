"""The views of `/mod/queue`: its lists, its items with all that a decision needs, and the preview of many at once."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from service.pages.views.flags import FlagsView
from service.pages.views.frame import Choice, Form, Person
from service.pages.views.moderation import Menu, Tab
from service.pages.views.revisions import Part


@dataclass(frozen=True, slots=True)
class Last:
    """What was decided last about a post: `Hidden by Mona`, when, and the reason."""

    words: str
    by: Person | None
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """The words that a rule found, and some around them: what stands before, the words, what follows, and where."""

    before: str
    words: str
    after: str
    where: str


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One decision of the past: `Held by the rule “Casinos” (version 2)`, when, what it changed, on what ground.

    `inputs` are the facts that a rule looked at; `undone` says who took the decision back, where somebody did.
    """

    words: str
    at: datetime
    change: str
    reason: str
    match: Match | None
    inputs: tuple[tuple[str, str], ...]
    undone: str
    url: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Who looks at an item now: the sentence that says so, and whether it is the reader of the page."""

    words: str
    mine: bool


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A staff note."""

    by: Person
    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class EditShown:
    """An edit that waits, as what it changes in the text that everybody sees."""

    by: Person | None
    at: datetime
    title: tuple[Part, ...]
    text: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One post of the queue. `published` is how many posts of its author are published (None: nobody's account).

    `standing` is its state where that is not the list's; `url` is None where its thread is deleted. `review_id` and
    `version` name the review for a claim, a note, and what is done to many at once (None: the post has none). `ground`
    is the decision that brought it here, where a rule took it; `record` all of them, the newest first.
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
    review_id: int | None
    version: int
    is_open: bool
    claim: Claim | None
    ground: RecordLine | None
    record: tuple[RecordLine, ...]
    edit: EditShown | None
    flags: FlagsView | None
    notes: tuple[NoteLine, ...]
    note_form: Form


@dataclass(frozen=True, slots=True)
class Done:
    """What a decision did, and to which post: `url` is None where it went out of sight, `title` empty where it was many
    posts. `undo` is the entry of the log by which it can be undone (None: it is too late, or was an undoing).
    """

    words: str
    title: str = ""
    url: str | None = None
    undo: int | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be looked for in a list: the choices, and a form with what is looked for now. `clear_url` is the list
    without any of it (None: nothing is looked for).
    """

    form: Form
    show: str
    categories: tuple[Choice, ...]
    rules: tuple[Choice, ...]
    reasons: tuple[Choice, ...]
    ages: tuple[Choice, ...]
    clear_url: str | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`/mod/queue`: the tabs, the notice of what was done, a refused decision, and one page of a list.

    `refused` is the item whose decision was refused, as it stands now, with what was typed. `waiting` says how many
    wait and since when; `many` are the steps that can be taken with all that are ticked; `manages` says whether the
    reader keeps the canned reasons.
    """

    tabs: tuple[Tab, ...]
    heading: str
    action: str
    empty: str
    filters: Filters
    waiting: str
    oldest: datetime | None
    items: tuple[QueueItem, ...]
    refused: QueueItem | None
    form: Form
    done: Done | None
    many: tuple[Choice, ...]
    canned: tuple[tuple[int, str], ...]
    manages: bool
    next_url: str | None
    first_url: str | None


@dataclass(frozen=True, slots=True)
class ManyLine:
    """How many of the chosen posts are in one state, and what becomes of them: the state, or why nothing."""

    count: int
    state: str
    becomes: str
    changes: bool


@dataclass(frozen=True, slots=True)
class ManyPage:
    """What would happen if one step were taken with many posts: `changing` of them. `chosen` are the reviews with the
    versions that were seen; `claimed` says that other moderators look at some of them.
    """

    step: str
    heading: str
    button: str
    action: str
    lines: tuple[ManyLine, ...]
    changing: int
    chosen: tuple[tuple[int, int], ...]
    claimed: bool
    takes_reason: bool
    canned: tuple[Choice, ...]
    form: Form
