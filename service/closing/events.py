"""What happens to a thread's openness."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from service.kit.clock import utc_text
from service.threads.events import ThreadEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadClosed(ThreadEvent):
    """The discussion ended: at `closed_at`, for `reason` (`manual`, `scheduled`, `age`, `idle`, `replies`); nobody is
    told of one that is `silent`.
    """

    kind: ClassVar[str] = "thread.closed"
    closed_at: datetime
    reason: str
    silent: bool = False

    def facts(self) -> dict[str, Any]:
        """Since when, and why, and whether people are told."""
        since = {"closed_at": utc_text(self.closed_at), "reason": self.reason}
        return {"version": self.version, **since, "silent": self.silent}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadClosingSoon(ThreadEvent):
    """The discussion will end within a day, at `closes_at` if nothing changes. Once for each deadline, and only while
    somebody wants to be told of it.
    """

    kind: ClassVar[str] = "thread.closing_soon"
    closes_at: datetime

    def facts(self) -> dict[str, Any]:
        """When it will."""
        return {"version": self.version, "closes_at": utc_text(self.closes_at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadReopened(ThreadEvent):
    """The discussion goes on: somebody reopened it, its policy changed, or its closing was undone, which is `undone`:
    the instant of that closing. `override` is what it then stood at.
    """

    kind: ClassVar[str] = "thread.reopened"
    override: str
    undone: datetime | None = None

    def facts(self) -> dict[str, Any]:
        """The override that was set, if any, and whether a closing was undone."""
        return {"version": self.version, "override": self.override, "undone": self.undone is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadArchived(ThreadEvent):
    """Nothing in the thread changes from now on."""

    kind: ClassVar[str] = "thread.archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadUnarchived(ThreadEvent):
    """The thread may change again."""

    kind: ClassVar[str] = "thread.unarchived"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(ThreadEvent):
    """The instant of a timer has come: what its kind says was done, or nothing could be. A reminder is its owner's
    alone; the others are the staff's, and what they did has its own event.
    """

    kind: ClassVar[str] = "timer.fired"
    timer_id: int
    timer: str
    planned_for: datetime
    done: bool
    owner_id: int | None = None

    def audience(self) -> tuple[str, int | None]:
        """The person whom it reminds, or the staff."""
        return ("person", self.owner_id) if self.owner_id is not None else ("staff", None)

    def facts(self) -> dict[str, Any]:
        """Which timer it was, the instant it was set to, and whether it did something."""
        when = utc_text(self.planned_for)
        return {"version": self.version, "timer_id": self.timer_id, "timer": self.timer, "at": when, "done": self.done}
