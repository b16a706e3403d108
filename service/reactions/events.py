"""What happens to reactions."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PostReacted(Event):
    """How many react to a post has changed: what is kept of its pages is no longer true. Nobody is told, and the log
    does not say whose reaction it was.
    """

    kind: ClassVar[str] = "post.reacted"
    is_nameless: ClassVar[bool] = True
    thread_id: int
    reply_id: int | None

    def subject(self) -> tuple[str, int]:
        """The thread."""
        return "thread", self.thread_id

    def audience(self) -> tuple[str, int | None]:
        """The staff: pages that are open keep the numbers they were drawn with."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """Which reply it was; none is the opening."""
        return {"reply_id": self.reply_id}
