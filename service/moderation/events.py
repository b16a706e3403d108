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
    decision_id: int | None = None

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
            "after": self.after, "version": self.version, "decision_id": self.decision_id,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDecided(Event):
    """A moderator decided about many posts at once: `decided` of them; the steps have their own events. With
    `account_id`, it was all that this person had posted.
    """

    kind: ClassVar[str] = "batch.decided"
    decision_id: int
    action: str
    decided: int
    account_id: int | None = None

    def subject(self) -> tuple[str, int]:
        """The decision that they belong to."""
        return "decision", self.decision_id

    def audience(self) -> tuple[str, int | None]:
        """The staff."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """The action, how many posts there were, and whose."""
        return {"action": self.action, "decided": self.decided, "account_id": self.account_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewUndone(Event):
    """A decision was undone: about a post, a person, a closing, a pin, or about many posts at once. What it was about
    is as it was before, or as later decisions have left it.

    `undid` are the events by which people may have been told of it, and `flags` those that are open again: of what
    nobody has seen yet, nobody is told. Neither is stored.
    """

    kind: ClassVar[str] = "review.undone"
    decision_id: int
    review_id: int | None
    thread_id: int | None
    reply_id: int | None
    account_id: int | None
    action: str
    about: str
    undid: tuple[int, ...] = ()
    flags: tuple[int, ...] = ()

    def subject(self) -> tuple[str, int]:
        """The review, or the decision where there was none."""
        return ("review", self.review_id) if self.review_id else ("decision", self.decision_id)

    def audience(self) -> tuple[str, int | None]:
        """The staff."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """Which decision, and what it was about."""
        return {
            "decision_id": self.decision_id, "thread_id": self.thread_id, "reply_id": self.reply_id,
            "account_id": self.account_id, "action": self.action, "about": self.about,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagEvent(Event):
    """The base of what happens to a flag. Staff alone hears of it, and of the category where the post stands: whoever
    wrote the post must never learn who flagged it.
    """

    flag_id: int
    thread_id: int
    reply_id: int | None
    category_id: int

    def subject(self) -> tuple[str, int]:
        """The flag."""
        return "flag", self.flag_id

    def audience(self) -> tuple[str, int | None]:
        """The staff of the category."""
        return "staff", self.category_id


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRaised(FlagEvent):
    """A reader complained about a post. Who did is in the flag alone, which moderators read in the queue, and not here:
    a moderator may have written the post, and reads the log.
    """

    kind: ClassVar[str] = "flag.raised"
    is_nameless: ClassVar[bool] = True
    reason: str

    def facts(self) -> dict[str, Any]:
        """Which post, and the reason's name."""
        return {"thread_id": self.thread_id, "reply_id": self.reply_id, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagResolved(FlagEvent):
    """A moderator decided about a flagged post, or its author took it away. `account_id` is the flagger, for who tells
    them the outcome; it is not stored.
    """

    kind: ClassVar[str] = "flag.resolved"
    account_id: int
    outcome: str
    decision_id: int | None

    def facts(self) -> dict[str, Any]:
        """Which post, the outcome, and the decision that it follows from."""
        return {
            "thread_id": self.thread_id, "reply_id": self.reply_id, "outcome": self.outcome,
            "decision_id": self.decision_id,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealEvent(Event):
    """What happens to an appeal: a person's objection to one decision about them."""

    appeal_id: int
    decision_id: int

    def subject(self) -> tuple[str, int]:
        """The appeal."""
        return "appeal", self.appeal_id

    def audience(self) -> tuple[str, int | None]:
        """The staff; its person is told by a notification."""
        return "staff", None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealMade(AppealEvent):
    """Somebody appealed a decision about them; `by_link`: through the link of their letter, without signing in."""

    kind: ClassVar[str] = "appeal.made"
    by_link: bool = False

    def facts(self) -> dict[str, Any]:
        """Which decision; what they wrote is text, so it is not here."""
        return {"decision_id": self.decision_id, "by_link": self.by_link}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecided(AppealEvent):
    """An appeal ended: the decision stands (`upheld`) or was undone (`reversed`). `same_person`: who had taken the
    decision decided about the appeal too, because nobody else here may.
    """

    kind: ClassVar[str] = "appeal.decided"
    outcome: str
    same_person: bool
    version: int

    def facts(self) -> dict[str, Any]:
        """Which decision, the outcome, and whether another person decided."""
        return {
            "decision_id": self.decision_id, "outcome": self.outcome, "same_person": self.same_person,
            "version": self.version,
        }  # fmt: skip
