"""What makes `make test` fail, as a table, and the lines it closes with."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tally import Leg, complaints, read_leg, summary

pytestmark = pytest.mark.no_database

GOOD = {
    "sqlite": Leg(0, both=frozenset({"a", "b"}), single=frozenset({"one_writer"}), apart=frozenset({"pure"})),
    "postgresql": Leg(0, both=frozenset({"a", "b"}), single=frozenset({"row_locks", "notify"})),
    "browser": Leg(0, browser=frozenset({"page"})),
}


def test_a_good_run_has_no_complaint_and_closes_with_the_three_counts() -> None:
    """Listed single-database tests may differ in number."""
    assert complaints(GOOD) == []
    assert summary(GOOD, 0).splitlines()[-2:] == ["9 passed, 0 failed", "sqlite 3, postgresql 4, browser 1"]


@pytest.mark.parametrize(
    ("name", "change", "word"),
    [
        ("sqlite", {"failed": frozenset({"a"}), "code": 1}, "failed: a"),
        ("postgresql", {"code": 3}, "pytest ended with 3"),
        ("browser", {"skipped": frozenset({"page2"})}, "skipped"),
        ("browser", {"browser": frozenset()}, "browser: no test ran"),
        ("sqlite", {"both": frozenset({"a", "b", "c"})}, "passed on sqlite alone, and not listed so: c"),
        ("postgresql", {"both": frozenset({"a", "b", "d"})}, "passed on postgresql alone, and not listed so: d"),
    ],
)
def test_each_of_these_alone_fails_the_run(name: str, change: dict[str, object], word: str) -> None:
    """One leg of a good run is spoilt in one way."""
    legs = {**GOOD, name: replace(GOOD[name], **change)}  # type: ignore[arg-type]  # a table of differing fields
    assert any(word in line for line in complaints(legs))
    assert ", 0 failed" not in summary(legs, len(complaints(legs)))


def test_a_leg_that_wrote_no_file_has_failed_even_with_exit_code_0(tmp_path: Path) -> None:
    """Pytest that was killed, or never began, proves nothing."""
    assert read_leg(0, tmp_path / "missing.json").code == 1


def test_a_tally_is_read_back(tmp_path: Path) -> None:
    """The shape tests/plugin.py writes."""
    passed = {"database": ["a", "b"], "single": ["c"], "no_database": ["d"], "browser": []}
    path = tmp_path / "tally.json"
    path.write_text(json.dumps({"passed": passed, "failed": ["e"], "skipped": []}))
    leg = read_leg(1, path)
    assert leg.passed == 3
    assert (leg.apart, leg.failed) == (frozenset({"d"}), frozenset({"e"}))
