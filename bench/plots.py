"""The pictures of docs/performance.md: cost against size, clients and processes.

python -m bench.plots    draws them anew from the record of the last whole run
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bench.record import LAST, Record
from bench.report import ROOT

IMAGES: Final = ROOT / "docs" / "images"
PAPER, INK, QUIET, RULE = "#fbfaf7", "#2b2a27", "#6d6a63", "#e2dfd6"
COLOURS: Final = ("#1f5a7a", "#b3541e", "#4b7a3a", "#7a4b86")
MARKS: Final = ("o", "s", "^", "D")
"""Lines differ by their marks as well as by their colours."""

Points = list[dict[str, float]]


def draw(record: Record, folder: Path = IMAGES) -> None:
    """Every picture for which the record has points. Raises ImportError without matplotlib (the extra `test`)."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update(
        {
            "figure.facecolor": PAPER, "axes.facecolor": PAPER, "savefig.facecolor": PAPER, "text.color": INK,
            "axes.edgecolor": QUIET, "axes.labelcolor": INK, "xtick.color": QUIET, "ytick.color": QUIET,
            "axes.grid": True, "grid.color": RULE, "grid.linewidth": 0.8, "axes.spines.top": False,
            "axes.spines.right": False, "font.size": 10, "axes.titlesize": 11, "axes.titlelocation": "left",
            "legend.frameon": False, "lines.linewidth": 1.8, "lines.markersize": 5,
        }
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, Callable[[Points], Any]] = {"size": by_size, "clients": by_clients, "processes": by_processes}
    for name, picture in pictures.items():
        if points := record.series.get(name):
            figure = picture(points)
            figure.savefig(folder / f"bench-{name}.png", dpi=144, metadata={"Software": None})


def by_size(points: Points) -> Any:
    """CPU and latency of pages against the size of their thread, or list."""
    names = ("first page of a thread", "middle page", "last page", "list of threads")
    figure, axes = panels("CPU per page (ms)", "latency, median (ms)")
    for axis, what in zip(axes, ("cpu", "p50"), strict=True):
        for place, name in enumerate(names):
            line(axis, place, name, [(p["size"], p[what]) for p in points if p["place"] == place])
        axis.set_xscale("log")
        axis.set_ylim(bottom=0)
        axis.set_xlabel("replies in the thread, or threads in the list")
    beneath(figure, axes[0])
    return figure


def by_clients(points: Points) -> Any:
    """Latency and CPU against the number of clients."""
    names = ("page unchanged", "page drawn", "durable reply")
    figure, axes = panels("latency, median and 99th percentile (dashed) (ms)", "CPU per request (ms)")
    for place, name in enumerate(names):
        own = [p for p in points if p["work"] == place]
        line(axes[0], place, name, [(p["clients"], p["p50"]) for p in own])
        line(axes[0], place, None, [(p["clients"], p["p99"]) for p in own], dashed=True)
        line(axes[1], place, name, [(p["clients"], p["cpu"]) for p in own])
    for axis in axes:
        axis.set_xscale("log", base=2)
        axis.set_yscale("log")
        plain(axis, sorted({p["clients"] for p in points}))
        axis.set_xlabel("clients that ask all the time")
    beneath(figure, axes[0])
    return figure


def by_processes(points: Points) -> Any:
    """Rates and CPU against the number of app and worker processes."""
    names = {"kept": "page unchanged", "drawn": "page drawn", "reply": "durable reply"}
    figure, axes = panels("rate, as a multiple of 1 app + 1 worker", "CPU per request, database and workers too (ms)")
    for place, (key, name) in enumerate(names.items()):
        one = points[0][key]
        line(axes[0], place, name, [(p["processes"], p[key] / one) for p in points])
        line(axes[1], place, name, [(p["processes"], p[f"{key}_cpu"]) for p in points])
    for axis in axes:
        plain(axis, [p["processes"] for p in points])
        axis.set_xlabel("app processes, each with a worker beside")
    axes[0].set_ylim(bottom=0)
    axes[1].set_yscale("log")
    beneath(figure, axes[0])
    return figure


def panels(left: str, right: str) -> tuple[Any, Any]:
    """Two diagrams beside one another, each with its title."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.3), layout="constrained")
    axes = figure.subplots(1, 2)
    for axis, title in zip(axes, (left, right), strict=True):
        axis.set_title(title)
    return figure, axes


def line(axis: Any, place: int, name: str | None, points: list[tuple[float, float]], *, dashed: bool = False) -> None:
    """One line with its marks."""
    across, up = zip(*sorted(points), strict=True)
    axis.plot(across, up, color=COLOURS[place], marker=MARKS[place], label=name, linestyle="--" if dashed else "-")


def beneath(figure: Any, axis: Any) -> None:
    """The names of the lines under both diagrams, where no line runs."""
    figure.legend(*axis.get_legend_handles_labels(), loc="outside lower center", ncols=4)


def plain(axis: Any, places: list[float]) -> None:
    """Ticks at these places only, as whole numbers."""
    axis.set_xticks(places, [f"{place:.0f}" for place in places])
    axis.minorticks_off()


if __name__ == "__main__":
    draw(Record.load(ROOT / LAST))
    sys.exit(0)
