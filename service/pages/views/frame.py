"""What stands around the text of every page, and what every form carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """Mail to the reader's `address` came back and was stopped, `because` of this: every page says so."""

    address: str
    because: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in, as the masthead names them. `unread` counts notifications; `waiting` the posts that wait for
    this moderator (None for others); `returned` is set where mail to them came back.
    """

    username: str
    display_name: str
    unread: int
    administers: bool
    waiting: int | None = None
    returned: Returned | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """What somebody may not do for the time being, until when (None: for ever), and why. They may sign in, or not."""

    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The site's name, the reader (None for a guest) and `here`, the path that sign-in returns to. `suspended` is set
    for somebody whose account is suspended: they read as guests, and every page says so. `origin` is what the site's
    addresses begin with, on pages that name their own for search engines (RFC 6596), which are a guest's.
    """

    site_name: str
    viewer: Viewer | None
    here: str
    registration_open: bool
    suspended: Stopped | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An author as pages name them; `username` is None for imported and erased people, who have no page."""

    username: str | None
    display_name: str


@dataclass(frozen=True, slots=True)
class TagLink:
    """One of a thread's tags, as a link to the threads that share it."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class FormError:
    """One wrong field: `name` is the input's name (and the target of the summary's link), `message` a sentence."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is shown: what was typed, what was wrong with it, and its Idempotency-Key.

    `refusal` is the sentence at the top of a refused form; `code` the problem's code, which templates use to say
    what to do next (sign in, look at the newer text). An untouched form has neither. `notice` is good news.
    """

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[FormError, ...] = ()
    refusal: str | None = None
    code: str | None = None
    notice: str | None = None

    def value(self, name: str) -> str:
        """What was typed into `name`, or the empty string."""
        return self.values.get(name, "")

    def error(self, name: str) -> str | None:
        """The sentence that says what is wrong with `name`, or None."""
        return next((error.message for error in self.errors if error.name == name), None)


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select or one radio button."""

    value: str
    label: str
