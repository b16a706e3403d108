"""What happens to the site's settings."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChanged(Event):
    """An admin changed settings; `fields` names them, and `changes` has the values before and after, but of texts."""

    kind: ClassVar[str] = "site.changed"
    version: int
    fields: tuple[str, ...]
    changes: dict[str, list[Any]]

    def subject(self) -> tuple[str, int]:
        """The site's one row."""
        return "site", 1

    def audience(self) -> tuple[str, int | None]:
        """Staff only."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """The new version, the names of what was set, and the values before and after."""
        return {"version": self.version, "fields": list(self.fields), "changes": self.changes}
