"""The shapes of closings on the wire."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from service.kit.text import check_text
from service.threads.schemas import ClosingBody
from service.web.bodies import RequestModel

MOST_REASON = 500


def reason_text(value: str) -> str:
    """A reason shown to readers, cleaned; may be empty."""
    return check_text(value, name="the reason", lines=True, least=0, most=MOST_REASON)


class CloseThread(RequestModel):
    """Why the discussion ends, in words for its readers."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "The seminar is over."}]})
    reason: Annotated[str, AfterValidator(reason_text)] = Field(default="", max_length=MOST_REASON)


class PutClosing(ClosingBody):
    """A thread's whole closing policy; what is absent is inherited."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"close_after_idle": "P30D"}]})
