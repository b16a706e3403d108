"""Runs `parley` as its users do: the real command, in a process of its own, with nothing of ours in its environment."""

import os
import subprocess
import sys
from pathlib import Path


def parley(*arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end (at most a minute) with these PARLEY_* settings; nothing is raised."""
    return subprocess.run(
        [sys.executable, "-m", "service", *arguments],
        cwd=Path(__file__).parents[2], env=environment(**settings), input=typed, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def environment(**settings: str) -> dict[str, str]:
    """The caller's environment without its PARLEY_*, and with these (`data_dir=…` is PARLEY_DATA_DIR)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    return kept | {f"PARLEY_{name.upper()}": value for name, value in settings.items()}
