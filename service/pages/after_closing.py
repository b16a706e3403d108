"""The site's settings of what a closing leaves open and what it ends besides, as fields of `/admin`."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from service.kit.clock import MICROSECOND
from service.kit.errors import FieldError, Invalid
from service.pages.forms import Sent
from service.site.models import Site
from service.site.schemas import LONGEST_GRACE

MINUTE: Final = timedelta(minutes=1)
MOST: Final = LONGEST_GRACE // MINUTE
LABELS: Final = {"close_grace": "The grace"}
LISTS: Final = {"closed_reply_roles": ("moderator", "admin"), "close_also": ("reactions", "edits")}
"""The settings that are lists, with what they may name; each name has a checkbox, `close_also_edits`."""


def values_of(site: Site) -> dict[str, str]:
    """The inputs' values."""
    boxes = {
        f"{name}_{each}": "on" if each in getattr(site, name) else "" for name, all_ in LISTS.items() for each in all_
    }
    minutes = f"{Decimal(site.close_grace) / Decimal(MINUTE // MICROSECOND):f}"
    return boxes | {"close_grace": minutes.rstrip("0").rstrip(".") if "." in minutes else minutes}


def read(sent: Sent) -> dict[str, Any] | Invalid:
    """The settings as the JSON API takes them, or the refusal that names the wrong field."""
    lists = {name: [each for each in all_ if sent.value(f"{name}_{each}")] for name, all_ in LISTS.items()}
    grace = _minutes(sent.value("close_grace"))
    if grace is None:
        rule = f"must be a number of minutes from 0 to {MOST}"
        return Invalid("The grace is not valid", errors=(FieldError("/close_grace", rule),))
    return {**lists, "close_grace": grace}


def _minutes(text: str) -> timedelta | None:
    """Minutes, possibly with a decimal fraction; None for anything else."""
    try:
        minutes = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    if not minutes.is_finite() or not 0 <= minutes <= MOST:
        return None
    return timedelta(microseconds=int(minutes * Decimal(MINUTE // MICROSECOND)))
