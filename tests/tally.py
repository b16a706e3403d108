"""What the legs of `make test` counted, and what is wrong with it. Pure: tests/run.py starts the processes."""

import json
from dataclasses import dataclass
from pathlib import Path

SHOWN = 10  # test ids named in one complaint; more only hide the first


@dataclass(frozen=True)
class Leg:
    """One pytest run: its exit code and the ids of its tests.

    `both` ran on the leg's database and belong to the other one too; `single` are listed for this database alone;
    `apart` need no database; `browser` drove Chromium.
    """

    code: int
    both: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    browser: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()

    @property
    def passed(self) -> int:
        """Passed tests that needed the leg's database or browser."""
        return len(self.both) + len(self.single) + len(self.browser)


def read_leg(code: int, path: Path) -> Leg:
    """Reads the file that tests/plugin.py wrote; without one (pytest never came to its end) every count is 0."""
    if not path.exists():
        return Leg(code=code or 1)
    counts = json.loads(path.read_text(encoding="utf-8"))
    passed = {kind: frozenset(names) for kind, names in counts["passed"].items()}
    return Leg(
        code=code,
        both=passed["database"],
        single=passed["single"],
        apart=passed["no_database"],
        browser=passed["browser"],
        failed=frozenset(counts["failed"]),
        skipped=frozenset(counts["skipped"]),
    )


def complaints(legs: dict[str, Leg]) -> list[str]:
    """Why the run is not good, one line each; empty when it is."""
    wrong: list[str] = []
    for name, leg in legs.items():
        if leg.failed:
            wrong.append(f"{name}: {len(leg.failed)} failed: {named(leg.failed)}")
        elif leg.code:
            wrong.append(f"{name}: pytest ended with {leg.code}")
        if leg.skipped:
            wrong.append(f"{name}: {len(leg.skipped)} skipped, and a skipped test proves nothing: {named(leg.skipped)}")
        if not leg.passed:
            wrong.append(f"{name}: no test ran")
    return wrong + differences(legs["sqlite"], legs["postgresql"])


def differences(sqlite: Leg, postgresql: Leg) -> list[str]:
    """Tests that passed on one database alone and are not listed (by a marker with a reason) as single-database."""
    alone = {"sqlite": sqlite.both - postgresql.both, "postgresql": postgresql.both - sqlite.both}
    return [f"passed on {name} alone, and not listed so: {named(ids)}" for name, ids in alone.items() if ids]


def named(ids: frozenset[str]) -> str:
    """The first few ids."""
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return ", ".join(sorted(ids)[:SHOWN]) + more


def summary(legs: dict[str, Leg], wrong: int) -> str:
    """The closing lines: what ran once, a plain total, and the three counts.

    The total counts a test once for every leg it ran in. `wrong` is the number of complaints; with no failed test
    among them (a linter's, say) they still count as failures, so that no reader takes the total for a good run.
    """
    apart = sum(len(leg.apart) for leg in legs.values())
    failed = sum(len(leg.failed) for leg in legs.values()) or wrong
    passed = apart + sum(leg.passed for leg in legs.values())
    counts = ", ".join(f"{name} {leg.passed}" for name, leg in legs.items())
    return f"\nand {apart} that need no database\n{passed} passed, {failed} failed\n{counts}"
