"""What machines carry, reckoned from the unit costs of a run: the tables of docs/scale.md."""

from dataclasses import dataclass
from typing import Final

from bench.cluster import KINDS
from bench.record import Record
from bench.report import ROOT, shown, table

PAGE: Final = ROOT / "docs" / "scale.md"
USED: Final = 0.7
"""The share of a core that is planned with; the rest is for bursts, backups and garbage."""
PEAK: Final = 0.10
"""The share of a day's visits that falls into its busiest hour."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One kind of work: the figure with its CPU ms, and how often a community asks for it on a day."""

    letter: str
    name: str
    key: str
    a_day: int = 0


UNITS: Final = (
    Unit("g", "a page for a guest, unchanged", "guest.cpu", 20_000),
    Unit("n", "the same, 304", "known.cpu"),
    Unit("d", "a page for a guest, drawn", "first.cpu", 1_000),
    Unit("s", "a page for somebody signed in", "signed_in.cpu", 5_000),
    Unit("r", "a reply with its jobs, SQLite", "reply.jobs_cpu"),
    Unit("p", "a reply with its jobs, PostgreSQL", "reply_postgresql.jobs_cpu", 300),
    Unit("l", "a reply brought to one open stream", "streams.cpu", 300 * 20),
    Unit("t", "one person told on the site", "telling.cpu", 300 * 10),
)
"""A community of a thousand members: how much of each it asks for on a day. Twenty read along where somebody replies,
and ten are told of a reply."""


def cost(record: Record, unit: Unit) -> float | None:
    """CPU ms; of telling, from its rate: a third of the time is work, the rest of it rests."""
    if unit.key == "telling.cpu":
        rate = record.figures.get("telling.rate")
        return 1000 / rate / 3 if rate else None
    return record.figures.get(unit.key)


def units(record: Record) -> str:
    """The unit costs, and how many of each one core carries in a second at 70 %."""
    rows = []
    for unit in UNITS:
        ms = cost(record, unit)
        rows.append((unit.letter, unit.name, "–" if ms is None else shown(ms), "–" if ms is None else carried(ms)))
    memory = record.figures.get("streams.memory")
    rows.append(("m", "an open stream", "–" if memory is None else f"{shown(memory)} KB", "–"))
    return table(("", "what", "CPU ms", "one core, per s"), rows, 3)


def carried(ms: float) -> str:
    """How many a second one core carries."""
    return f"{USED * 1000 / ms:,.0f}"


def communities(record: Record) -> str:
    """The cores that 1, 10 and 1,000 communities need in their busiest hour."""
    rows = []
    needed = 0.0
    for unit in UNITS:
        ms = cost(record, unit)
        if not unit.a_day or ms is None:
            continue
        peak = unit.a_day * PEAK / 3600
        needed += peak * ms
        cells = (f"{peak * many * ms / 1000 / USED:.3f}" for many in (1, 10, 1000))
        rows.append((unit.name, f"{unit.a_day:,}", f"{peak:.2f}", *cells))
    totals = (f"{needed * many / 1000 / USED:.3f}" for many in (1, 10, 1000))
    rows.append(("together", "", "", *totals))
    return table(("what", "a day", "per s at the peak", "cores for 1", "for 10", "for 1,000"), rows, 2)


def accounts(record: Record) -> str:
    """CPU ms of an answer by kind of process, with 1 and 1, 2 and 2 …; and what the cores allow after 1 and 1."""
    names = ("page unchanged", "page drawn", "durable reply")
    points = sorted(record.series.get("accounts", []), key=lambda point: (point["work"], point["processes"]))
    rows = []
    for point in points:
        number = point["processes"]
        kinds = (shown(point[kind]) for kind in KINDS)
        grown = f"{point['times']:.2f}", f"{point['most']:.2f}"
        name = names[int(point["work"])] if number == 1 else ""
        rows.append(
            (name, f"{number:.0f} + {number:.0f}", *kinds, shown(point["cores"]), f"{point['rate']:,.0f}", *grown)
        )
    heads = ("CPU ms each", "app + worker", *KINDS, "cores busy", "per s", "times 1 + 1", "at most")
    return table(heads, rows, 3)


def sections(record: Record) -> dict[str, str]:
    """Every generated part of docs/scale.md by the name in its markers."""
    return {"units": units(record), "communities": communities(record), "accounts": accounts(record)}
