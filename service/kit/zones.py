"""Time zones by their IANA names. Instants are absolute everywhere; a zone is only how people read and type them."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

MOST_NAME = 64
NO_ZONES = frozenset({"localtime", "Factory"})
"""Files beside the zones' that are none: this machine's own clock, and that of a machine which nobody has set up."""


@cache
def known_zones() -> frozenset[str]:
    """Every zone that this machine, or the package tzdata, knows; read once, because that walks a folder."""
    return frozenset(available_timezones()) - NO_ZONES


def zone_name(value: str) -> str:
    """The name of a zone as it was given; a ValueError says the rule. Names are case-sensitive, as in the database."""
    if value not in known_zones():
        raise ValueError("must be the IANA name of a time zone, such as Europe/Amsterdam")
    return value


def in_zone(instant: datetime, zone: str) -> datetime:
    """The instant with the clock of that zone; of one that is known no more, in UTC."""
    return instant.astimezone(ZoneInfo(zone)) if zone in known_zones() else instant.astimezone(UTC)


def from_local(clock: datetime, zone: str) -> datetime:
    """The instant at which clocks of that zone show this (a naive datetime).

    A time that clocks show twice, in autumn, is the first; one that they skip, in spring, is as much later
    (PEP 495, fold=0).
    """
    return clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
