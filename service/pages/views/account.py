"""The views of the screens about one's own account, and of the site's administration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Choice, Form, Person, Stopped


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """`/register` and `/first-admin`: the same form.

    `first_admin` carries the one-time token in a hidden field; `claim` is there for a reader who has an account.
    """

    form: Form
    first_admin: bool
    closed: bool
    claim: bool


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`/sign-in`; `next` is where the reader goes afterwards, a path on this site. `statement_url` is where somebody
    suspended reads why.
    """

    form: Form
    next: str
    statement_url: str = ""


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One signed-in browser. `device` is its user agent in a few words."""

    id: int
    device: str
    created_at: datetime
    last_used_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One API token; its secret is never shown again."""

    id: int
    name: str
    scopes: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One browser that gets push messages; `failing` when its push service refused the last of them."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None
    failing: bool
    current: bool


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """`/settings`. One form per matter, so that a refusal stands by the fields it is about.

    `push_key` is what a browser subscribes with; None where the site sends no push messages, and says nothing of them.
    `silenced` is set for who may not write for the time being.
    """

    profile: Form
    password: Form
    mail: Form
    address: Form
    sessions_form: Form
    tokens_form: Form
    devices_form: Form
    email: str
    mail_on: bool
    sessions: tuple[SessionLine, ...]
    tokens: tuple[TokenLine, ...]
    scopes: tuple[Choice, ...]
    new_token: str | None
    push_key: str | None
    devices: tuple[DeviceLine, ...]
    silenced: Stopped | None = None


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """`/unsubscribe/{token}`: how the letter's person follows the thread now, and which button was pressed (`done`).

    `title` and `url` are None where they may not read the thread any more.
    """

    title: str | None
    url: str | None
    muted: bool
    mail: bool
    done: str


@dataclass(frozen=True, slots=True)
class LeaveListPage:
    """`/unsubscribe/{token}` of a letter that is about no one thread: its `kind`, whether its person gets such letters
    now, and which button was pressed (`done`).
    """

    kind: str
    on: bool
    done: str


@dataclass(frozen=True, slots=True)
class Moderators:
    """Who moderates a category, and the form that adds somebody or removes one of them."""

    form: Form
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class CategoryForm:
    """One category on `/admin`, as a form; `slug` is None for the form that makes one, `inherited` says each term."""

    form: Form
    slug: str | None
    name: str
    inherited: Mapping[str, str]
    moderators: Moderators | None = None


@dataclass(frozen=True, slots=True)
class AdminPage:
    """`/admin`: the site's own settings and its categories.

    The modes of closing terms come by the sort of term: a span or a number under "", a time under "at", a wait.
    """

    site: Form
    registrations: tuple[Choice, ...]
    visibilities: tuple[Choice, ...]
    modes: Mapping[str, tuple[Choice, ...]]
    site_modes: Mapping[str, tuple[Choice, ...]]
    categories: tuple[CategoryForm, ...]
    new_category: CategoryForm
