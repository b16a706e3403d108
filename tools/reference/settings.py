"""`docs/reference/settings.md`: every environment variable."""

from datetime import timedelta
from typing import Any

from service.settings import Settings
from tools.reference.prose import Undocumented, opening, table

INTRODUCTION = """
Parley reads its settings from the environment, once, at the start. A wrong value is refused with the
variable's name and the rule. An empty variable counts as absent. What a moderator or an admin may change
while Parley runs is not here: it has a page and an API.
"""


def default(value: Any) -> str:
    """A default as one would type it; durations in the ISO 8601 form that the setting takes."""
    if isinstance(value, timedelta):
        return f"`PT{int(value.total_seconds())}S`"
    shown = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"`{shown}`" if shown else "—"


def page() -> str:
    """The page. Raises Undocumented for a setting without a description."""
    rows = []
    for name, field in Settings.model_fields.items():
        variable = f"PARLEY_{name.upper()}"
        if not field.description:
            raise Undocumented(f"the setting {variable} has no description")
        rows.append((f"`{variable}`", default(field.default), field.description))
    return opening("Settings", INTRODUCTION) + "\n" + table(("variable", "default", "what it does"), rows) + "\n"
