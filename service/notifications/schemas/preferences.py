"""The shapes of preferences on the wire: how somebody wants to be told, by kind and channel, and when mail goes."""

import re
from datetime import timedelta
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationInfo,
    field_validator,
)

from service.kit.clock import MICROSECOND
from service.kit.zones import MOST_NAME, zone_name
from service.notifications.models import NotificationPreference
from service.notifications.policy import EVERY_CHANNEL, KINDS, wants
from service.site.schemas import Moment, TimeText, only_text
from service.web.bodies import ChangeModel, RequestModel

LONGEST_DELAY: Final = timedelta(minutes=60)
CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
Digest = Literal["off", "daily", "weekly"]
OnReply = Literal["watching", "tracking", "normal"]
AfterReading = Literal["tracking", "normal"]


def in_an_hour(span: timedelta) -> timedelta:
    """How long mail may wait: up to an hour."""
    if not timedelta(0) <= span <= LONGEST_DELAY:
        raise ValueError("must be from PT0S to PT60M")
    return span


def a_time(value: str) -> str:
    """A time of day, HH:MM."""
    if not CLOCK.fullmatch(value):
        raise ValueError("must be a time of day from 00:00 to 23:59")
    return value


Delay = Annotated[timedelta, BeforeValidator(only_text, json_schema_input_type=TimeText), AfterValidator(in_an_hour)]
Zone = Annotated[str, Field(max_length=MOST_NAME), AfterValidator(zone_name)]
TimeOfDay = Annotated[str, Field(max_length=5), AfterValidator(a_time)]


class ChannelsBody(RequestModel):
    """By which channels to be told of one kind of news; what is absent stays."""

    model_config = ConfigDict(extra="forbid")
    site: StrictBool | None = None
    mail: StrictBool | None = None
    push: StrictBool | None = None


class BeyondSiteBody(RequestModel):
    """By which channels to be told besides the site, where one is always told; what is absent stays."""

    model_config = ConfigDict(extra="forbid")
    mail: StrictBool | None = None
    push: StrictBool | None = None


class KindsBody(RequestModel):
    """The choice for each kind of news; what is absent stays."""

    model_config = ConfigDict(extra="forbid")
    mention: ChannelsBody | None = None
    answer: ChannelsBody | None = None
    quote: ChannelsBody | None = None
    reply: ChannelsBody | None = None
    opening: ChannelsBody | None = None
    closed: ChannelsBody | None = None
    closing_soon: ChannelsBody | None = None
    reminder: ChannelsBody | None = None
    decision: BeyondSiteBody | None = Field(default=None, description="What was decided about you.")
    flag: BeyondSiteBody | None = Field(default=None, description="What became of your flags.")
    appeal: BeyondSiteBody | None = Field(default=None, description="What became of your appeals.")
    reviews: ChannelsBody | None = None


class QuietHours(RequestModel):
    """Hours in which no mail and no push goes: from one time of day to another, on the next day if that is earlier; on
    the days on which they begin.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    begin: TimeOfDay = Field(alias="from", description="HH:MM, in your time zone.")
    until: TimeOfDay = Field(description="HH:MM, in your time zone; on the next day where it is before `from`.")
    days: list[Weekday] = Field(
        default_factory=lambda: list(WEEKDAYS), min_length=1, max_length=7, description="The days on which they begin."
    )

    @field_validator("until")
    @classmethod
    def another_time(cls, value: str, known: ValidationInfo) -> str:
        """Raise for the time at which they begin: that might mean a whole day as well as no time at all."""
        if value == known.data.get("begin"):
            raise ValueError("must be another time than the beginning")
        return value


class ChangePreferences(ChangeModel):
    """The preferences to change; what is absent stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "channels": {"reply": {"mail": False}},
                    "digest": "daily",
                    "time_zone": "Europe/Berlin",
                    "quiet_hours": {"from": "22:00", "until": "07:00"},
                }
            ]
        },
    )
    mail: StrictBool = Field(default=True, description="False: no mail at all.")
    channels: KindsBody = Field(default_factory=KindsBody)
    mail_delay: Delay | None = Field(default=None, description="How long mail waits, PT0S to PT60M; null: the site's.")
    digest: Digest = "off"
    digest_hour: StrictInt = Field(default=8, ge=0, le=23)
    digest_weekday: Weekday = "monday"
    time_zone: Zone = "UTC"
    quiet_hours: QuietHours | None = None
    on_reply: OnReply = Field(default="watching", description="Your level in a thread from your first reply in it on.")
    after_reading: AfterReading = Field(default="tracking", description="Your level after five minutes of reading.")

    def changes(self) -> dict[str, Any]:
        """What was named, as columns; `channels` as `{kind: {channel: bool}}` of what was named in it."""
        values = {name: getattr(self, name) for name in self.model_fields_set}
        if "channels" in values:
            values["channels"] = self.channels.model_dump(exclude_none=True)
        if values.get("mail_delay") is not None:
            values["mail_delay"] = values["mail_delay"] // MICROSECOND
        if "digest_weekday" in values:
            values["digest_weekday"] = WEEKDAYS.index(values["digest_weekday"])
        if "quiet_hours" in values:
            values |= quiet_columns(values.pop("quiet_hours"))
        return values


