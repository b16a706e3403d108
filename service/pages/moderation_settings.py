"""The site's settings of flags, of addresses in the log and of where to turn, as fields of `/admin`."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from service.kit.clock import MICROSECOND
from service.kit.errors import FieldError, Invalid
from service.pages.forms import Sent
from service.site.models import Site
from service.site.schemas import HUNDREDTHS, LONGEST_KEPT

DAY: Final = timedelta(days=1)
LABELS: Final = {
    "flags_hide_at": "The weight of flags", "flags_per_day": "Flags a day", "address_kept": "Days",
    "contact": "The contact",
}  # fmt: skip


def values_of(site: Site) -> dict[str, str]:
    """The inputs' values."""
    return {
        "flags_hide_at": f"{site.flags_hide_at / HUNDREDTHS:g}",
        "flags_per_day": str(site.flags_per_day),
        "address_kept": str(site.address_kept // (DAY // MICROSECOND)),
        "contact": site.contact,
    }


def read(sent: Sent) -> dict[str, Any] | Invalid:
    """The settings as the JSON API takes them, or the refusal that names the wrong field."""
    days, per_day = sent.number("address_kept"), sent.number("flags_per_day")
    if days is None or days > LONGEST_KEPT // DAY:
        rule = f"must be a whole number from 0 to {LONGEST_KEPT // DAY}"
        return Invalid("The days are not valid", errors=(FieldError("/address_kept", rule),))
    return {
        "flags_hide_at": _weight(sent.value("flags_hide_at")), "address_kept": timedelta(days=days),
        "flags_per_day": sent.value("flags_per_day") if per_day is None else per_day, "contact": sent.value("contact"),
    }  # fmt: skip


def _weight(text: str) -> float | str:
    """A weight as it was typed; what is none stays as it is, for the setting's own rule to refuse."""
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return text
    return float(found) if found.is_finite() else text
