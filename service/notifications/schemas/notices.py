"""The shapes of notifications on the wire."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from service.notifications.queries import NoticeSeen
from service.site.schemas import Moment
from service.threads.schemas import AuthorView
from service.web.bodies import RequestModel

Id = Annotated[StrictInt, Field(ge=1, le=2**63 - 1)]


class NotifiedThread(BaseModel):
    """The thread that a notification is about."""

    id: int
    title: str
    url: str


class NotifiedReply(BaseModel):
    """The reply that a notification is about."""

    id: int
    number: int
    url: str


class NotifiedDecision(BaseModel):
    """The decision that a notification is about, where you may read its statement of reasons."""

    id: int
    url: str


class NotificationView(BaseModel):
    """What you are told: `reply`, somebody replied; `thread`, somebody opened a thread; `closed`, a thread closed;
    `closing_soon`, it closes within a day; `reminder`, you asked to be reminded of it; `decision`, something was
    decided about you; `flag`, what became of your flag; `appeal`, what became of your appeal.
    """

    id: int
    kind: Literal["reply", "thread", "closed", "closing_soon", "reminder", "decision", "flag", "appeal"]
    text: str = Field(description="What happened, as one line of plain text.")
    reason: Literal[
        "mentioned",
        "answered",
        "quoted",
        "opened",
        "replied",
        "read",
        "chosen",
        "tag",
        "category",
        "asked",
        "affected",
        "flagged",
        "appealed",
    ] = Field(description="Why you are told, as a code: the most personal reason that holds.")
    why: str = Field(description="Why you are told, for people: “you are told because …”.")
    url: str = Field(description="Where it leads.")
    thread: NotifiedThread | None = Field(description="Null where it is about a decision.")
    reply: NotifiedReply | None
    decision: NotifiedDecision | None
    actor: AuthorView | None = Field(description="Who did it; null when the thread closed by itself.")
    created_at: Moment
    read_at: Moment | None

    @classmethod
    def of(cls, seen: NoticeSeen) -> Self:
        """The wire form."""
        reply = actor = decision = thread = None
        if seen.reply_id is not None and seen.number is not None:
            reply = NotifiedReply(id=seen.reply_id, number=seen.number, url=seen.url)
        if seen.actor_name is not None:
            actor = AuthorView(username=seen.actor_username, display_name=seen.actor_name)
        if seen.outcome is None:
            thread = NotifiedThread(id=seen.thread_id, title=seen.thread_title, url=seen.thread_url)
        elif seen.outcome.statement is not None:
            decision = NotifiedDecision(id=seen.outcome.statement.id, url=seen.outcome.statement.url)
        return cls.model_validate(
            {"id": seen.id, "kind": seen.kind, "text": seen.sentence, "reason": seen.reason, "why": seen.why,
             "url": seen.url, "thread": thread, "reply": reply, "decision": decision, "actor": actor,
             "created_at": seen.created_at, "read_at": seen.read_at}
        )  # fmt: skip


class MarkRead(RequestModel):
    """Which notifications to mark as read: `ids`, or `all`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"all": True}]})
    ids: list[Id] | None = Field(default=None, min_length=1, max_length=100)
    all: Literal[True] | None = None

    @model_validator(mode="after")
    def one_of_two(self) -> Self:
        """Exactly one of the two says what is meant."""
        if (self.ids is None) == (self.all is None):
            raise ValueError("name either ids or all")
        return self


class UnreadView(BaseModel):
    """How many of your notifications are unread now; 100 means 100 or more."""

    unread: int
