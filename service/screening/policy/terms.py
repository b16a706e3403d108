"""The terms of each kind of rule: the one source of their names, bounds and messages, for the API and for the page."""

import ipaddress
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr, ValidationInfo

from service.kit.outbound import Refused, read_url
from service.screening.policy.words import check_lines

MOST_LINES: Final = 1_000
MOST_LINE: Final = 500
MOST_NETWORK: Final = 60
STORED: Final = "stored"
"""The context in which terms are read that a row has kept."""

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)

RuleKind = Literal[
    "hold_all", "first_posts", "links", "words", "addresses", "account_age", "flood", "duplicate", "honeypot",
    "too_fast", "unproven", "shared_host", "external",
]  # fmt: skip
RuleVerdict = Literal["hold", "spam", "reject", "refuse"]
Place = Literal["title", "body", "name", "mail", "agent", "links"]
"""Where words are looked for."""

TITLE_AND_TEXT: Final[tuple[Place, ...]] = ("title", "body")


def only_text(value: Any) -> Any:
    """A duration is text on the wire: a number would be taken for seconds."""
    if not isinstance(value, str | timedelta) or (isinstance(value, str) and not value.startswith("P")):
        raise ValueError("must be an ISO 8601 duration, such as PT10M")
    return value


def span_between(least: timedelta, most: timedelta, said: str) -> AfterValidator:
    """A rule for durations that names its bounds."""

    def check(value: timedelta) -> timedelta:
        if not least <= value <= most:
            raise ValueError(f"must be a duration {said}")
        return value

    return AfterValidator(check)


Short = Annotated[timedelta, BeforeValidator(only_text), span_between(SECOND, DAY, "from PT1S to P1D")]
Blink = Annotated[timedelta, BeforeValidator(only_text), span_between(SECOND, 600 * SECOND, "from PT1S to PT10M")]
Long = Annotated[timedelta, BeforeValidator(only_text), span_between(SECOND, 3650 * DAY, "from PT1S to P3650D")]
Month = Annotated[timedelta, BeforeValidator(only_text), span_between(SECOND, 30 * DAY, "from PT1S to P30D")]
Fewer = Annotated[
    Annotated[StrictInt, Field(ge=1, le=100)] | None,
    Field(description="Asked only of authors with fewer published posts than this; null: of all."),
]


class Terms(BaseModel):
    """What every kind's terms have in common: nothing else is taken, and nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_timedelta="iso8601")


class HoldAll(Terms):
    """Every post."""


class FirstPosts(Terms):
    """An author's first posts: so many in any case, and further ones until so many were published."""

    posts: StrictInt = Field(default=0, ge=0, le=100, description="How many first posts are caught in any case.")
    approved: StrictInt = Field(default=1, ge=1, le=100, description="And all until this many have been published.")


class Links(Terms):
    """Links to other sites."""

    least: StrictInt = Field(default=2, ge=1, le=100, description="From how many on.")
    count: Literal["hosts", "links"] = Field(default="hosts", description="Distinct hosts, or every link.")
    only_first_posts: Fewer = None


class Words(Terms):
    """Words in a post: a plain line is a whole word or phrase, `~part` stands anywhere, `/expression/` is RE2's."""

    lines: Annotated[list[Annotated[StrictStr, Field(max_length=MOST_LINE)]], AfterValidator(check_lines)] = Field(
        min_length=1, max_length=MOST_LINES
    )
    fields: list[Place] = Field(
        default_factory=lambda: list(TITLE_AND_TEXT), min_length=1, max_length=6,
        description="Where to look: the title, the text, its author's names, the domain of their mail address, their "
        "program, the hosts that are linked to.",
    )  # fmt: skip
    only_first_posts: Fewer = None


def to_networks(lines: list[str]) -> list[str]:
    """Addresses and networks in CIDR form; a ValueError names the line that is none."""
    found = []
    for place, line in enumerate(lines, 1):
        try:
            found.append(str(ipaddress.ip_network(line.strip(), strict=False)))
        except ValueError:
            raise ValueError(f"line {place} is no address and no network, such as 192.0.2.0/24") from None
    return found


