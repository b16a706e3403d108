"""What happens to categories."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChanged(Event):
    """An admin made, changed or deleted a category; `change` says which."""

    kind: ClassVar[str] = "category.changed"
    category_id: int
    change: str
    version: int

    def subject(self) -> tuple[str, int]:
        """The category."""
        return "category", self.category_id

    def audience(self) -> tuple[str, int | None]:
        """Staff only: the change may be about something members cannot see."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """What was done, and the new version."""
        return {"change": self.change, "version": self.version}
