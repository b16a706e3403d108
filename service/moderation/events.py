"""What happens to reviews."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecided(Event):
    """Somebody decided about a post: a moderator, or the author by deleting it while it waited."""

    kind: ClassVar[str] = "review.decided"
    review_id: int
    thread_id: int
    reply_id: int | None
    action: str
    before: str
    after: str
    version: int

    def subject(self) -> tuple[str, int]:
        """The review."""
        return "review", self.review_id

    def audience(self) -> tuple[str, int | None]:
        """The staff."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """Which post, the action, and the post's state before and after; the reason is text, so it is not here."""
        return {
            "thread_id": self.thread_id, "reply_id": self.reply_id, "action": self.action, "before": self.before,
            "after": self.after, "version": self.version,
        }  # fmt: skip
