"""The shapes of the site's settings, and of closing terms, on the wire."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)

from service.kit.clock import EPOCH, MICROSECOND, from_micros, to_micros, utc_text
from service.kit.text import check_text
from service.site.models import LATEST, LONGEST, OFF, ClosingTerms, Site
from service.web.bodies import ChangeModel, RequestModel

MOST_REPLIES = 1_000_000
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(days=7)
LONGEST_GRACE = timedelta(days=1)
LONGEST_KEPT = timedelta(days=3650)
HUNDREDTHS = 100
MOST_CONTACT = 200
MOST_TIME = 60
TIME_SHAPE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d.*)?|-?P.+", re.ASCII)
"""How RFC 3339 instants and ISO 8601 durations begin. Pydantic would also read "14" as seconds, and "14 days"."""


def name_text(value: str) -> str:
    """A site's or category's name, cleaned; a ValueError names the rule."""
    return check_text(value, name="the name", lines=False, most=60)


def only_text(value: Any) -> Any:
    """Refuse numbers, also as text, where RFC 3339 or ISO 8601 is due: pydantic would read them as seconds."""
    is_text = isinstance(value, str) and len(value) <= MOST_TIME and (value == "off" or TIME_SHAPE.fullmatch(value))
    if not (is_text or isinstance(value, datetime | timedelta)):
        raise ValueError(f"must be text of at most {MOST_TIME} characters, such as 2030-01-31T12:00:00Z or P14D")
    return value


def in_bounds(span: timedelta) -> timedelta:
    """A closing span: longer than nothing, at most 100 years."""
    if not timedelta(0) < span <= LONGEST:
        raise ValueError("must be longer than PT0S and at most P36500D")
    return span


def in_slow_bounds(span: timedelta) -> timedelta:
    """The wait of slow mode: from 10 seconds to 7 days."""
    if not SHORTEST_WAIT <= span <= LONGEST_WAIT:
        raise ValueError("must be from PT10S to P7D")
    return span


def in_grace_bounds(span: timedelta) -> timedelta:
    """The grace after a closing: at most a day; nothing is none."""
    if not timedelta(0) <= span <= LONGEST_GRACE:
        raise ValueError("must be from PT0S to P1D")
    return span


def in_kept_bounds(span: timedelta) -> timedelta:
    """For how long addresses are kept: at most ten years; nothing keeps none."""
    if not timedelta(0) <= span <= LONGEST_KEPT:
        raise ValueError("must be from PT0S to P3650D")
    return span


def contact_text(value: str) -> str:
    """Where to turn with objections, cleaned; may be empty."""
    return check_text(value, name="the contact", lines=False, least=0, most=MOST_CONTACT)


def each_once(names: list[str]) -> list[str]:
    """A list of names in which none comes twice."""
    if len(set(names)) < len(names):
        raise ValueError("must name each only once")
    return names


def in_utc(instant: datetime) -> datetime:
    """An RFC 3339 instant with its offset, in UTC, from 1970 on (in UTC: an instant before it could look like OFF)."""
    if instant.tzinfo is None:
        raise ValueError("must have an offset, such as Z")
    if not EPOCH <= instant < LATEST:
        raise ValueError("must be a year from 1970 to 9000")
    return instant.astimezone(UTC)


DATE_TIME = WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization")
Moment = Annotated[datetime, PlainSerializer(utc_text, return_type=str), DATE_TIME]
"""An instant on the wire."""
TimeText = Annotated[str, Field(max_length=MOST_TIME)]
WireInstant = Annotated[
    datetime,
    BeforeValidator(only_text, json_schema_input_type=TimeText),
    AfterValidator(in_utc),
    PlainSerializer(utc_text, return_type=str),
    DATE_TIME,
]
GraceSpan = Annotated[
    timedelta, BeforeValidator(only_text, json_schema_input_type=TimeText), AfterValidator(in_grace_bounds)
]
KeptSpan = Annotated[
    timedelta, BeforeValidator(only_text, json_schema_input_type=TimeText), AfterValidator(in_kept_bounds)
]
Weight = Annotated[float, Field(strict=True, ge=0, le=100, multiple_of=0.25, allow_inf_nan=False)]
"""What flags weigh together; one of somebody whose flags were right half of the time weighs 1."""
WireSpan = Annotated[timedelta, BeforeValidator(only_text, json_schema_input_type=TimeText), AfterValidator(in_bounds)]


def term(rule: str) -> WrapValidator:
    """Say one rule, at the term's own place, where pydantic would say one for each of the forms a term can have."""

    def settle(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
        try:
            return check(value)
        except ValidationError as error:
            raise ValueError(f"must be {rule}, “off”, or null to inherit") from error

    return WrapValidator(settle)


A_SPAN = "an ISO 8601 duration such as P14D, longer than PT0S and at most P36500D"
A_WAIT = "an ISO 8601 duration from PT10S to P7D"
A_MOMENT = "an RFC 3339 instant with its offset, such as 2030-01-31T12:00:00Z, in the years 1970 to 9000"
A_COUNT = f"a whole number from 1 to {MOST_REPLIES}"
InstantTerm = Annotated[WireInstant | Literal["off"] | None, term(A_MOMENT)]
SpanTerm = Annotated[WireSpan | Literal["off"] | None, term(A_SPAN)]
WaitTerm = Annotated[Annotated[WireSpan, AfterValidator(in_slow_bounds)] | Literal["off"] | None, term(A_WAIT)]
CountTerm = Annotated[Annotated[StrictInt, Field(ge=1, le=MOST_REPLIES)] | Literal["off"] | None, term(A_COUNT)]


class ClosingTermsBody(RequestModel):
    """The closing terms to set; each is a value, "off", or null to inherit."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"close_after_age": "P14D"}]})
    closes_at: InstantTerm = Field(default=None, description="RFC 3339 instant at which the thread closes.")
    close_after_age: SpanTerm = Field(default=None, description="ISO 8601 duration since the opening, such as P14D.")
    close_after_idle: SpanTerm = Field(default=None, description="ISO 8601 duration since the last published reply.")
    close_after_replies: CountTerm = Field(default=None, description="How many published replies close the thread.")
    reopens_at: InstantTerm = Field(default=None, description="RFC 3339 instant at which a closed thread opens again.")
    slow_mode: WaitTerm = Field(
        default=None, description="ISO 8601 duration that a member waits between two replies in one thread."
    )

    def columns(self, *, only_set: bool = False) -> dict[str, int | None]:
        """The terms as the columns of ClosingTerms; with `only_set`, those that the caller named."""
        names = self.model_fields_set if only_set else ClosingTerms.model_fields
        return {name: to_column(getattr(self, name)) for name in names if name in ClosingTerms.model_fields}


class ClosingTermsView(BaseModel):
    """Closing terms as they were set: null inherits."""

    closes_at: InstantTerm
    close_after_age: SpanTerm
    close_after_idle: SpanTerm
    close_after_replies: CountTerm
    reopens_at: InstantTerm
    slow_mode: WaitTerm

    @classmethod
    def of(cls, terms: ClosingTerms) -> "ClosingTermsView":
        """The wire form of a row's terms."""
        return cls(**terms_members(terms))


def terms_members(terms: ClosingTerms) -> dict[str, Any]:
    """The members of a ClosingTermsView."""
    enough = terms.close_after_replies
    return {
        "closes_at": instant_of(terms.closes_at),
        "close_after_age": span_of(terms.close_after_age),
        "close_after_idle": span_of(terms.close_after_idle),
        "close_after_replies": "off" if enough == OFF else enough,
        "reopens_at": instant_of(terms.reopens_at),
        "slow_mode": span_of(terms.slow_mode),
    }


def to_column(value: datetime | timedelta | int | str | None) -> int | None:
    """A term as its column's integer."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return to_micros(value)
    return value // MICROSECOND if isinstance(value, timedelta) else OFF


def instant_of(column: int | None) -> InstantTerm:
    """A column's integer as an instant term."""
    return None if column is None else "off" if column == OFF else from_micros(column)


def span_of(column: int | None) -> SpanTerm:
    """A column's integer as a span term."""
    return None if column is None else "off" if column == OFF else timedelta(microseconds=column)


ClosedReplyRole = Literal["moderator", "admin"]
ClosesAlso = Literal["reactions", "edits"]


class ChangeSite(ChangeModel):
    """The settings to change; what is absent stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "The Reading Room", "closing": {"close_after_age": "P14D"}}]},
    )
    name: Annotated[str, AfterValidator(name_text)] = Field(default="", min_length=1, max_length=60)
    registration: Literal["open", "closed"] = "open"
    max_depth: StrictInt = Field(default=5, ge=1, le=10)
    author_may_close: StrictBool = False
    hold_first_posts: StrictInt = Field(default=0, ge=0, le=100)
    close_grace: GraceSpan = Field(
        default=timedelta(0), description="How long after a closing a reply is taken that was begun before it."
    )
    closed_reply_roles: Annotated[list[ClosedReplyRole], AfterValidator(each_once)] = Field(
        default_factory=list, max_length=2, description="Who may post in a closed thread."
    )
    close_also: Annotated[list[ClosesAlso], AfterValidator(each_once)] = Field(
        default_factory=list, max_length=2, description="What a closing ends besides, for those who do not moderate."
    )
    flags_hide_at: Weight = Field(default=3, description="What flags weigh when they hide a post; 0: never.")
    flags_per_day: StrictInt = Field(default=10, ge=1, le=1000, description="Flags that a person may raise a day.")
    address_kept: KeptSpan = Field(
        default=timedelta(days=90), description="How long the audit log keeps the hashed address of who acted."
    )
    contact: Annotated[str, AfterValidator(contact_text)] = Field(
        default="", max_length=MOST_CONTACT, description="Where to turn with objections that Parley has no form for."
    )
    closing: ClosingTermsBody = Field(default_factory=ClosingTermsBody)

    def changes(self) -> dict[str, Any]:
        """The columns to set: only what the caller named."""
        named = {name: getattr(self, name) for name in self.model_fields_set if name != "closing"}
        for name in ("close_grace", "address_kept"):
            if name in named:
                named[name] = to_column(named[name])
        if "flags_hide_at" in named:
            named["flags_hide_at"] = round(self.flags_hide_at * HUNDREDTHS)
        return named | (self.closing.columns(only_set=True) if "closing" in self.model_fields_set else {})


class SiteView(BaseModel):
    """The site's settings."""

    name: str
    registration: Literal["open", "closed"]
    max_depth: int
    author_may_close: bool
    hold_first_posts: int
    close_grace: timedelta
    closed_reply_roles: list[ClosedReplyRole]
    close_also: list[ClosesAlso]
    flags_hide_at: float
    flags_per_day: int
    address_kept: timedelta
    contact: str
    closing: ClosingTermsView
    version: int

    @classmethod
    def of(cls, site: Site) -> "SiteView":
        """The wire form of the row."""
        same = site.model_dump(include=set(cls.model_fields) - {"close_grace", "flags_hide_at", "address_kept"})
        return cls(
            **same, close_grace=timedelta(microseconds=site.close_grace),
            flags_hide_at=site.flags_hide_at / HUNDREDTHS, address_kept=timedelta(microseconds=site.address_kept),
            closing=ClosingTermsView.of(site),
        )  # fmt: skip
