"""The views of decisions: the statement of reasons, the list of one's own, and the appeals that moderators decide."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Form, Person
from service.pages.views.moderation import Tab


@dataclass(frozen=True, slots=True)
class AppealShown:
    """An appeal as the page of its decision shows it: what was said, when, what became of it, and what was answered."""

    body: str
    at: datetime
    outcome: str
    reason: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class StatementShown:
    """A decision in words. `facts` are sentences: how far it goes, how long, the ground, how it was found and decided.

    `post_url` is where the post stands, for who sees it there; `excerpt` the beginning of the person's own text.
    `evidence` and `by` are for moderators alone.
    """

    sentence: str
    at: datetime
    state: str
    excerpt: str
    post_url: str | None
    reason: str
    rule: str
    rule_reason: str
    facts: tuple[str, ...]
    appeal: AppealShown | None
    appeal_until: datetime | None
    contact: str
    person: Person | None = None
    by: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class StatementPage:
    """`/decisions/{id}`, and `/statement/{token}` for who is not signed in. `form` is there while one can appeal;
    `sent`: the appeal was made just now.
    """

    statement: StatementShown
    form: Form | None
    action: str
    by_link: bool
    sent: bool


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision in the list of one's own."""

    sentence: str
    url: str
    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class DecisionsPage:
    """`/decisions`: what took something from the reader, newest first."""

    lines: tuple[DecisionLine, ...]
    older_url: str | None
    contact: str


@dataclass(frozen=True, slots=True)
class AppealCase:
    """One appeal for moderators: the decision, what its person says, and the form. `barred` is why this moderator may
    not decide it (empty: they may); `alone` says that they took the decision and nobody else may decide.
    """

    id: int
    url: str
    what: str
    person: Person
    at: datetime
    body: str
    statement: StatementShown
    form: Form
    version: int
    barred: str
    alone: bool


@dataclass(frozen=True, slots=True)
class AppealsPage:
    """`/mod/appeals`: those that wait, the longest first. `notice` says what was done just now, `refusal` why
    nothing was done to an appeal that does not wait any more.
    """

    tabs: tuple[Tab, ...]
    cases: tuple[AppealCase, ...]
    notice: str | None
    refusal: Form
    next_url: str | None
