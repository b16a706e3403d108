"""What happens to the rules that posts pass."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanged(Event):
    """A rule was `made`, `changed`, `switched_on`, `switched_off` or `deleted`; what it says stands in its version.

    `fields` names what changed, without values.
    """

    kind: ClassVar[str] = "rule.changed"
    rule_id: int
    version: int
    change: str
    fields: tuple[str, ...] = ()

    def subject(self) -> tuple[str, int]:
        """The rule."""
        return "rule", self.rule_id

    def audience(self) -> tuple[str, int | None]:
        """Staff only: who knows the rules can walk around them."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """What was done, the version that it made, and the names of what changed."""
        return {"change": self.change, "version": self.version, "fields": list(self.fields)}


@dataclass(frozen=True, slots=True)
class EditHeld:
    """A rule held an edit: of a post that everybody sees, or of one that waits itself (`moderation`). No event of the
    log: nothing that is shown has changed, and whoever moderates reads of it in the post's review.
    """

    thread_id: int
    reply_id: int | None
    moderation: str
    rule_id: int | None


@dataclass(frozen=True, slots=True)
class EditEnded:
    """An edit that waited waits no more: withdrawn, decided about, or overtaken. No event of the log either."""

    thread_id: int
    reply_id: int | None
