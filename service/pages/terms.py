"""Closing terms as form fields: each is inherited, off, or a value. Used by a thread's panel and by `/admin`.

A term `close_after_age` has two inputs: `close_after_age_mode` (inherit, off, value) and `close_after_age` (days; a
time in UTC for `closes_at` and `reopens_at`; a number for `close_after_replies`; minutes for `slow_mode`). The pair
becomes the value that the JSON API takes: null, "off", or the value itself.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from service.kit.clock import from_micros
from service.kit.errors import FieldError, Invalid
from service.pages.forms import Sent
from service.pages.rendering import in_words
from service.pages.views.frame import Choice
from service.site.models import OFF, ClosingTerms
from service.site.schemas import LONGEST_WAIT, MOST_REPLIES, SHORTEST_WAIT

SPANS: Final = ("close_after_age", "close_after_idle")
COUNT: Final = "close_after_replies"
MOMENTS: Final = ("closes_at", "reopens_at")
WAIT: Final = "slow_mode"
EVERYWHERE: Final = (*SPANS, COUNT)
"""The terms that site, categories and threads each have a field for."""
LABELS: Final = {
    "closes_at": "The time of closing",
    "close_after_age": "The age",
    "close_after_idle": "The silence",
    "close_after_replies": "The number of replies",
    "reopens_at": "The time of opening again",
    "slow_mode": "The wait of slow mode",
    "reason": "The reason",
}
LONGEST_DAYS: Final = Decimal(36_500)
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)


def modes(inherits_from: str | None) -> tuple[Choice, ...]:
    """The rules a term can have; `inherits_from` names the level above (None for the site, which has none)."""
    own = (Choice("off", "Never"), Choice("value", "After"))
    return (Choice("inherit", f"As {inherits_from} says"), *own) if inherits_from else own


def moment_modes(inherits_from: str) -> tuple[Choice, ...]:
    """The rules that a fixed time of closing can have."""
    return Choice("inherit", f"As {inherits_from} says"), Choice("off", "Never"), Choice("value", "At")


def wait_modes(inherits_from: str) -> tuple[Choice, ...]:
    """The rules that slow mode can have."""
    return Choice("inherit", f"As {inherits_from} says"), Choice("off", "No wait"), Choice("value", "A wait of")


def untouched(sent: Sent, terms: ClosingTerms, names: tuple[str, ...]) -> dict[str, int | None]:
    """The stored terms whose inputs say what they said before: exact to the microsecond, which no input shows."""
    shown = values_of(terms)
    inputs = {name: (f"{name}_mode", name) for name in names}
    same = [name for name, both in inputs.items() if all(sent.value(each) == shown.get(each, "") for each in both)]
    return {name: getattr(terms, name) for name in same}


def values_of(terms: ClosingTerms, *, top: bool = False) -> dict[str, str]:
    """The inputs' values for stored terms; at the `top` level (the site) nothing is inherited, so NULL is off."""
    values = {}
    for name in (*MOMENTS, *EVERYWHERE, WAIT):
        column: int | None = getattr(terms, name)
        values[f"{name}_mode"] = _mode(column, "off" if top else "inherit")
        if column is not None and column != OFF:
            values[name] = _typed(name, column)
    return values


def _typed(name: str, column: int) -> str:
    """A term's value as its input holds it."""
    if name in MOMENTS:
        return f"{from_micros(column):%Y-%m-%dT%H:%M}"
    return str(column) if name == COUNT else _so_many(column, MINUTE if name == WAIT else DAY)


def _mode(column: int | None, absent: str) -> str:
    """Which rule a stored term is; `absent` for NULL."""
    if column is None:
        return absent
    return "off" if column == OFF else "value"


def _so_many(column: int, unit: timedelta = DAY) -> str:
    """A span of microseconds as days, or about so many of a shorter unit, without needless zeros."""
    exact = Decimal(column) / Decimal(unit // timedelta(microseconds=1))
    number = f"{exact:f}" if unit == DAY else f"{exact:.2f}"
    return number.rstrip("0").rstrip(".") if "." in number else number


def in_days(column: int | None) -> str:
    """An inherited span in words, for the bracket behind “As the site says”."""
    if column is None or column == OFF:
        return "never"
    days = _so_many(column)
    return "after 1 day" if days == "1" else f"after {days} days"


def in_replies(column: int | None) -> str:
    """An inherited number of replies in words."""
    return "never" if column is None or column == OFF else f"after {so_many_replies(column)}"


def in_minutes(column: int | None) -> str:
    """An inherited wait of slow mode in words."""
    if column is None or column == OFF:
        return "no wait"
    minutes = _so_many(column, MINUTE)
    return "1 minute" if minutes == "1" else f"{minutes} minutes"


def so_many_replies(count: int) -> str:
    """A number of replies in words."""
    return "1 reply" if count == 1 else f"{count} replies"


def more_replies(count: int) -> str:
    """How many more replies, in words."""
    return so_many_replies(count).replace(" ", " more ")


def at_words(column: int | None) -> str:
    """An inherited time of closing in words."""
    return "never" if column is None or column == OFF else in_words(from_micros(column))


def read_terms(sent: Sent, names: tuple[str, ...] = EVERYWHERE) -> Mapping[str, Any] | Invalid:
    """The terms as the JSON API takes them, or the refusal that names each wrong field."""
    read: dict[str, Any] = {}
    wrong: list[FieldError] = []
    for name in names:
        mode = sent.value(f"{name}_mode")
        if mode == "value":
            value = READ.get(name, _span)(sent.value(name))
            if value is None:
                wrong.append(FieldError(f"/{name}", _rule(name)))
            read[name] = value
        else:
            read[name] = "off" if mode == "off" else None
    return Invalid("Some terms are not valid", errors=tuple(wrong)) if wrong else read


def _rule(name: str) -> str:
    """What a term's value must be."""
    if name in MOMENTS:
        return "must be a date and a time in UTC, such as 2030-01-31T12:00"
    if name == COUNT:
        return f"must be a whole number from 1 to {MOST_REPLIES}"
    if name == WAIT:
        return "must be a number of minutes, from 10 seconds to 7 days"
    return "must be a number of days, more than 0 and at most 36500"


def _span(text: str) -> timedelta | None:
    """Days, possibly with a decimal fraction, as a span; None for what is no such number."""
    try:
        days = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    if not days.is_finite() or not 0 < days <= LONGEST_DAYS:
        return None
    span = timedelta(microseconds=int(days * Decimal(DAY // timedelta(microseconds=1))))
    return span or None


def _wait(text: str) -> timedelta | None:
    """Minutes, possibly with a decimal fraction, as the wait of slow mode; None for what is no such number."""
    try:
        minutes = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    if not minutes.is_finite() or not SHORTEST_WAIT / MINUTE <= minutes <= LONGEST_WAIT / MINUTE:
        return None
    return timedelta(microseconds=round(minutes * Decimal(MINUTE // timedelta(microseconds=1))))


def _moment(text: str) -> str | None:
    """A `datetime-local` value (WHATWG HTML 2.3.5.5) as RFC 3339 in UTC; None for anything else."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).isoformat() if len(text) >= 16 else None
    except ValueError:
        return None


def _count(text: str) -> int | None:
    """A number of replies; None for what is no such number."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return number if 1 <= number <= MOST_REPLIES else None


READ: Final[Mapping[str, Callable[[str], Any]]] = {**dict.fromkeys(MOMENTS, _moment), COUNT: _count, WAIT: _wait}
"""How the inputs are read that hold no span."""
