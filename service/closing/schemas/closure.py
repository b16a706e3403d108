"""The shapes of a closing and of a closing policy on the wire."""

from dataclasses import asdict
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.closing.operations import Choice, Waiting
from service.kit.text import check_text
from service.threads.schemas import ClosingBody, ThreadView
from service.web.bodies import RequestModel

MOST_REASON = 500


def reason_text(value: str) -> str:
    """A reason shown to readers, cleaned; may be empty."""
    return check_text(value, name="the reason", lines=True, least=0, most=MOST_REASON)


class CloseThread(RequestModel):
    """Why the discussion ends, in words for its readers."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "The seminar is over."}]})
    reason: Annotated[str, AfterValidator(reason_text)] = Field(default="", max_length=MOST_REASON)
    waiting: Choice = Field(
        default="keep",
        description="What becomes of replies that wait for a moderator; kept ones can be approved later.",
    )


class WaitingView(BaseModel):
    """What became of the replies that waited for a moderator when the thread was closed."""

    kept: int = Field(description="How many still wait: all, or those beyond the 500 that were decided.")
    approved: int
    rejected: int


class ClosureView(ThreadView):
    """The thread that was closed."""

    waiting: WaitingView | None = Field(description="Null for who does not moderate.")

    @classmethod
    def of_closed(cls, thread: ThreadView, waiting: Waiting | None) -> "ClosureView":
        """The wire form of the thread, with what became of waiting replies for who may know of them."""
        decided = None if waiting is None else WaitingView(**asdict(waiting))
        return cls(**{name: getattr(thread, name) for name in ThreadView.model_fields}, waiting=decided)


class PutClosing(ClosingBody):
    """A thread's whole closing policy; what is absent is inherited."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"close_after_idle": "P30D"}]})
