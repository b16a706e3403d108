"""What happens to the site's settings."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChanged(Event):
    """An admin changed settings; `fields` names them, without their values."""

    kind: ClassVar[str] = "site.changed"
    version: int
    fields: tuple[str, ...]

    def subject(self) -> tuple[str, int]:
        """The site's one row."""
        return "site", 1

    def audience(self) -> tuple[str, int | None]:
        """Staff only."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """The new version and the names of what changed."""
        return {"version": self.version, "fields": list(self.fields)}
