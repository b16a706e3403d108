"""What happens to categories."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChanged(Event):
    """An admin made, changed or deleted a category; `change` says which, and `changes` has the values of what was set
    before and after, but of texts.
    """

    kind: ClassVar[str] = "category.changed"
    category_id: int
    change: str
    version: int
    changes: dict[str, list[Any]] | None = None

    def subject(self) -> tuple[str, int]:
        """The category."""
        return "category", self.category_id

    def audience(self) -> tuple[str, int | None]:
        """Staff only: the change may be about something members cannot see."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """What was done, the new version, and the values before and after."""
        told = {"changes": self.changes} if self.changes else {}
        return {"change": self.change, "version": self.version} | told
