"""What happens to a thread's openness."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from service.kit.clock import utc_text
from service.threads.events import ThreadEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadClosed(ThreadEvent):
    """The discussion ended: at `closed_at`, for `reason` (`manual`, `scheduled`, `age`, `idle`, `replies`)."""

    kind: ClassVar[str] = "thread.closed"
    closed_at: datetime
    reason: str

    def facts(self) -> dict[str, Any]:
        """Since when, and why."""
        return {"version": self.version, "closed_at": utc_text(self.closed_at), "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadReopened(ThreadEvent):
    """The discussion goes on: somebody reopened it, or its policy changed; `override` is what it then stood at."""

    kind: ClassVar[str] = "thread.reopened"
    override: str

    def facts(self) -> dict[str, Any]:
        """The override that was set, if any."""
        return {"version": self.version, "override": self.override}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadArchived(ThreadEvent):
    """Nothing in the thread changes from now on."""

    kind: ClassVar[str] = "thread.archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadUnarchived(ThreadEvent):
    """The thread may change again."""

    kind: ClassVar[str] = "thread.unarchived"
