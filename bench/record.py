"""What a run found, kept as JSON: from it the tables are printed and the plots are drawn."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.measure import Result

LAST: Final = Path("var/bench/last.json")
"""The last whole run, under the checkout."""


@dataclass(slots=True)
class Record:
    """Figures by the keys of `budgets`; what could not be measured and why, by the part's name; and the rest.

    `works` are rows of the table of works, `series` the points of the plots by the plot's name, `peers` what was
    measured of other programs, `remarks` what else is to be said, `about` the machine and the calibration.
    """

    figures: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    works: list[dict[str, Any]] = field(default_factory=list)
    series: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    peers: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    about: list[str] = field(default_factory=list)

    def put(self, result: Result) -> None:
        """One work's medians. A work with wrong answers gives no figure, but a line that says so."""
        key = result.work.key
        if result.wrong:
            self.failed[key] = f"{result.wrong} wrong answers"
        else:
            self.figures |= {f"{key}.{name}": getattr(result, name) for name in ("rate", "ratio", "cpu", "p50", "p99")}
        self.works.append(
            {"work": result.work.name, "rate": result.rate, "ratio": result.ratio, "cpu": result.cpu, "p50": result.p50,
             "p99": result.p99, "size": result.size, "wrong": result.wrong}
        )  # fmt: skip
        if result.jobs_cpu is not None:
            self.figures[f"{key}.jobs_cpu"] = result.jobs_cpu
            self.remarks.append(f"{result.work.name}: {result.jobs_cpu:.3f} CPU ms each until its jobs were done too")

    def point(self, plot: str, **values: float) -> None:
        """One more point of a plot."""
        self.series.setdefault(plot, []).append(values)

    def reason(self, key: str) -> str:
        """Why there is no figure of this key: its part or its work failed, or was not asked for."""
        return self.failed.get(key) or self.failed.get(key.partition(".")[0]) or "not part of this run"

    def save(self, path: Path) -> None:
        """Keep it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Record":
        """What was kept. Raises OSError where nothing was."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def take(self, later: "Record") -> None:
        """Put a later run of some parts in the place of what they gave before."""
        self.figures |= later.figures
        self.failed = {key: why for key, why in self.failed.items() if not _again(key, later)} | later.failed
        named = {row["work"] for row in later.works}
        self.works = [row for row in self.works if row["work"] not in named] + later.works
        self.series |= later.series
        measured = [row for row in later.peers if row["in_this_run"]]
        names = {str(row["name"]).partition(" ")[0] for row in measured}
        self.peers = [row for row in self.peers if str(row["name"]).partition(" ")[0] not in names] + measured
        self.remarks += [line for line in later.remarks if line not in self.remarks]
        self.about += [f"measured again, later: {line}" for line in later.about]


def _again(key: str, later: Record) -> bool:
    return any(found == key or found.startswith(f"{key}.") for found in later.figures)
