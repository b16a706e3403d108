"""What happens to threads."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadEvent(Event):
    """The base of every fact about a thread: who may hear of it follows its category, asked again when read."""

    thread_id: int
    category_id: int
    version: int

    def subject(self) -> tuple[str, int]:
        """The thread."""
        return "thread", self.thread_id

    def audience(self) -> tuple[str, int | None]:
        """Those who may see the category."""
        return "category", self.category_id

    def facts(self) -> dict[str, Any]:
        """The thread's version after the deed."""
        return {"version": self.version}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadOpened(ThreadEvent):
    """Somebody opened a thread and it is visible at once."""

    kind: ClassVar[str] = "thread.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadEdited(ThreadEvent):
    """Title, text or closing policy were changed; `fields` says which."""

    kind: ClassVar[str] = "thread.edited"
    fields: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """The new version and the names of what changed."""
        return {"version": self.version, "fields": list(self.fields)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadTrashed(ThreadEvent):
    """The author, or a moderator, deleted the thread."""

    kind: ClassVar[str] = "thread.trashed"
