"""What `/mod/rules` and its pages show: the rules in order, the form of one, and a trial on earlier posts."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Choice, Form


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in the list. `says` is what it does, in a sentence; `where` the category that it is for (empty: all).

    `button` is what its form does: `off`, `on` (it was tried), `blind` (it cannot be), or `try`.
    """

    id: int
    version: int
    name: str
    says: str
    where: str
    enabled: bool
    hits: int
    changed_at: datetime
    button: str


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The list. `kinds` are the kinds that a new rule may be of, with the addresses of their forms; `held` says how
    many first posts the site's own setting holds; `last` on how many posts a rule is tried.
    """

    lines: tuple[RuleLine, ...]
    kinds: tuple[Choice, ...]
    held: int
    form: Form
    notice: str
    last: int


@dataclass(frozen=True, slots=True)
class Input:
    """A field of a kind's form: `shape` is `number`, `text`, `lines`, `choice` or `checks`."""

    name: str
    shape: str
    label: str
    hint: str = ""
    unit: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class RulePage:
    """The form of a rule: a new one of a kind, or a stored one (`id`). `triable` says whether rules of the kind can be
    tried on earlier posts; `secret` is one that is shown this once.
    """

    id: int | None
    kind: str
    heading: str
    says: str
    action: str
    form: Form
    inputs: tuple[Input, ...]
    verdicts: tuple[Choice, ...]
    categories: tuple[Choice, ...]
    enabled: bool
    triable: bool
    last: int
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what became of posts, and of how many of them the rules would have done what."""

    label: str
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A post of a sample: its text around what `matched`, and what became of it. Without a text it is gone."""

    url: str
    title: str
    author: str
    at: datetime
    before: str
    matched: str
    after: str
    outcome: str


@dataclass(frozen=True, slots=True)
class SampleList:
    """Samples of one kind."""

    heading: str
    total: int
    lines: tuple[SampleLine, ...]
    gone: int


@dataclass(frozen=True, slots=True)
class BacktestPage:
    """A trial: `percent` is how far it is (None: it has ended). `columns` and `rows` are the table of the report.

    `button` is what can be done with the rule that was tried: `make` (it is not stored yet), `on`, `change` (it is on,
    and does something else so far); empty where it is as it was tried, or several were.
    """

    id: int
    state: str
    heading: str
    says: tuple[str, ...]
    where: str
    examined: int
    total: int
    percent: int | None
    made_at: datetime
    seconds: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    decided: int
    agreed: int
    samples: tuple[SampleList, ...]
    form: Form
    button: str
    back_url: str
    standing: str
