"""The shape of a pin on the wire."""

from pydantic import ConfigDict, Field, StrictBool

from service.kit.errors import Invalid
from service.site.schemas import WireInstant
from service.threads.operations import Pinning
from service.web.bodies import RequestModel


class PinThread(RequestModel):
    """How a thread is pinned: in its category, or with `everywhere` on the first page too."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"until": "2031-01-01T00:00:00Z", "everywhere": False}]}
    )
    until: WireInstant | None = Field(default=None, description="RFC 3339; null: until somebody unpins it.")
    everywhere: StrictBool = False


def to_pinning(draft: PinThread | Invalid) -> Pinning | Invalid:
    """The pin, or the refusal that the operation raises in its turn."""
    return draft if isinstance(draft, Invalid) else Pinning(draft.until, draft.everywhere)
