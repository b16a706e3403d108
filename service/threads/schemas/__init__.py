"""The shapes of threads on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.kit.actor import Actor
from service.kit.errors import Invalid
from service.kit.text import check_text
from service.screening.policy import told_to
from service.screening.policy.editing import knows_of_edit
from service.site.schemas import ClosingTermsBody, ClosingTermsView, Moment, WireInstant, WireSpan, terms_members
from service.tags.schemas import TagNames
from service.threads import policy
from service.threads.models import Thread, counted
from service.threads.operations import OPENING_LEVEL, Opening, Rewording, write_text
from service.threads.policy.pins import is_pinned
from service.threads.policy.turns import NO_TURN, Turn, next_turn
from service.threads.queries import ThreadSeen
from service.threads.schemas.rules import ClosingRule
from service.threads.schemas.sources import Sources, SourceView, to_sources
from service.web.bodies import RequestModel

MOST_TITLE, MOST_BODY = 200, 32_000
Override = Literal["auto", "open"]
State = Literal["open", "closed", "archived"]
Reason = Literal["manual", "scheduled", "age", "idle", "replies", "archived"]


def title_text(value: str) -> str:
    """A title, cleaned; a ValueError names the rule."""
    return check_text(value, name="the title", lines=False, most=MOST_TITLE)


def body_text(value: str) -> str:
    """A post's text, cleaned; a ValueError names the rule."""
    return check_text(value, name="the text", lines=True, most=MOST_BODY)


def slug_text(value: str) -> str:
    """A category's slug as typed."""
    return check_text(value, name="the category", lines=False, most=60)


Title = Annotated[str, AfterValidator(title_text)]
BodyText = Annotated[str, AfterValidator(body_text)]


class ClosingBody(ClosingTermsBody):
    """A thread's closing policy: its own terms, and the override that sets age, silence and number of replies aside."""

    override: Override = "auto"

    def columns(self, *, only_set: bool = False) -> dict[str, Any]:
        """The terms, and the override, as columns."""
        return super().columns(only_set=only_set) | {"override": self.override}


class ClosingView(ClosingTermsView):
    """A thread's closing policy as it was set."""

    override: Override

    @classmethod
    def of_thread(cls, seen: ThreadSeen) -> "ClosingView":
        """The wire form of a thread's policy."""
        return cls(**closing_members(seen.thread))


class OpenThread(RequestModel):
    """A new thread. Without a category it goes to the first one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "What the amnesty left out",
                    "body": "Who came *home*, and to what?",
                    "tags": ["amnesty", "1953"],
                    "sources": [{"author": "Snow, John", "title": "On Cholera", "year": "1855"}],
                }
            ]
        },
    )
    title: Title = Field(min_length=1, max_length=MOST_TITLE)
    body: BodyText = Field(min_length=1, max_length=MOST_BODY)
    category: Annotated[str, AfterValidator(slug_text)] | None = Field(default=None, max_length=60)
    tags: TagNames = Field(default_factory=list)
    sources: Sources = Field(default_factory=list)
    closing: ClosingBody = Field(default_factory=ClosingBody)
    publish_at: WireInstant | None = Field(
        default=None, description="When everybody is to see it, later than now; it waits until then. For moderators."
    )


class EditThread(RequestModel):
    """A new title, a new text, new tags or sources in place of all before, or several of these."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"body": "Who came home, and to what?"}]})
    title: Title | None = Field(default=None, min_length=1, max_length=MOST_TITLE)
    body: BodyText | None = Field(default=None, min_length=1, max_length=MOST_BODY)
    tags: TagNames | None = Field(default=None, description="All tags that the thread is to have.")
    sources: Sources | None = None


