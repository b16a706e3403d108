"""What a run found as Markdown: printed in the terminal, and written between the markers of docs/performance.md."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.budgets import BUDGETS, Bound
from bench.record import Record

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "performance.md"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: int = 0) -> str:
    """Rows with aligned columns; the columns from the `numbers`-th one on, counted from 1, stand right."""
    widths = [max(len(line[place]) for line in (headings, *rows)) for place in range(len(headings))]
    right = [bool(numbers) and place + 1 >= numbers for place in range(len(headings))]

    def line(cells: Sequence[str]) -> str:
        aligned = [
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(cells, widths, right, strict=True)
        ]
        return f"| {' | '.join(aligned)} |"

    rule = ["-" * (width + 1) + (":" if is_right else "-") for width, is_right in zip(widths, right, strict=True)]
    return "\n".join([line(headings), f"|{'|'.join(rule)}|", *map(line, rows)])


def shown(figure: float) -> str:
    """A figure with three digits that count, and whole from a hundred on."""
    if figure == 0 or abs(figure) >= 100:
        return f"{figure:,.0f}"
    digits = 1 if abs(figure) >= 10 else 2 if abs(figure) >= 1 else 3 if abs(figure) >= 0.1 else 4
    return f"{figure:.{digits}f}"


def verdict(bound: Bound, record: Record) -> tuple[str, str]:
    """The figure as it is shown, and `pass`, `miss`, or why nothing was measured."""
    figure = record.figures.get(bound.key)
    if figure is None:
        return "–", record.reason(bound.key)
    return shown(figure), "pass" if bound.holds(figure) else "**miss**"


def budgets(record: Record) -> str:
    """Every budget with its figure; a work's name stands once."""
    rows, before = [], ""
    for bound in BUDGETS:
        figure, judged = verdict(bound, record)
        rows.append((bound.work if bound.work != before else "", figure, bound.what, str(bound), judged))
        before = bound.work
    return table(("work", "measured", "what", "budget", "verdict"), rows)


def works(record: Record) -> str:
    """Everything that was driven."""
    rows = [
        (row["work"], f"{row['rate']:,.0f}", f"{row['ratio']:.4f}", f"{row['cpu']:.3f}", f"{row['p50']:.2f}",
         f"{row['p99']:.2f}", f"{row['size']:,}" if row["size"] else "–", str(row["wrong"]))
        for row in record.works
    ]  # fmt: skip
    return table(("work", "req/s", "ratio", "CPU ms", "p50 ms", "p99 ms", "bytes", "wrong"), rows, 2)


def sizes(record: Record) -> str:
    """Cost against size."""
    names = {0: "first page", 1: "middle page", 2: "last page", 3: "thread list"}
    points = sorted(record.series.get("size", []), key=lambda point: (point["place"], point["size"]))
    rows = [
        (names[int(point["place"])], f"{point['size']:,.0f}", f"{point['cpu']:.3f}", f"{point['p50']:.2f}")
        for point in points
    ]
    return table(("drawn for the first time", "replies or threads", "CPU ms", "p50 ms"), rows, 2)


def scaling(record: Record) -> str:
    """Rates against processes."""
    rows = [
        (f"{point['processes']:.0f} + {point['processes']:.0f}", f"{point['kept']:,.0f}", f"{point['drawn']:,.0f}",
         f"{point['reply']:,.0f}", f"{point['reply_cpu']:.2f}")
        for point in record.series.get("processes", [])
    ]  # fmt: skip
    heads = ("app + worker", "pages unchanged/s", "pages drawn/s", "durable replies/s", "CPU ms a reply")
    return table(heads, rows, 2)


def peers(record: Record) -> str:
    """Other programs: those that ran beside, and the others as they were measured before."""
    rows = [
        (row["name"], "in this run" if row["in_this_run"] else "before", f"{row['page']} of {row['posts']}",
         shown(row["page_cpu"]), shown(row["page_rate"]), maybe(row["stored_rate"]), maybe(row["stored_cpu"]),
         maybe(row["memory"]))
        for row in record.peers
    ]  # fmt: skip
    heads = ("peer", "measured", "its page", "CPU ms", "per s", "stored per s", "CPU ms each", "MB")
    return table(heads, rows, 4)


def maybe(figure: float | None) -> str:
    """A figure that may not be known."""
    return "–" if figure is None else shown(figure)


def about(record: Record) -> str:
    """The machine, the calibration, and what else is to be said."""
    return "\n".join(["```", *record.about, *record.remarks, "```"])


SECTIONS: Final = {
    "budgets": budgets,
    "works": works,
    "about": about,
    "sizes": sizes,
    "scaling": scaling,
    "peers": peers,
}


def sections(record: Record) -> dict[str, str]:
    """Every generated part of the page by the name in its markers."""
    return {name: write(record) for name, write in SECTIONS.items()}


def between(text: str, parts: Mapping[str, str]) -> str:
    """The page with these parts between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`; everything else stays.

    Raises ValueError where a pair of markers is missing: nothing is lost without a word.
    """
    for name, part in parts.items():
        place = re.compile(rf"(<!-- bench:{name} -->\n).*?(<!-- /bench:{name} -->)", re.DOTALL)
        if not place.search(text):
            raise ValueError(f"the page has no markers bench:{name}")
        text = place.sub(lambda found, part=part: f"{found[1]}\n{part}\n\n{found[2]}", text)  # type: ignore[misc]
    return text


def write(page: Path, parts: Mapping[str, str]) -> None:
    """Put tables into a page."""
    page.write_text(between(page.read_text(encoding="utf-8"), parts), encoding="utf-8")


def summary(record: Record) -> str:
    """How many budgets are kept, missed and not measured."""
    judged = [verdict(bound, record)[1] for bound in BUDGETS]
    kept, missed = judged.count("pass"), judged.count("**miss**")
    return f"{len(BUDGETS)} budgets: {kept} kept, {missed} missed, {len(BUDGETS) - kept - missed} not measured"
