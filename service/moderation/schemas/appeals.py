"""The shapes of appeals on the wire."""

from typing import Annotated, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt

from service.kit.actor import Actor
from service.kit.errors import Invalid
from service.kit.text import check_text
from service.moderation.operations.appealing import Verdict
from service.moderation.queries.appeals import AppealSeen
from service.moderation.schemas.statements import StatementView
from service.site.schemas import Moment
from service.web.bodies import RequestModel

MOST_SAID = 1000
MOST_ANSWERED = 500


def said(value: str) -> str:
    """What somebody says against a decision, cleaned."""
    return check_text(value, name="the reason", lines=True, most=MOST_SAID)


def answered(value: str) -> str:
    """What a moderator answers, cleaned; may be empty."""
    return check_text(value, name="the reason", lines=True, least=0, most=MOST_ANSWERED)


class MakeAppeal(RequestModel):
    """Why a decision about you is wrong; moderators read it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "The name I wrote is that of the book’s author."}]}
    )
    reason: Annotated[str, AfterValidator(said)] = Field(min_length=1, max_length=MOST_SAID)


class DecideAppeal(RequestModel):
    """What becomes of an appeal: `upheld`, the decision stands; `reversed`, it is undone. The reason is for whose
    appeal it is; `version` is the appeal's as it was looked at.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"outcome": "reversed", "reason": "You are right.", "version": 1}]},
    )
    outcome: Literal["upheld", "reversed"]
    reason: Annotated[str, AfterValidator(answered)] | None = Field(default=None, max_length=MOST_ANSWERED)
    version: Annotated[StrictInt, Field(ge=1, le=2**31 - 1)]

    def verdict(self) -> Verdict:
        """What the operation takes."""
        return Verdict(self.outcome, self.reason or "", self.version)


def to_verdict(draft: DecideAppeal | Invalid) -> Verdict | Invalid:
    """The verdict, or the refusal that the operation raises in its turn."""
    return draft if isinstance(draft, Invalid) else draft.verdict()


class AppealView(BaseModel):
    """An appeal as moderators see it, with the decision that it is about. `same_person`: who had taken the decision
    decided about the appeal too, because nobody else here may.
    """

    id: int
    state: Literal["open", "upheld", "reversed"]
    body: str
    made_at: Moment
    reason: str | None
    decided_by: str | None
    decided_at: Moment | None
    same_person: bool
    decision: StatementView
    version: int

    @classmethod
    def of(cls, seen: AppealSeen, reader: Actor) -> "AppealView":
        """The wire form."""
        appeal, decision = seen.appeal, seen.statement.decision
        same = appeal.decided_by_id is not None and appeal.decided_by_id == decision.decided_by_id
        return cls(
            id=seen.id, state=cast(Literal["open", "upheld", "reversed"], appeal.state), body=appeal.body,
            made_at=appeal.made_at, reason=appeal.reason or None, decided_by=seen.decider,
            decided_at=appeal.decided_at, same_person=same, decision=StatementView.of(seen.statement, reader),
            version=appeal.version,
        )  # fmt: skip