def quiet_columns(quiet: QuietHours | None) -> dict[str, Any]:
    """Quiet hours as columns."""
    if quiet is None:
        return {"quiet_from": None, "quiet_until": None}
    days = sorted({WEEKDAYS.index(day) for day in quiet.days})
    return {"quiet_from": minutes(quiet.begin), "quiet_until": minutes(quiet.until), "quiet_days": days}


def minutes(time_of_day: str) -> int:
    """HH:MM as minutes after midnight."""
    hours, _, rest = time_of_day.partition(":")
    return int(hours) * 60 + int(rest)


def clock_time(after_midnight: int) -> str:
    """Minutes after midnight as HH:MM."""
    return f"{after_midnight // 60:02}:{after_midnight % 60:02}"


class ChannelsView(BaseModel):
    """By which channels somebody is told of one kind of news."""

    site: bool
    mail: bool
    push: bool


class KindsView(BaseModel):
    """The choice for each kind of news."""

    mention: ChannelsView
    answer: ChannelsView
    quote: ChannelsView
    reply: ChannelsView
    opening: ChannelsView
    closed: ChannelsView
    closing_soon: ChannelsView
    reminder: ChannelsView
    decision: ChannelsView
    flag: ChannelsView
    appeal: ChannelsView
    reviews: ChannelsView


class QuietHoursView(BaseModel):
    """Hours in which no mail and no push goes."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)
    begin: str = Field(alias="from")
    until: str
    days: list[Weekday]


class StoppedView(BaseModel):
    """Mail was stopped because it came back."""

    since: Moment
    because: str


class PreferencesView(BaseModel):
    """How you are told beside the inbox, and when."""

    mail: bool = Field(description="Whether you get mail at all.")
    channels: KindsView
    mail_delay: timedelta | None = Field(description="How long mail waits; null: as long as the site says.")
    digest: Digest
    digest_hour: int
    digest_weekday: Weekday
    time_zone: str
    quiet_hours: QuietHoursView | None
    on_reply: OnReply
    after_reading: AfterReading
    mail_stopped: StoppedView | None = Field(description="Since when no mail is sent because it came back, and why.")

    @classmethod
    def of(cls, chosen: NotificationPreference) -> Self:
        """The wire form."""
        stopped, delay = chosen.mail_stopped_at, chosen.mail_delay
        return cls.model_validate(
            {
                "mail": chosen.mail, "channels": matrix(chosen), "digest": chosen.digest,
                "mail_delay": None if delay is None else timedelta(microseconds=delay),
                "digest_hour": chosen.digest_hour, "digest_weekday": WEEKDAYS[chosen.digest_weekday],
                "time_zone": chosen.time_zone, "quiet_hours": quiet_view(chosen), "on_reply": chosen.on_reply,
                "after_reading": chosen.after_reading,
                "mail_stopped": stopped and {"since": stopped, "because": chosen.mail_stopped_because},
            }
        )  # fmt: skip


def matrix(chosen: NotificationPreference) -> dict[str, dict[str, bool]]:
    """The choice for every kind and channel; that mail is off altogether is said apart."""
    as_if_on = chosen.model_copy(update={"mail": True, "mail_stopped_at": None})
    return {kind: {channel: wants(as_if_on, kind, channel) for channel in EVERY_CHANNEL} for kind in KINDS}


def quiet_view(chosen: NotificationPreference) -> dict[str, Any] | None:
    """The quiet hours, if there are any."""
    if chosen.quiet_from is None or chosen.quiet_until is None:
        return None
    days = [WEEKDAYS[day] for day in chosen.quiet_days]
    return {"from": clock_time(chosen.quiet_from), "until": clock_time(chosen.quiet_until), "days": days}
