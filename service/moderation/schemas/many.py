"""The shapes of decisions about many posts at once."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from service.kit.errors import FieldError, Invalid, Problem
from service.moderation.operations import Many, ManyDecided, OneDecided
from service.moderation.policy import Foreseen
from service.moderation.schemas.reviews import MOST_REASON, Reason
from service.screening.policy import Deed
from service.web.bodies import RequestModel

MOST: int = 500
"""Posts that are decided at once at most."""

Id = Annotated[StrictInt, Field(ge=1, le=2**63 - 1)]


class Chosen(RequestModel):
    """One of many: a review, as it was looked at."""

    id: Id
    version: Annotated[StrictInt, Field(ge=1, le=2**31 - 1)]


class DecideMany(RequestModel):
    """One decision about many reviews. In the mode `each`, what can be decided is; with `all`, everything or nothing.
    With `preview` nothing changes: the answer says what would happen.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"items": [{"id": 1, "version": 1}], "action": "approve", "mode": "each", "preview": True}]
        },
    )
    items: Annotated[list[Chosen], Field(min_length=1, max_length=MOST)]
    action: Deed
    reason: Reason | None = Field(default=None, max_length=MOST_REASON)
    canned: Id | None = Field(default=None, description="The id of a canned reason; `reason` is written behind it.")
    override: StrictBool = Field(default=False, description="Decide though other moderators look at them.")
    mode: Literal["each", "all"] = "each"
    preview: StrictBool = False


def to_many(draft: DecideMany | Invalid) -> Many | Invalid:
    """What is to be decided, or the refusal that the operation raises in its turn."""
    if isinstance(draft, Invalid):
        return draft
    versions = {each.id: each.version for each in draft.items}
    if len(versions) < len(draft.items):
        return Invalid("A review is named twice", errors=(FieldError("/items", "must name each review once"),))
    return Many(versions, draft.action, draft.reason or "", draft.canned, draft.override, draft.mode)


class OneOutcome(BaseModel):
    """What became of one of many: decided, or why not."""

    id: int
    done: bool
    moderation: str | None = Field(description="The post's state after the decision.")
    code: str | None = Field(description="The code of the problem, where it was not decided.")
    detail: str | None = Field(description="The problem in words.")

    @classmethod
    def of(cls, one: OneDecided) -> "OneOutcome":
        """The wire form."""
        if isinstance(one.result, Problem):
            why = one.result.detail.rstrip(".")
            return cls(id=one.review_id, done=False, moderation=None, code=one.result.code, detail=why)
        return cls(id=one.review_id, done=True, moderation=one.result.state_after, code=None, detail=None)


class StateCount(BaseModel):
    """So many posts in one state would come into another, or would stay for the reason that `code` names."""

    moderation: str | None = Field(description="The state now; null for reviews that there are not.")
    becomes: str | None = Field(description="The state afterwards; null where nothing would be decided.")
    code: str | None = Field(description="The code of the problem for which nothing would be decided.")
    count: int


class ManyView(BaseModel):
    """What became of many posts, or with `preview` what would: `counts` by state, and then no `items`.

    `event_id` is the entry of the log by which all of it can be undone; null where nothing was decided.
    """

    preview: bool
    decision_id: int | None
    event_id: int | None
    decided: int = Field(description="How many were decided, or would be.")
    counts: list[StateCount]
    items: list[OneOutcome] = Field(description="Each, in the order in which they were named.")

    @classmethod
    def of(cls, done: ManyDecided) -> "ManyView":
        """The wire form of what was done."""
        batch, items = done.batch, [OneOutcome.of(one) for one in done.outcomes]
        seen = [
            Foreseen(None, code=one.result.code)
            if isinstance(one.result, Problem)
            else Foreseen(one.result.state_before, one.result.state_after)
            for one in done.outcomes
        ]
        decided = sum(one.done for one in items)
        return cls(
            preview=False, decision_id=batch.id if batch else None, event_id=batch.event_id if batch else None,
            decided=decided, counts=counts_of(seen), items=items,
        )  # fmt: skip

    @classmethod
    def foreseen(cls, seen: Sequence[Foreseen]) -> "ManyView":
        """The wire form of what would be done."""
        decided = sum(one.code is None for one in seen)
        return cls(preview=True, decision_id=None, event_id=None, decided=decided, counts=counts_of(seen), items=[])


def counts_of(seen: Sequence[Foreseen]) -> list[StateCount]:
    """How many of which state come into which, the most first."""
    return [
        StateCount(moderation=one.moderation, becomes=one.becomes, code=one.code, count=count)
        for one, count in Counter(seen).most_common()
    ]
