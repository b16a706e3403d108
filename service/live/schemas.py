"""The shapes of live events on the wire: the envelope, a page of them, and the messages of a stream."""

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from service.kit.events import EventRow
from service.live.queries import Facts, Missed
from service.site.schemas import Moment
from service.threads.schemas import Reason, State
from service.web.streams import message

DECISIONS: Final = (".hidden", ".restored", ".spammed", ".trashed", ".published", ".rejected")
"""How the kinds end of what moderators decide about posts."""


class ActorView(BaseModel):
    """Who did it: the account's id and the role it was done in. The id is null for guests, for Parley itself, and for
    the moderator who put a post out of sight or back: a decision is the staff's.
    """

    id: int | None
    role: str


class SubjectView(BaseModel):
    """What it was done to."""

    type: str
    id: int


class EventView(BaseModel):
    """One event. It names ids and versions, never a text: load what you want to show. Members are only ever added."""

    position: int
    id: int
    kind: str
    schema_version: int
    at: Moment
    actor: ActorView
    subject: SubjectView
    data: dict[str, Any]

    @classmethod
    def of(cls, event: EventRow) -> "EventView":
        """The envelope of a stored event."""
        decided = event.actor_role in ("moderator", "admin") and event.kind.endswith(DECISIONS)
        return cls(
            position=event.position or 0, id=event.id or 0, kind=event.kind, schema_version=event.schema_version,
            at=event.at, actor=ActorView(id=None if decided else event.actor_id, role=event.actor_role),
            subject=SubjectView(type=event.subject_type, id=event.subject_id), data=event.facts,
        )  # fmt: skip


class FactsView(BaseModel):
    """How the thread stands: what a page that shows it keeps up with."""

    state: State
    closed_at: Moment | None
    close_reason: Reason | None
    closes_at: Moment | None = Field(description="When it will close by itself, as its policy says now.")
    reply_count: int
    last_number: int
    version: int


class StandingView(BaseModel):
    """How the thread stands `now`, by the server's clock."""

    now: Moment
    thread: FactsView

    @classmethod
    def of(cls, facts: Facts) -> "StandingView":
        """The wire form of a thread's facts."""
        return cls(now=facts.at, thread=FactsView.model_validate(facts, from_attributes=True))


class EventsPage(StandingView):
    """What happened in a thread after a position, oldest first, and how it stands."""

    items: list[EventView]
    next: int | None = Field(description="Pass it as `after` for the rest; null when this is all there is now.")
    position: int = Field(description="You know of everything up to here: ask `after` it next time.")
    reset: bool = Field(description="You were too long away to be told one by one: load the thread afresh.")

    @classmethod
    def of_missed(cls, missed: Missed, facts: Facts) -> "EventsPage":
        """The page of what was missed."""
        return cls(
            **dict(StandingView.of(facts)), items=[EventView.of(row) for row in missed.events],
            next=missed.position if missed.more else None, position=missed.position, reset=missed.is_reset,
        )  # fmt: skip


class GreetingView(StandingView):
    """The first message of a stream, `position` or `reset`: where it begins, and how the thread stands."""

    position: int


def greeting(position: int, facts: Facts, *, is_reset: bool, retry: int) -> bytes:
    """How a stream begins. `retry` is how many milliseconds a browser waits before it comes back."""
    event: Literal["reset", "position"] = "reset" if is_reset else "position"
    view = GreetingView(**dict(StandingView.of(facts)), position=position)
    return message(event, view.model_dump_json(), position=position, retry=retry)


def to_message(found: EventRow | Facts) -> bytes:
    """A message of a stream: an event under its kind, or how the thread stands under `state`, which has no position."""
    if isinstance(found, Facts):
        return message("state", StandingView.of(found).model_dump_json())
    return message(found.kind, EventView.of(found).model_dump_json(), position=found.position)