class Addresses(Terms):
    """Addresses that posts come from."""

    networks: Annotated[
        list[Annotated[StrictStr, Field(max_length=MOST_NETWORK)]], AfterValidator(to_networks)
    ] = Field(min_length=1, max_length=MOST_LINES)  # fmt: skip
    only_first_posts: Fewer = None


class AccountAge(Terms):
    """Young accounts."""

    younger_than: Long = DAY


class Flood(Terms):
    """Many posts of one person in a short time."""

    posts: StrictInt = Field(default=60, ge=1, le=1_000, description="How many are taken in each window.")
    window: Short = 60 * SECOND


class Duplicate(Terms):
    """The same text of the same person, in the same thread or as another thread."""

    window: Short = 600 * SECOND


class Honeypot(Terms):
    """A field that people do not see, and programs fill in."""


class TooFast(Terms):
    """A form that was sent sooner after it was shown than people type."""

    least: Blink = 3 * SECOND
    only_first_posts: Fewer = None


class Unproven(Terms):
    """A form that was sent without the small computation that browsers do while somebody types.

    Without scripting nobody can do it, so a verdict of `hold` is the kind one.
    """

    bits: StrictInt = Field(default=16, ge=8, le=22, description="Zero bits to find; each further one doubles it.")
    only_first_posts: Fewer = None


class SharedHost(Terms):
    """The same other site, linked to in several posts of young accounts: what they have in common is who pays them."""

    times: StrictInt = Field(default=3, ge=2, le=100, description="From how many such posts on.")
    window: Month = DAY
    younger_than: Long = 7 * DAY


def check_address(url: str, said: ValidationInfo) -> str:
    """The address, if a request can be sent there. What is stored is not asked again: it fails when it is sent."""
    if said.context != STORED:
        try:
            read_url(url)
        except Refused as refusal:
            raise ValueError(str(refusal)) from refusal
    return url


class External(Terms):
    """A program elsewhere that is asked about each post, while the post waits."""

    url: Annotated[
        Annotated[StrictStr, Field(min_length=8, max_length=2_000, pattern="^https?://")],
        AfterValidator(check_address),
    ]
    protocol: Literal["parley", "akismet"] = Field(
        default="parley", description="Signed JSON, or the form of Akismet's comment-check."
    )
    fails: Literal["open", "closed"] = Field(
        default="closed", description="Without an answer: open publishes, closed leaves it to a moderator."
    )


TERMS: Final[dict[RuleKind, type[Terms]]] = {
    "hold_all": HoldAll, "first_posts": FirstPosts, "links": Links, "words": Words, "addresses": Addresses,
    "account_age": AccountAge, "flood": Flood, "duplicate": Duplicate, "honeypot": Honeypot, "too_fast": TooFast,
    "unproven": Unproven, "shared_host": SharedHost, "external": External,
}  # fmt: skip
"""The terms of each kind, in the order in which a list of kinds shows them."""

ANY: Final[tuple[RuleVerdict, ...]] = ("hold", "spam", "reject")
VERDICTS: Final[dict[RuleKind, tuple[RuleVerdict, ...]]] = {
    "hold_all": ("hold",), "first_posts": ("hold",), "links": ANY, "words": ANY, "addresses": ANY, "account_age": ANY,
    "flood": ("refuse",), "duplicate": ("refuse",), "honeypot": ANY, "too_fast": ANY,
    "unproven": ANY, "shared_host": ANY, "external": ("hold",),
}  # fmt: skip
"""The verdicts that a rule of each kind may have; the first is the one it begins with."""


def parse_terms(kind: RuleKind, said: Any) -> Terms:
    """The terms of a rule, from JSON. Raises pydantic's ValidationError, which names the field and its rule."""
    return TERMS[kind].model_validate(said)


def stored_terms(kind: RuleKind, kept: Any) -> Terms:
    """The terms that a row has kept, also where an address would not be taken any more: posts go on being asked.
    Raises ValidationError.
    """
    return TERMS[kind].model_validate(kept, context=STORED)


def terms_json(terms: Terms) -> dict[str, Any]:
    """The terms as a row keeps them, and as JSON shows them."""
    return terms.model_dump(mode="json")
