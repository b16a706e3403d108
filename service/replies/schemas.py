"""The shapes of replies on the wire."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from service.kit.errors import Invalid
from service.replies.models import address, waiting_address
from service.replies.operations import Drafted
from service.replies.queries import ReplySeen
from service.site.schemas import Moment
from service.threads.models import counted
from service.threads.operations import Written, write_text
from service.threads.schemas import MOST_BODY, AuthorView, BodyText
from service.web.bodies import RequestModel


class PostReply(RequestModel):
    """A new reply; `parent` is the id of the reply that it answers."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"body": "The numbers hide the families."}]}
    )
    body: BodyText = Field(min_length=1, max_length=MOST_BODY)
    parent: Annotated[StrictInt, Field(ge=1, le=2**63 - 1)] | None = None


class EditReply(RequestModel):
    """A reply's new text."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"body": "The numbers hide families."}]})
    body: BodyText = Field(min_length=1, max_length=MOST_BODY)


def to_drafted(draft: PostReply | Invalid, known: frozenset[str]) -> Drafted | Invalid:
    """The draft made ready (rendered); slow, so off the event loop. A refusal stays one."""
    return draft if isinstance(draft, Invalid) else Drafted(write_text(draft.body, known=known), draft.parent)


def to_written(draft: EditReply | Invalid, known: frozenset[str]) -> Written | Invalid:
    """The new text made ready (rendered); slow, so off the event loop. A refusal stays one."""
    return draft if isinstance(draft, Invalid) else write_text(draft.body, known=known)


class ReplyView(BaseModel):
    """A reply. Of one that is not shown, but that others answered, a stub stays, without text and author. `number` is
    null until the reply is first published.
    """

    id: int
    thread_id: int
    number: int | None
    parent: int | None
    in_reply_to: int | None
    depth: int
    url: str
    author: AuthorView | None
    body: str | None
    body_html: str | None
    body_format: Literal["markdown", "html"] = Field(description="What `body` is written in; imports bring HTML.")
    moderation: str
    posted_while_closed: bool
    reactions: dict[str, int] = Field(description="How many people said what of it; the names are those of PUT.")
    my_reactions: list[str] = Field(description="What you said of it yourself.")
    created_at: Moment
    edited_at: Moment | None
    pending_edit: bool = Field(description="Whether an edit of it waits; only its author and moderators know.")
    version: int

    @classmethod
    def of(cls, seen: ReplySeen, slug: str, mine: Sequence[str] = ()) -> "ReplyView":
        """The wire form of a reply, as `reply_members` says it."""
        return cls(**reply_members(seen, slug, mine))


def reply_members(seen: ReplySeen, slug: str, mine: Sequence[str] = ()) -> dict[str, Any]:
    """The members of a ReplyView; `slug` is its thread's, `mine` what the reader said of it. Ready for JSON: lists have
    up to a hundred of them, and a model takes longer to check than to make.
    """
    reply = seen.reply
    stub = seen.is_stub
    moderation = seen.moderation
    if stub:  # why a moderator put it out of sight is not everybody's business
        moderation = "trashed" if reply.moderation == "trashed" else "hidden"
    author = None if stub else {"username": seen.author_username, "display_name": seen.author_name or "Anonymous"}
    return {
        "id": reply.id, "thread_id": reply.thread_id, "number": reply.number, "parent": reply.parent_id,
        "in_reply_to": reply.in_reply_to_id, "depth": reply.depth, "url": reply_address(seen, slug), "author": author,
        "body": None if stub else reply.body, "body_html": None if stub else reply.body_html,
        "body_format": reply.body_format, "moderation": moderation, "posted_while_closed": reply.posted_while_closed,
        "reactions": {} if stub else counted(reply.reactions), "my_reactions": [] if stub else list(mine),
        "created_at": reply.created_at, "edited_at": None if stub else reply.edited_at,
        "pending_edit": seen.edit_waits and not stub, "version": reply.version,
    }  # fmt: skip


def reply_address(seen: ReplySeen, slug: str) -> str:
    """Where the reply stands: by its number, or among those that wait for one; `slug` is its thread's."""
    reply = seen.reply
    if reply.number is None:
        return waiting_address(reply.thread_id, slug, seen.id)
    return address(reply.thread_id, slug, reply.number)
