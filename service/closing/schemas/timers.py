"""The shapes of timers on the wire."""

from typing import Annotated, Literal, Self, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from service.closing.operations import Plan
from service.closing.queries import TimerSeen
from service.kit.errors import Invalid
from service.kit.zones import MOST_NAME, zone_name
from service.site.schemas import Moment, WireInstant, WireSpan
from service.web.bodies import RequestModel

Kind = Literal[
    "close", "silent_close", "open", "publish", "archive", "bump", "remind", "delete_replies", "clear_slow_mode"
]  # fmt: skip
Zone = Annotated[str, AfterValidator(zone_name), Field(max_length=MOST_NAME)]


class SetTimer(RequestModel):
    """When it is to happen: at an instant, or after a span from now."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"at": "2030-01-31T12:00:00Z", "time_zone": "Europe/Amsterdam"}]},
    )
    at: WireInstant | None = Field(default=None, description="RFC 3339 instant, later than now.")
    after: WireSpan | None = Field(default=None, description="ISO 8601 duration from now, such as P2D.")
    time_zone: Zone = Field(default="UTC", description="IANA name of the zone in which people are shown the time.")

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        """Raise unless exactly one of `at` and `after` is there."""
        if (self.at is None) == (self.after is None):
            raise ValueError("needs one of at and after")
        return self


def to_plan(draft: SetTimer | Invalid) -> Plan | Invalid:
    """The draft as the operation takes it. A refusal stays one."""
    return draft if isinstance(draft, Invalid) else Plan(draft.at, draft.after, draft.time_zone)


class TimerView(BaseModel):
    """What is to happen to a thread, or happened: `ended_at` and `outcome` are null while it is to come."""

    kind: Kind
    at: Moment
    time_zone: str = Field(description="The zone in which people are shown the time.")
    set_by: str | None = Field(description="The username of who set it.")
    created_at: Moment
    ended_at: Moment | None
    outcome: str | None = Field(description="What it did, or why it did nothing.")

    @classmethod
    def of(cls, seen: TimerSeen) -> "TimerView":
        """The wire form of a timer."""
        timer = seen.timer
        return cls(
            kind=cast(Kind, timer.kind), at=timer.at, time_zone=timer.time_zone, set_by=seen.set_by,
            created_at=timer.created_at, ended_at=timer.ended_at, outcome=timer.outcome or None,
        )  # fmt: skip
