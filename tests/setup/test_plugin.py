"""Which tests a leg runs and how they are counted: the plugin on a small suite of its own, in a pytest of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import pytest

def test_both(): pass

@pytest.mark.sqlite_only("one writer")
def test_sqlite(): pass

@pytest.mark.postgresql_only("row locks")
def test_postgresql(): pass

@pytest.mark.no_database
def test_pure(): pass

@pytest.mark.browser
def test_browser(): pass

def test_bad(): assert False

def test_skips(): pytest.skip("not today")

@pytest.mark.xfail
def test_hopes(): assert False
"""


def leg(folder: Path, suite: str, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Runs the plugin on a suite; the exit code, the tally (empty if none was written) and the output."""
    (folder / "test_it.py").write_text(suite)
    markers = "\n".join(f"{name}: x" for name in ("sqlite_only", "postgresql_only", "no_database", "browser"))
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    " + markers.replace("\n", "\n    ") + "\n")
    tally = folder / "tally.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.plugin", "-c", str(folder / "pytest.ini")]
    command += [f"--rootdir={folder}", f"--tally={tally}", *arguments, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    counted = json.loads(tally.read_text()) if tally.exists() else {}
    return done.returncode, counted, done.stdout + done.stderr


def names(ids: list[str]) -> set[str]:
    """The bare names of test ids."""
    return {item.rpartition("::test_")[2] for item in ids}


@pytest.mark.parametrize(
    ("arguments", "both", "single", "pure", "browser"),
    [
        (["--database=sqlite", "-m", "not browser"], {"both"}, {"sqlite"}, {"pure"}, set()),
        (["--database=postgresql", "-m", "not browser and not no_database"], {"both"}, {"postgresql"}, set(), set()),
        (["--database=sqlite", "-m", "browser"], set(), set(), set(), {"browser"}),
        (["--database=sqlite", "-n", "2", "-m", "not browser"], {"both"}, {"sqlite"}, {"pure"}, set()),
    ],
    ids=["sqlite", "postgresql", "browser", "in two processes"],
)
def test_each_leg_counts_its_own(
    tmp_path: Path, arguments: list[str], both: set[str], single: set[str], pure: set[str], browser: set[str]
) -> None:
    """By the same arguments that tests/run.py gives."""
    _, counted, output = leg(tmp_path, SUITE, *arguments)
    assert counted, output
    assert {kind: names(ids) for kind, ids in counted["passed"].items()} == {
        "database": both,
        "single": single,
        "no_database": pure,
        "browser": browser,
    }


def test_failed_and_skipped_are_told_apart_and_an_expected_failure_counts_as_skipped(tmp_path: Path) -> None:
    """Neither a skip nor an expected failure may pass for a proof."""
    code, counted, _ = leg(tmp_path, SUITE, "--database=postgresql")
    assert code == 1
    assert names(counted["failed"]) == {"bad"}
    assert names(counted["skipped"]) == {"skips", "hopes"}


def test_a_single_database_test_without_a_reason_is_refused(tmp_path: Path) -> None:
    """The list of single-database tests explains itself or does not run."""
    code, _, output = leg(tmp_path, "import pytest\n@pytest.mark.sqlite_only\ndef test_it(): pass\n")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "needs a reason" in output


def test_a_test_whose_tear_down_fails_is_not_counted_as_passed(tmp_path: Path) -> None:
    """It is in `failed` alone."""
    suite = "import pytest\n@pytest.fixture\ndef thing():\n    yield\n    raise OSError\ndef test_it(thing): pass\n"
    _, counted, _ = leg(tmp_path, suite)
    assert names(counted["failed"]) == {"it"}
    assert counted["passed"]["database"] == []


def test_a_file_that_cannot_be_imported_is_a_failure(tmp_path: Path) -> None:
    """Otherwise its tests would be missed by nobody."""
    code, counted, _ = leg(tmp_path, "import nowhere\n")
    assert code != 0
    assert len(counted["failed"]) == 1