class Preview(RequestModel):
    """A text that somebody is writing."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"body": "Who came *home*?"}]})
    body: BodyText = Field(min_length=1, max_length=MOST_BODY)


class PreviewView(BaseModel):
    """What the text would look like: the very HTML that a post of it would store."""

    body_html: str


def to_preview(draft: Preview | Invalid, known: frozenset[str]) -> PreviewView | Invalid:
    """The text rendered; slow, so off the event loop. A refusal stays one."""
    return draft if isinstance(draft, Invalid) else PreviewView(body_html=write_text(draft.body, known=known).body_html)


def to_opening(draft: OpenThread | Invalid, known: frozenset[str]) -> Opening | Invalid:
    """The draft made ready (rendered); slow, so off the event loop. A refusal stays one."""
    if isinstance(draft, Invalid):
        return draft
    text = write_text(draft.body, OPENING_LEVEL, known)
    terms, sources = draft.closing.columns(), to_sources(draft.sources)
    return Opening(draft.title, text, terms, sources, draft.tags, draft.publish_at)


def to_rewording(draft: EditThread | Invalid, known: frozenset[str]) -> Rewording | Invalid:
    """The edit made ready (rendered); slow, so off the event loop. A refusal stays one."""
    if isinstance(draft, Invalid):
        return draft
    text = None if draft.body is None else write_text(draft.body, OPENING_LEVEL, known)
    return Rewording(draft.title, text, None if draft.sources is None else to_sources(draft.sources), draft.tags)


class AuthorView(BaseModel):
    """Who wrote a post; `username` is null for people without an account here."""

    username: str | None
    display_name: str


class ThreadView(BaseModel):
    """A thread as the actor sees it. `closed_at` is the effective moment, whatever closed it."""

    id: int
    title: str
    slug: str
    url: str
    author: AuthorView
    category: str
    tags: list[str]
    body: str
    body_html: str
    body_format: Literal["markdown", "html"] = Field(description="What `body` is written in; imports bring HTML.")
    sources: list[SourceView]
    state: State
    closed_at: Moment | None
    closes_at: Moment | None
    close_reason: Reason | None
    closure_reason: str | None = Field(description="What the moderator who closed it gave as the reason.")
    closing_rule: ClosingRule | None = Field(description="What closed it, or will, and who says so.")
    reopens_at: Moment | None = Field(description="When this closing, or the next one, ends by itself.")
    closing: ClosingView
    can_reply: bool
    cannot_reply_code: str | None
    slow_mode: WireSpan | None = Field(description="How long a member waits between two replies here.")
    next_reply_at: Moment | None = Field(description="When slow mode lets you reply again; null where it does now.")
    moderation: str
    reply_count: int
    last_reply_at: Moment | None
    pinned: bool = Field(description="It stands first in its category now, or on the first page too.")
    reactions: dict[str, int] = Field(description="How many people said what of its opening.")
    my_reactions: list[str] = Field(description="What you said of it yourself.")
    created_at: Moment
    edited_at: Moment | None
    pending_edit: bool = Field(description="Whether an edit of it waits; only its author and moderators know.")
    version: int

    @classmethod
    def of(
        cls, seen: ThreadSeen, actor: Actor, now: datetime, mine: Sequence[str] = (), turn: Turn = NO_TURN
    ) -> "ThreadView":
        """The wire form of a thread, as `thread_members` says it."""
        return cls(**thread_members(seen, actor, now, mine, turn))


def thread_members(
    seen: ThreadSeen, actor: Actor, now: datetime, mine: Sequence[str] = (), turn: Turn = NO_TURN
) -> dict[str, Any]:
    """The members of a ThreadView for this actor at `now`; `mine` is what they said of its opening, `turn` what bears
    on their next reply. Ready for JSON: lists have twenty of them, and a model takes longer to check than to make.
    """
    thread, here, closing = seen.thread, actor.within(seen.thread.category_id), seen.closing
    closed, slow_mode = closing.is_closed(now), seen.slow_mode(now)
    refusal = policy.cannot_reply_code(actor, seen, now, turn)
    return {
        "id": thread.id, "title": thread.title, "slug": thread.slug, "url": f"/t/{thread.id}/{thread.slug}",
        "author": {"username": seen.author_username, "display_name": seen.author_name or "Anonymous"},
        "category": seen.category.slug, "tags": thread.tags, "body": thread.body, "body_html": thread.body_html,
        "body_format": thread.body_format, "sources": [SAID_NOTHING | each for each in thread.sources],
        "state": policy.state_of(thread, closing, now), "closed_at": closing.at if closed else None,
        "closes_at": None if closed else closing.at, "close_reason": closing.reason if closed else None,
        "closure_reason": thread.closure_reason or None if thread.closed_at else None,
        "closing_rule": ClosingRule.of(seen) if closing.reason else None, "reopens_at": seen.opens_at(now),
        "closing": closing_members(thread), "can_reply": refusal is None, "cannot_reply_code": refusal,
        "slow_mode": slow_mode, "next_reply_at": next_turn(turn, slow_mode, now), "moderation": told_to(here, thread),
        "reply_count": thread.reply_count, "last_reply_at": thread.last_reply_at, "pinned": is_pinned(thread, now),
        "reactions": counted(thread.reactions), "my_reactions": list(mine), "created_at": thread.created_at,
        "edited_at": thread.edited_at, "pending_edit": knows_of_edit(here, thread), "version": thread.version,
    }  # fmt: skip


def closing_members(thread: Thread) -> dict[str, Any]:
    """The members of a thread's ClosingView. Most threads say nothing of their own."""
    return terms_members(thread) | {"override": thread.override}


SAID_NOTHING: Final = dict.fromkeys(SourceView.model_fields)
"""A source of which nothing is known, in the order of its members."""
