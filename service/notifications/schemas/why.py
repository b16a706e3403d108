"""The shape of an explanation on the wire."""

from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from service.notifications.policy import WHY
from service.notifications.policy.explaining import UNTOLD
from service.notifications.queries import Explanation
from service.site.schemas import Moment

Untold = Literal[
    "own", "not_shown", "not_allowed", "imported", "pending", "later", "muted", "level", "choices", "changed"
]
State = Literal["unread", "read", "gathering", "waiting", "sending", "sent", "failed", "dead", "skipped", "not_wanted"]


class ChannelStateView(BaseModel):
    """What became of one channel."""

    channel: Literal["site", "mail", "push"]
    state: State
    words: str = Field(description="The server's answer, or why it was skipped.")
    at: Moment | None = Field(description="When that state was reached.")
    due_at: Moment | None = Field(description="When it is tried next.")
    attempts: int
    message_id: str | None = Field(description="The letter's Message-ID.")


class WhyView(BaseModel):
    """Why somebody was told of a post, or was not."""

    username: str
    kind: str
    told: bool
    reason: str | None = Field(description="Why they were told, as a code: the most personal reason that held.")
    untold: Untold | None = Field(description="Why they were not, as a code.")
    why: str = Field(description="Either, for people.")
    decided_at: Moment | None = Field(description="When it was decided; null: the facts are those of now.")
    considered: dict[str, Any] = Field(description="The facts that were looked at.")
    steps: list[str] = Field(description="The same in sentences, in the order in which they decide.")
    channels: list[ChannelStateView]

    @classmethod
    def of(cls, found: Explanation) -> Self:
        """The wire form."""
        return cls.model_validate(
            {
                "username": found.username, "kind": found.kind, "told": found.reason is not None,
                "reason": found.reason, "untold": found.untold, "why": words_of(found),
                "decided_at": found.decided_at, "considered": found.considered, "steps": list(found.steps),
                "channels": [{name: getattr(each, name) for name in ChannelStateView.model_fields}
                             for each in found.channels],
            }
        )  # fmt: skip


def words_of(found: Explanation) -> str:
    """Why they were told, or were not, in a sentence."""
    if found.reason is not None:
        return f"The reason they are given: {WHY[found.reason]}."
    return UNTOLD[found.untold or "level"]
