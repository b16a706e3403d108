"""What a letter says before it has its envelope, and the words that all letters share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from service.kit.zones import in_zone

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter's words: its template and the facts for it; `sanitised` is the posts' HTML, in their order; `sender` is
    whose name it bears beside the site's.
    """

    template: str
    subject: str
    facts: Mapping[str, Any]
    sanitised: Sequence[str] = field(default=())
    sender: str | None = None


def day_in_words(at: datetime, zone: str) -> str:
    """A day as its reader's calendar shows it: `23 November 2026`."""
    local = in_zone(at, zone)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def in_words(at: datetime, zone: str) -> str:
    """An instant as its reader's clock shows it: `23 November 2026, 07:25 UTC`."""
    return f"{day_in_words(at, zone)}, {in_zone(at, zone):%H:%M %Z}"


def count(number: int, one: str, many: str) -> str:
    """A number of things in words: `1 reply`, `3 replies`."""
    return f"{number} {one if number == 1 else many}"
