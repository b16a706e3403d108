"""The views of moderation: what a post's page says of its state, and the steps that a moderator may take."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from service.pages.views.frame import Choice, Form


@dataclass(frozen=True, slots=True)
class Standing:
    """A post that not everybody sees: a word for the stamp, a sentence on who sees it, and a moderator's reason.
    `why` is where its author reads the whole decision, and appeals it.
    """

    stamp: str
    note: str
    reason: str
    why: str = ""


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
