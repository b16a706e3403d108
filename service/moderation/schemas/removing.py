"""The shapes of taking away all that a new account has posted."""

from collections.abc import Mapping
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from service.kit.errors import Invalid
from service.moderation.operations import Removal, Removed
from service.moderation.operations.removing import MOST
from service.moderation.schemas.reviews import MOST_REASON, Reason
from service.web.bodies import RequestModel


class RemovePosts(RequestModel):
    """Take away all that a person has posted. With `preview` nothing changes: the answer says how much there is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Spam.", "preview": True}]})
    reason: Reason | None = Field(default=None, max_length=MOST_REASON)
    silence: StrictBool = Field(default=False, description="They write no more until that is lifted.")
    preview: StrictBool = False


def to_removal(draft: RemovePosts | Invalid) -> Removal | Invalid:
    """The removal, or the refusal that the operation raises in its turn."""
    return draft if isinstance(draft, Invalid) else Removal(draft.reason or "", draft.silence)


class PostCount(BaseModel):
    """So many threads or replies in one state."""

    kind: Literal["thread", "reply"]
    moderation: str
    count: int


class RemovalView(BaseModel):
    """What became of a person's posts, or with `preview` what there is to take away, in `counts`.

    `event_id` is the entry of the log by which all of it can be undone; null where there was nothing.
    """

    preview: bool
    decision_id: int | None
    event_id: int | None
    removed: int = Field(description="How many posts were taken away, or would be.")
    left: int = Field(description="How many could not be.")
    more: bool = Field(description=f"There are more than {MOST}: ask once more for the next ones.")
    counts: list[PostCount]

    @classmethod
    def of(cls, done: Removed) -> "RemovalView":
        """The wire form of what was done."""
        batch = done.batch
        return cls(
            preview=False, decision_id=batch.id if batch else None, event_id=batch.event_id if batch else None,
            removed=done.removed, left=done.left, more=done.more, counts=[],
        )  # fmt: skip

    @classmethod
    def foreseen(cls, counts: Mapping[tuple[str, str], int]) -> "RemovalView":
        """The wire form of what would be done."""
        total = sum(counts.values())
        found = [
            PostCount(kind=cast(Literal["thread", "reply"], kind), moderation=moderation, count=count)
            for (kind, moderation), count in sorted(counts.items())
        ]
        return cls(
            preview=True, decision_id=None, event_id=None, removed=min(total, MOST), left=0, more=total > MOST,
            counts=found,
        )  # fmt: skip
