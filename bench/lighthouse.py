"""Lighthouse, where it is installed: what it says of a page, in its four figures.

It is a program for Node.js and is no dependency of Parley's: `npm install lighthouse` in any folder, and its path after
`--lighthouse`, or a `lighthouse` on the PATH. Its figures of speed are reckoned for a slow telephone (or, as `desktop`,
for a desk's computer) from one load, so they waver: the median of some runs counts.
"""

import asyncio
import json
import os
import shlex
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.provision.chromium import launch_options

CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
PRESETS: Final = ("mobile", "desktop")
PATIENCE: Final = 90.0
"""Seconds for one run."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One page's figures, 0 to 100, in the order of CATEGORIES, and what was found wrong (titles of audits)."""

    figures: tuple[float, ...]
    faults: tuple[str, ...]

    @property
    def least(self) -> float:
        """The worst of the four."""
        return min(self.figures)

    def __str__(self) -> str:
        said = " ".join(f"{figure:.0f}" for figure in self.figures)
        return f"{said}{''.join(f'; {fault}' for fault in self.faults)}"


def found(given: str) -> list[str]:
    """The command that runs it: what was given, else the one on the PATH; empty where there is none."""
    return shlex.split(given) or [path for path in (shutil.which("lighthouse"),) if path]


async def look(command: Sequence[str], address: str, preset: str, rounds: int) -> Verdict:
    """The median of some runs over one page, by category.

    Raises RuntimeError with what Lighthouse said where it could not load the page, TimeoutError after PATIENCE.
    """
    runs = [await _run(command, address, preset) for _ in range(rounds)]
    figures = tuple(statistics.median(run.figures[place] for run in runs) for place in range(len(CATEGORIES)))
    return Verdict(figures, tuple(dict.fromkeys(fault for run in runs for fault in run.faults)))


async def _run(command: Sequence[str], address: str, preset: str) -> Verdict:
    chromium = launch_options()
    options = [
        address, "--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}", "--no-enable-error-reporting",
        f"--chrome-flags={' '.join(['--headless=new', *chromium['args']])}",
    ]  # fmt: skip
    options += ["--preset=desktop"] if preset == "desktop" else []
    with tempfile.TemporaryDirectory(prefix="parley-lighthouse-") as folder:
        path = Path(folder) / "verdict.json"
        process = await asyncio.create_subprocess_exec(
            *command, *options, f"--output-path={path}", stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT, env=os.environ | {"CHROME_PATH": chromium["executable_path"]},
        )  # fmt: skip
        try:
            said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        if process.returncode or not path.exists():
            raise RuntimeError(f"Lighthouse: {said.decode(errors='replace').strip() or process.returncode}")
        return _read(path.read_text(encoding="utf-8"))


def _read(report: str) -> Verdict:
    """Its report as JSON. What weighs nothing in a figure is not called a fault."""
    answer = json.loads(report)
    audits, categories = answer["audits"], [answer["categories"][name] for name in CATEGORIES]
    faults = [
        audits[each["id"]]["title"]
        for category in categories
        for each in category["auditRefs"]
        if each["weight"] and (audits[each["id"]]["score"] or 0) < 0.9 and audits[each["id"]]["score"] is not None
    ]
    return Verdict(tuple((category["score"] or 0) * 100 for category in categories), tuple(faults))
