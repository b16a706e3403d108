"""The shapes of canned reasons on the wire."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.kit.errors import Invalid
from service.kit.text import check_text
from service.moderation.models import CannedReason
from service.moderation.operations import Wording
from service.web.bodies import ChangeModel, RequestModel

MOST_TITLE, MOST_BODY = 80, 500


def _title(value: str) -> str:
    return check_text(value, name="the title", lines=False, most=MOST_TITLE)


def _body(value: str) -> str:
    return check_text(value, name="the reason", lines=False, most=MOST_BODY)


Title = Annotated[str, AfterValidator(_title)]
Body = Annotated[str, AfterValidator(_body)]


class MakeCanned(RequestModel):
    """A reason that moderators give often; `{title}`, `{author}`, `{category}` and `{site}` are filled in on use."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"title": "Off the topic", "body": "“{title}” is about something else. {category} has room for it."}
            ]
        },
    )
    title: Title = Field(max_length=MOST_TITLE)
    body: Body = Field(max_length=MOST_BODY)


class ChangeCanned(ChangeModel):
    """What to change of a canned reason; what is absent stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"title": "Somewhere else, please"}]})
    title: Title | None = Field(default=None, max_length=MOST_TITLE)
    body: Body | None = Field(default=None, max_length=MOST_BODY)


class CannedView(BaseModel):
    """A canned reason; `title` is how moderators choose it, `body` what the author reads once it is filled in."""

    id: int
    title: str
    body: str
    version: int

    @classmethod
    def of(cls, canned: CannedReason) -> "CannedView":
        """The wire form of a canned reason."""
        return cls(id=canned.id or 0, title=canned.title, body=canned.body, version=canned.version)


def to_wording(draft: MakeCanned | ChangeCanned | Invalid) -> Wording | Invalid:
    """What it says, for the operation. A refusal stays one."""
    return draft if isinstance(draft, Invalid) else Wording(draft.title, draft.body)
