"""The views of a thread's page and of the screens that write, edit and delete posts."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from service.pages.views.closing import Closing
from service.pages.views.flags import FlagMark
from service.pages.views.following import Follow, Unread
from service.pages.views.frame import Choice, Form, Person, Stopped, TagLink
from service.pages.views.live import Edited, Live
from service.pages.views.moderation import Menu, Standing
from service.pages.views.pinning import PinPanel
from service.pages.views.reactions import Given, Reactions
from service.pages.views.sources import Cited, Entry, SourceRows


@dataclass(frozen=True, slots=True)
class OpeningView:
    """The thread's opening post. `edit_url` and `delete_url` are there when the reader may do so, `feed_url` when
    guests may read the thread; `standing` where not everybody may, `menu` for moderators.
    """

    title: str
    url: str
    category: str
    category_url: str
    tags: tuple[TagLink, ...]
    author: Person
    body_html: Markup
    created_at: datetime
    edited_at: datetime | None
    edit_url: str | None
    delete_url: str | None
    feed_url: str | None
    contents: tuple[Entry, ...]
    sources: tuple[Cited, ...]
    revisions_url: str
    reactions: Reactions | None
    flag: FlagMark | None
    standing: Standing | None
    menu: Menu | None
    edit: "EditWaiting | None" = None


@dataclass(frozen=True, slots=True)
class EditWaiting:
    """An edit that waits, for its author and moderators: the sentence, since when, the new title and text (None: as
    they are). `form` takes it back; it is its author's.
    """

    sentence: str
    at: datetime
    title: str | None
    body_html: Markup | None
    form: Form | None
    thread_id: int
    reply_id: int | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A parent that stands on another page of the thread: its number and its address."""

    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a thread takes no replies: since when, by whom (a person, or None for a rule), why, and the reason given; and
    when it opens again by itself.
    """

    at: datetime
    by: Person | None
    why: str
    reason: str
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """A closing that is to come: when, by which rule, whether within days, and when the thread opens again after it."""

    at: datetime
    why: str
    soon: bool
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pace:
    """Slow mode: the wait between two replies, and when this reader's is over, to the second (None: they do not wait);
    both in words too.
    """

    wait: str
    again_at: datetime | None
    again: str


@dataclass(frozen=True, slots=True)
class Saved:
    """Where the page's script keeps a reply that is being written, for all of its writer's devices; `at` is when it
    was kept last (None: not yet), `is_shown` whether the form holds that text.
    """

    door: str
    at: datetime | None = None
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Composer:
    """A form that writes a post. `draft` names the text in the browser's storage; `preview_html` is the preview
    without scripts.

    `answering` is the number and author of the reply that is answered; `anyway` says that the thread is closed;
    `saved` is there for replies of who is signed in; `grace_until` says that a closed thread still takes this one;
    `quoted` is the quotation that was asked for, `moment` when the form was drawn, signed, and `bits` how much the
    browser is asked to compute (0: nothing).
    """

    form: Form
    draft: str
    preview_html: Markup | None
    answering: "Answering | None" = None
    anyway: bool = False
    saved: Saved | None = None
    grace_until: datetime | None = None
    quoted: str = ""
    moment: str = ""
    bits: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A text that could not be posted because the thread closed: given back, with the refusal if there was one.

    Without a text the section stays hidden until the browser finds one in its storage under `draft`.
    """

    draft: str
    text: str
    refusal: str | None
    saved: Saved | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """The reply that is being answered."""

    id: int
    number: int
    author: Person
    url: str


@dataclass(frozen=True, slots=True)
class Pager:
    """Numbered pages: of a thread's replies. Addresses are None where there is nothing to go to."""

    page: int
    last: int
    previous_url: str | None
    next_url: str | None
    first_url: str
    last_url: str


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Everything on `/t/{id}/{slug}`. `composer` is None where the reader gets no form; the rest says why.

    `silenced` is set for a reader who may not write for the time being; `reactions` are all that the reader may give,
    for the script that unfolds them under a post.
    `moderated` says what a form of moderation did, or why it did nothing to a post that is not on the page any more.
    `undo` is the log's entry of what was decided just now, where it can be undone.
    """

    opening: OpeningView
    action: str
    moderated: Form
    heading: str
    replies: Markup
    pager: Pager
    coming: Coming | None
    pace: Pace | None
    replies_left: str | None
    closed: Closed | None
    closing: Closing | None
    remind_url: str | None
    follow: Follow | None
    unread: Unread | None
    composer: Composer | None
    kept: Kept | None
    post_anyway_url: str | None
    sign_in_url: str | None
    reactions: tuple[Given, ...]
    live: Live
    silenced: Stopped | None = None
    undo: int | None = None
    pin: PinPanel | None = None


@dataclass(frozen=True, slots=True)
class ComposePage:
    """`/new`: a title, a category, tags (with names to choose from), a body, sources; for who `may_time` it, when it
    is published.
    """

    composer: Composer
    categories: tuple[Choice, ...]
    tag_names: tuple[str, ...]
    sources: SourceRows
    may_time: bool = False


@dataclass(frozen=True, slots=True)
class EditPage:
    """Editing a thread's opening (`title_field`, tags to choose from, sources) or a reply; `is_html` for a text that an
    import brought. After 412 `theirs` is the newer text, shown beside. `waiting` says that the form begins with an edit
    that waits.
    """

    composer: Composer
    what: str
    back_url: str
    title_field: bool
    is_html: bool
    tag_names: tuple[str, ...]
    theirs: "Theirs | None"
    sources: SourceRows | None
    live: Edited
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class Theirs:
    """The text as it is stored now, when somebody else changed it first."""

    title: str | None
    body: str
    edited_at: datetime | None
    tags: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeletePage:
    """The question before a post goes: what it is, what will happen, and the way back."""

    form: Form
    what: str
    consequence: str
    body_html: Markup
    back_url: str
