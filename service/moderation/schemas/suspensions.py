"""The shapes of suspensions and silences on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from service.kit.errors import Invalid
from service.kit.text import check_text
from service.moderation.operations.suspending import SuspensionWish
from service.moderation.queries.suspensions import SuspensionSeen
from service.moderation.schemas.notes import MOST_NOTE
from service.moderation.schemas.reviews import MOST_REASON
from service.site.schemas import Moment, WireInstant
from service.web.bodies import RequestModel


def _reason(value: str) -> str:
    return check_text(value, name="the reason", lines=True, most=MOST_REASON)


def _note(value: str) -> str:
    return check_text(value, name="the note", lines=True, least=0, most=MOST_NOTE)


class SuspendAccount(RequestModel):
    """How long somebody may not use their account, or with `silence` not write; and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"until": "2099-01-31T12:00:00Z", "reason": "Insults, after two warnings."}]},
    )
    until: WireInstant | None = Field(default=None, description="RFC 3339 instant, later than now; null: for ever.")
    reason: Annotated[str, AfterValidator(_reason)] = Field(
        max_length=MOST_REASON, description="What the person is told."
    )
    note: Annotated[str, AfterValidator(_note)] = Field(
        default="", max_length=MOST_NOTE, description="What only staff reads."
    )
    silence: StrictBool = Field(default=False, description="They may read, and not write; else they may not sign in.")


class SuspensionView(BaseModel):
    """A suspension or a silence, as staff reads it. `until` is null for one without an end; `in_force` says whether it
    is at this moment. It is over at `until`, or once it was lifted.
    """

    id: int
    username: str
    silence: bool
    since: Moment
    until: Moment | None
    reason: str
    note: str
    by: str | None
    lifted_at: Moment | None
    lifted_by: str | None
    in_force: bool

    @classmethod
    def of(cls, seen: SuspensionSeen, username: str, at: datetime) -> "SuspensionView":
        """The wire form as of this instant."""
        row = seen.row
        return cls(
            id=row.id or 0, username=username, silence=row.silences, since=row.begins_at, until=row.until,
            reason=row.reason, note=row.note, by=seen.made_by, lifted_at=row.lifted_at, lifted_by=seen.lifted_by,
            in_force=seen.runs(at),
        )  # fmt: skip


def to_wish(draft: SuspendAccount | Invalid) -> SuspensionWish | Invalid:
    """What is asked for, for the operation. A refusal stays one."""
    if isinstance(draft, Invalid):
        return draft
    return SuspensionWish(draft.until, draft.reason, draft.note, draft.silence)
