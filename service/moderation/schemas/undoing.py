"""The shape of what was undone."""

from pydantic import BaseModel, Field

from service.moderation.operations import Undone
from service.site.schemas import Moment


class UndoneView(BaseModel):
    """A decision that was undone, and the entry of the log that says so.

    `about` is what it was about, such as `reply:12`, `closure:5` or `account:7:silence`; for many posts at once it is
    `batch`: then `undone` says how many are as they were, and `left` how many are not, because their text is gone or
    their authors have deleted them.
    """

    decision_id: int
    event_id: int
    action: str
    about: str
    thread_id: int | None
    reply_id: int | None
    undone: int = Field(description="How many decisions were undone.")
    left: int
    undone_at: Moment

    @classmethod
    def of(cls, found: Undone) -> "UndoneView":
        """The wire form."""
        decision = found.decision
        if decision.id is None or decision.undone_at is None:
            raise AssertionError("it was undone just now")
        return cls(
            decision_id=decision.id, event_id=found.event_id, action=decision.action, about=decision.subject,
            thread_id=decision.thread_id, reply_id=decision.reply_id, undone=found.undone, left=found.left,
            undone_at=decision.undone_at,
        )  # fmt: skip
