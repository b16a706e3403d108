"""What happens to replies."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyEvent(Event):
    """The base of every fact about a reply: who may hear of it follows its thread's category, asked again when read."""

    reply_id: int
    thread_id: int
    number: int
    category_id: int
    version: int

    def subject(self) -> tuple[str, int]:
        """The reply."""
        return "reply", self.reply_id

    def audience(self) -> tuple[str, int | None]:
        """Those who may see the category."""
        return "category", self.category_id

    def facts(self) -> dict[str, Any]:
        """Where it stands, and its version after the deed."""
        return {"thread_id": self.thread_id, "number": self.number, "version": self.version}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPosted(ReplyEvent):
    """Somebody replied and it is visible at once."""

    kind: ClassVar[str] = "reply.posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyEdited(ReplyEvent):
    """The text was changed."""

    kind: ClassVar[str] = "reply.edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTrashed(ReplyEvent):
    """The author, or a moderator, deleted the reply."""

    kind: ClassVar[str] = "reply.trashed"
