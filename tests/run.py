"""The driver behind `make test` and `make lint`: linters, then pytest on SQLite, on PostgreSQL, in the browser.

    python -m tests.run                  everything, as the build does
    python -m tests.run --lint           ruff, mypy and the import contracts alone
    python -m tests.run --leg browser    one leg; what follows is handed to pytest

A whole run ends with `sqlite N, postgresql N, browser N`, the passed tests of each leg, and its exit code is 0
only when nothing failed or was skipped, no leg was empty, and both databases passed the same tests (those marked
for one database apart; see tests/plugin.py).
"""

import argparse
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests.provision import Missing, caddy, chromium, postgresql
from tests.provision.scratch import scratch_folder
from tests.tally import Leg, complaints, read_leg, summary

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LEG_LIMIT = 30 * 60  # seconds, for a machine with other work; at rest the whole run stays well under 25 minutes

LINTERS = (
    [str(BIN / "ruff"), "check", "."],
    [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    [str(BIN / "mypy")],
    [str(BIN / "lint-imports")],
)
LEGS = {
    "sqlite": ["--database=sqlite", "-m", "not browser"],
    "postgresql": ["--database=postgresql", "-m", "not browser and not no_database"],
    "browser": ["--database=sqlite", "-m", "browser"],
}


def main() -> int:
    """Reads the arguments and runs what they ask for; the exit code is 0 or 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.run", description="Parley's whole suite")
    parser.add_argument("--lint", action="store_true", help="run the linters alone")
    parser.add_argument("--leg", choices=LEGS, help="run one leg; further arguments go to pytest")
    chosen, further = parser.parse_known_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, so that the cluster does not outlive the run
    try:
        if chosen.lint:
            return 1 if lint() else 0
        return one_leg(chosen.leg, further) if chosen.leg else everything(further)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def everything(further: list[str]) -> int:
    """Provides the programs first (what can't be had ends the run at once), then linters and legs."""
    with ExitStack() as stack:
        scratch = stack.enter_context(scratch_folder())
        environment = prepare(stack, scratch)
        failed = lint()
        legs = {name: run_leg(name, environment, scratch, further) for name in LEGS}
    wrong = [f"{name} failed" for name in failed] + complaints(legs)
    for line in wrong:
        print(f"make test: {line}")
    print(summary(legs, len(wrong)))
    return 1 if wrong else 0


def one_leg(name: str, further: list[str]) -> int:
    """One leg by itself, for whoever works on one thing."""
    with ExitStack() as stack:
        scratch = stack.enter_context(scratch_folder())
        leg = run_leg(name, prepare(stack, scratch), scratch, further)
    return 0 if leg.code == 0 and not leg.skipped else 1


def prepare(stack: ExitStack, scratch: Path) -> dict[str, str]:
    """The environment of the legs: a PostgreSQL cluster, a Chromium, Caddy, and nothing of the caller's PARLEY_*."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    caddy.find_caddy()
    found = {
        chromium.VARIABLE: chromium.find_chromium(),
        postgresql.VARIABLE: stack.enter_context(postgresql.throwaway_cluster(scratch)),
    }
    return kept | found


def lint() -> list[str]:
    """Runs the linters, all at once, and gives the names of those that found something."""
    with ThreadPoolExecutor(len(LINTERS)) as threads:
        runs = list(threads.map(run_linter, LINTERS))
    for run in runs:
        print(run.stdout, end="", flush=True)
    return [Path(run.args[0]).name for run in runs if run.returncode]


def run_linter(command: list[str]) -> subprocess.CompletedProcess[str]:
    """One linter's exit code and what it says."""
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def run_leg(name: str, environment: dict[str, str], scratch: Path, further: list[str]) -> Leg:
    """Runs pytest for one leg in its own process and reads what it counted."""
    print(f"\n=== {name} ===", flush=True)
    workers = str(min(4, os.cpu_count() or 2))
    tally = scratch / f"{name}.json"
    command = [sys.executable, "-m", "pytest", "-p", "tests.plugin", "-q", "-n", workers, "--dist=loadgroup"]
    command += ["--durations=5", "-o", "faulthandler_timeout=300", f"--basetemp={scratch / name}", f"--tally={tally}"]
    return read_leg(run_pytest([*command, *LEGS[name], *further], environment), tally)


def run_pytest(command: list[str], environment: dict[str, str]) -> int:
    """Pytest's exit code, or 124 when the leg took longer than it may and was ended."""
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, timeout=LEG_LIMIT, check=False).returncode
    except subprocess.TimeoutExpired:
        print(f"ended after {LEG_LIMIT} s", file=sys.stderr)
        return 124


if __name__ == "__main__":
    sys.exit(main())
