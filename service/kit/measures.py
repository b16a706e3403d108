"""Plain numbers that the parts of a process count as they work; `/metrics` reads them when somebody asks.

Counting must cost next to nothing, so there is no lock and no registry here: each number is changed by one thread, and
a reader on another sees it a moment early or late.
"""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, ClassVar, Final, Self

SHORT: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds that a request or a unit of work may take."""
LONG: Final = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0, 86400.0)
"""Seconds by which something may be late."""
SIZES: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""Units of work that one commit may hold."""


class Spread:
    """How values are spread over buckets: `counts[i]` of them lie at or below `bounds[i]` and above the bound before;
    the last count is of those above every bound.
    """

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...] = SHORT) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    @property
    def number(self) -> int:
        """How many values there were."""
        return sum(self.counts)

    def buckets(self) -> list[tuple[str, float]]:
        """As Prometheus tells a histogram: each bound with how many values lie at or below it, `+Inf` last."""
        named = [*(f"{bound:g}" for bound in self.bounds), "+Inf"]
        return [(name, float(number)) for name, number in zip(named, accumulate(self.counts), strict=True)]

    def as_json(self) -> dict[str, Any]:
        """For a worker's heartbeat."""
        return {"bounds": self.bounds, "counts": self.counts, "total": self.total}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """What a heartbeat told."""
        found = cls(tuple(told["bounds"]))
        found.counts, found.total = list(told["counts"]), float(told["total"])
        return found


class Measures(dict[str, Spread]):
    """Spreads by name, each made when it is first asked for; BOUNDS has those that count no short times."""

    BOUNDS: ClassVar = {"closing.told": LONG, "commit.units": SIZES}

    @classmethod
    def of(cls, database: Any) -> Self:
        """Those of a database's process; units of work find them in their session's `info`."""
        found: Self = database.info.setdefault("measures", cls())
        return found

    def __missing__(self, name: str) -> Spread:
        self[name] = made = Spread(self.BOUNDS.get(name, SHORT))
        return made
