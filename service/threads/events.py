"""What happens to threads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from service.kit.events import Event
from service.screening.policy import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadEvent(Event):
    """The base of every fact about a thread: who may hear of it follows its category, asked again when read.

    Of a thread that nobody but its author and moderators has ever seen (`is_public` false) only staff hears.
    `mentioned` are the usernames that its text mentions, for listeners; None where the text is as it was. `is_undo`
    says that a decision about it was undone; `verdict` is that of a rule about a new thread, whose author is the actor
    then. None is stored.
    """

    thread_id: int
    category_id: int
    version: int
    is_public: bool = True
    is_undo: bool = False
    verdict: Verdict | None = None
    mentioned: tuple[str, ...] | None = None

    def subject(self) -> tuple[str, int]:
        """The thread."""
        return "thread", self.thread_id

    def audience(self) -> tuple[str, int | None]:
        """Those who may see the category, or the staff."""
        return ("category", self.category_id) if self.is_public else ("staff", None)

    def facts(self) -> dict[str, Any]:
        """The thread's version after the deed."""
        return {"version": self.version}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadOpened(ThreadEvent):
    """Somebody opened a thread and it is visible at once. `timed`: its own terms say when it closes; not stored."""

    kind: ClassVar[str] = "thread.opened"
    timed: bool = False
    publish_at: ClassVar[None] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadEdited(ThreadEvent):
    """Title, text or closing policy were changed; `fields` says which."""

    kind: ClassVar[str] = "thread.edited"
    fields: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """The new version and the names of what changed."""
        return {"version": self.version, "fields": list(self.fields)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadHeld(ThreadEvent):
    """A thread waits for a moderator, or for `publish_at`: it was submitted, or brought back from where a moderator had
    put it. `timed` as with ThreadOpened; neither is stored.
    """

    kind: ClassVar[str] = "thread.held"
    is_public: bool = False
    timed: bool = False
    publish_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPublished(ThreadEvent):
    """A moderator approved a held thread: it is visible for the first time."""

    kind: ClassVar[str] = "thread.published"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadHidden(ThreadEvent):
    """A moderator took the thread out of sight."""

    kind: ClassVar[str] = "thread.hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRestored(ThreadEvent):
    """A thread that was out of sight is visible again."""

    kind: ClassVar[str] = "thread.restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRejected(ThreadEvent):
    """A moderator refused a held thread."""

    kind: ClassVar[str] = "thread.rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadSpammed(ThreadEvent):
    """A moderator found the thread to be spam."""

    kind: ClassVar[str] = "thread.spammed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRefused(ThreadRejected):
    """A rule refused a new thread, and its author was told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadCaught(ThreadSpammed):
    """A rule took a new thread for spam; its author is told that it waits. `timed` as with ThreadOpened."""

    timed: bool = False
    publish_at: ClassVar[None] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadTrashed(ThreadEvent):
    """The author, or a moderator, deleted the thread."""

    kind: ClassVar[str] = "thread.trashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPurged(ThreadEvent):
    """The text of a deleted thread is gone for good, and that of its replies with it."""

    kind: ClassVar[str] = "thread.purged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadImported(ThreadEvent):
    """A thread was brought from elsewhere; nobody is told."""

    kind: ClassVar[str] = "thread.imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRedacted(ThreadEvent):
    """A moderator removed the words of an earlier text; `revision` is its number. Only staff hears of it."""

    kind: ClassVar[str] = "thread.redacted"
    revision: int

    def audience(self) -> tuple[str, int | None]:
        """The staff: nothing that is shown has changed."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """The thread's version and the number of the text."""
        return {"version": self.version, "revision": self.revision}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPinned(ThreadEvent):
    """The thread stands above the others from now on, or its pin was changed."""

    kind: ClassVar[str] = "thread.pinned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadUnpinned(ThreadEvent):
    """The thread stands among the others again. Of a pin that ends at its time there is no event."""

    kind: ClassVar[str] = "thread.unpinned"
