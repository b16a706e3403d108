"""Mail that came back, on the wire."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.kit.mail_headers import one_line
from service.notifications.policy.bounces import Report
from service.web.bodies import RequestModel

EXAMPLE: Final[dict[str, Any]] = {
    "message_id": "<reply-7.1.0123456789abcdef@forum.example>", "kind": "hard", "reason": "550 no such mailbox",
}  # fmt: skip


class ReportBounce(RequestModel):
    """Which letter came back, and how: `hard`, there is no such mailbox; `soft`, it could not be taken; `complaint`,
    its reader called it unwanted.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})
    message_id: Annotated[str, Field(min_length=3, max_length=255, description="The letter's Message-ID.")]
    kind: Literal["hard", "soft", "complaint"]
    reason: Annotated[str, Field(max_length=500, description="What the mail server said.")] = ""

    def to_report(self) -> Report:
        """What the operation takes."""
        return Report(self.message_id.strip(), self.kind, one_line(self.reason))


class BounceView(BaseModel):
    """Whose letter it was, and whether they are sent mail no more, until they have it tried again."""

    username: str
    mail_stopped: bool
