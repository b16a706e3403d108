"""The table, as Markdown: what stands in the terminal can stand in docs/performance.md."""

from collections.abc import Sequence

from bench.measure import Result, Yardstick

HEADINGS = ("work", "req/s", "ratio", "CPU ms", "p50 ms", "p99 ms", "bytes", "budget", "verdict")


def row(result: Result) -> tuple[str, ...]:
    """One work's line. Answers with another status than the right one make every verdict `wrong answers`."""
    budgets = result.work.budgets
    kept = ["pass" if budget.holds(result.value(budget)) else "miss" for budget in budgets]
    return (
        result.work.name, f"{result.rate:,.0f}", f"{result.ratio:.4f}", f"{result.cpu:.3f}", f"{result.p50:.2f}",
        f"{result.p99:.2f}", f"{result.size:,}" if result.size else "–", " · ".join(map(str, budgets)),
        f"{result.wrong} wrong answers" if result.wrong else " · ".join(kept),
    )  # fmt: skip


def table(results: Sequence[Result]) -> str:
    """All works, columns aligned."""
    rows = [HEADINGS, *(row(result) for result in results)]
    widths = [max(len(line[place]) for line in rows) for place in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def follow_up(results: Sequence[Result]) -> list[str]:
    """For works with jobs: the CPU time until nothing was left to do."""
    return [
        f"{result.work.name}: {result.jobs_cpu:.3f} CPU ms each until its jobs were done as well"
        for result in results
        if result.jobs_cpu is not None
    ]


def about(yardstick: Yardstick) -> list[str]:
    """The calibration, and how restless the machine was."""
    sizes = ", ".join(
        f"{size:,} bytes {sorted(rates)[len(rates) // 2]:,.0f}/s ({len(rates)} looks)"
        for size, rates in yardstick.rates.items()
    )
    cpu = sorted(yardstick.cpu)[len(yardstick.cpu) // 2]
    return [
        f"calibration (bare uvicorn): {sizes}; {cpu:.3f} CPU ms a request",
        f"noise (fastest to slowest look at the same calibration): {yardstick.noise:.2f}",
    ]
