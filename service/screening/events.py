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
