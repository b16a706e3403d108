"""The shapes of flags on the wire."""

from typing import Annotated, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from service.kit.errors import Invalid
from service.kit.text import check_text
from service.moderation.models import Flag
from service.moderation.operations.flagging import Complaint
from service.moderation.queries.flags import FlagSeen
from service.moderation.schemas.reviews import FlagReason
from service.site.schemas import Moment
from service.threads.schemas import AuthorView
from service.web.bodies import RequestModel

MOST_NOTE = 1000
FlagOutcome = Literal["upheld", "dismissed", "gone"]


def note_text(value: str) -> str:
    """What a flagger adds, cleaned; may be empty."""
    return check_text(value, name="the note", lines=True, least=0, most=MOST_NOTE)


class RaiseFlag(RequestModel):
    """What is wrong with a post. Moderators read the note, and nobody else; `other` needs one."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "spam", "note": "The third advert today."}]}
    )
    reason: FlagReason
    note: Annotated[str, AfterValidator(note_text)] | None = Field(
        default=None, max_length=MOST_NOTE, validate_default=True
    )

    @field_validator("note")
    @classmethod
    def says_what_else(cls, note: str | None, said: ValidationInfo) -> str | None:
        """Another reason than the listed ones has to be told."""
        if said.data.get("reason") == "other" and not note:
            raise ValueError("must say what is wrong, where the reason is “other”")
        return note


def to_complaint(draft: RaiseFlag | Invalid) -> Complaint | Invalid:
    """The complaint, or the refusal that the operation raises in its turn."""
    return draft if isinstance(draft, Invalid) else Complaint(draft.reason, draft.note or "")


class FlagView(BaseModel):
    """A flag as its flagger sees it. `outcome` is null until the post was decided about: `upheld` (a moderator took it
    away), `dismissed` (it stays), or `gone` (its author deleted it before a moderator looked).
    """

    id: int
    thread_id: int
    reply_id: int | None
    reason: FlagReason
    note: str
    outcome: FlagOutcome | None
    created_at: Moment
    resolved_at: Moment | None

    @classmethod
    def of(cls, flag: Flag) -> "FlagView":
        """The wire form of a flag."""
        return cls(
            id=flag.id or 0, thread_id=flag.thread_id, reply_id=flag.reply_id,
            reason=cast(FlagReason, flag.reason), note=flag.note, outcome=cast(FlagOutcome | None, flag.outcome),
            created_at=flag.made_at, resolved_at=flag.resolved_at,
        )  # fmt: skip


class FlagOfPostView(FlagView):
    """A flag as moderators see it. `weight` is what it counts towards hiding the post, from 0.25 to 2."""

    weight: float
    flagger: AuthorView | None = Field(description="Who raised it; null for whoever wrote the post.")

    @classmethod
    def seen(cls, found: FlagSeen, *, named: bool) -> "FlagOfPostView":
        """The wire form of a flag, with its flagger where they may be `named`."""
        flagger = AuthorView(username=found.username, display_name=found.name) if named else None
        return cls(**dict(FlagView.of(found.flag)), weight=found.flag.weight / 100, flagger=flagger)
