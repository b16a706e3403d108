"""What happens to categories."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChanged(Event):
    """An admin made, changed or deleted a category; `change` says which, and `changes` has the values of what was set
    before and after, but of texts. Where they said who moderates it (`moderator_added`, `moderator_removed`),
    `account_id` is whom it is about.
    """

    kind: ClassVar[str] = "category.changed"
    category_id: int
    change: str
    version: int
    changes: dict[str, list[Any]] | None = None
    account_id: int | None = None

    def subject(self) -> tuple[str, int]:
        """The category."""
        return "category", self.category_id

    def audience(self) -> tuple[str, int | None]:
        """Staff only: the change may be about something members cannot see."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """What was done, the new version, the values before and after, or whom it is about."""
        told: dict[str, Any] = {"changes": self.changes} if self.changes else {}
        told |= {"account_id": self.account_id} if self.account_id else {}
        return {"change": self.change, "version": self.version} | told
