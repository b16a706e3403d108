"""The shapes of drafts on the wire."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from service.drafts.operations import Typed
from service.drafts.queries import DraftSeen
from service.kit.errors import Invalid
from service.site.schemas import Moment
from service.threads.schemas import MOST_BODY
from service.web.bodies import RequestModel


class KeepDraft(RequestModel):
    """What you have typed so far, as it is; an empty text discards the draft. `parent` is the reply you answer."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"body": "The numbers hide"}]})
    body: str = Field(max_length=MOST_BODY)
    parent: Annotated[StrictInt, Field(ge=1, le=2**63 - 1)] | None = None


class DraftView(BaseModel):
    """A reply that you have begun. `created_at` is when; `updated_at` when it was changed last."""

    thread_id: int
    title: str | None = Field(description="The thread's; null where you may not see it any more.")
    url: str | None = Field(description="Where to go on writing; null where you may not see the thread any more.")
    parent: int | None
    body: str
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, found: DraftSeen) -> "DraftView":
        """The wire form of a draft."""
        url = None if found.slug is None else f"/t/{found.thread_id}/{found.slug}#reply-form"
        return cls(
            thread_id=found.thread_id, title=found.title, url=url, parent=found.parent_id, body=found.body,
            created_at=found.created_at, updated_at=found.updated_at,
        )  # fmt: skip


def to_typed(draft: KeepDraft | Invalid) -> Typed | Invalid:
    """What was typed, for the operation. A refusal stays one."""
    return draft if isinstance(draft, Invalid) else Typed(draft.body, draft.parent)
