"""What happens to replies."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event
from service.screening.policy import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyEvent(Event):
    """The base of every fact about a reply: who may hear of it follows its thread's category, asked again when read.

    Of a reply that nobody but its author and moderators has ever seen (it has no number) only staff hears.
    `mentioned` are the usernames that its text mentions, for listeners; None where the text is as it was; `quoted` the
    posts that it quotes, by thread and number; `is_undo` says that a decision about it was undone; `verdict` is that of
    a rule about a new reply, whose author is the actor then. None is stored.
    """

    reply_id: int
    thread_id: int
    number: int | None
    category_id: int
    version: int
    is_undo: bool = False
    verdict: Verdict | None = None
    mentioned: tuple[str, ...] | None = None
    quoted: tuple[tuple[int, int], ...] = ()

    def subject(self) -> tuple[str, int]:
        """The reply."""
        return "reply", self.reply_id

    def audience(self) -> tuple[str, int | None]:
        """Those who may see the category, or the staff."""
        return ("staff", None) if self.number is None else ("category", self.category_id)

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
class ReplyHeld(ReplyEvent):
    """A reply waits for a moderator: it was submitted, or brought back from where a moderator had put it."""

    kind: ClassVar[str] = "reply.held"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPublished(ReplyEvent):
    """A moderator approved a held reply: it is visible for the first time, under the number it got now."""

    kind: ClassVar[str] = "reply.published"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyHidden(ReplyEvent):
    """A moderator took the reply out of sight."""

    kind: ClassVar[str] = "reply.hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRestored(ReplyEvent):
    """A reply that was out of sight is visible again, under its old number."""

    kind: ClassVar[str] = "reply.restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRejected(ReplyEvent):
    """A moderator refused a held reply."""

    kind: ClassVar[str] = "reply.rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySpammed(ReplyEvent):
    """A moderator found the reply to be spam."""

    kind: ClassVar[str] = "reply.spammed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRefused(ReplyRejected):
    """A rule refused a new reply, and its author was told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyCaught(ReplySpammed):
    """A rule took a new reply for spam; its author is told that it waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTrashed(ReplyEvent):
    """The author, or a moderator, deleted the reply."""

    kind: ClassVar[str] = "reply.trashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPurged(ReplyEvent):
    """The text of a deleted reply is gone for good."""

    kind: ClassVar[str] = "reply.purged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyImported(ReplyEvent):
    """A reply was brought from elsewhere; nobody is told."""

    kind: ClassVar[str] = "reply.imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRedacted(ReplyEvent):
    """A moderator removed the words of an earlier text; `revision` is its number. Only staff hears of it."""

    kind: ClassVar[str] = "reply.redacted"
    revision: int

    def audience(self) -> tuple[str, int | None]:
        """The staff: nothing that is shown has changed."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """Where the reply stands, its version, and the number of the text."""
        return {"thread_id": self.thread_id, "number": self.number, "version": self.version, "revision": self.revision}
