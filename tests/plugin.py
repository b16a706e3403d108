"""Which test runs in which leg of `make test`, and what each leg reports back.

`make test` runs pytest three times: on SQLite, on PostgreSQL, and for the browser. A test says by
its markers where it belongs:

* no marker: runs on both databases, and has to pass on both;
* `sqlite_only("why")`, `postgresql_only("why")`: a listed single-database test, left out of the other
  leg by deselection (a skip would fail the run);
* `no_database`: touches none; runs once, beside the SQLite tests. Everything in `tests/house` is that;
* `browser`: runs once, in the browser leg. Everything in `tests/browser` is that.

tests/conftest.py loads this file and reads the chosen database from `--database`.
"""

import json
from pathlib import Path

import pytest

DATABASES = ("sqlite", "postgresql")
ONCE = {"house": "no_database", "browser": "browser"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database` chooses where the tests run; `--tally` names the file that receives the counts."""
    group = parser.getgroup("parley")
    group.addoption("--database", choices=DATABASES, default="sqlite", help="the database to run the tests on")
    group.addoption("--tally", type=Path, default=None, help="write what passed, failed and was skipped to this file")


def pytest_configure(config: pytest.Config) -> None:
    """Counts in the process that reports (with xdist: the controller, never a worker)."""
    path = config.getoption("--tally")
    if path is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tally(path), "parley-tally")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks by folder, then deselects what belongs to the other database."""
    for item in items:
        mark_by_folder(item)
    chosen = config.getoption("--database")
    stays = [item for item in items if belongs(item, chosen)]
    gone = [item for item in items if not belongs(item, chosen)]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = stays


def mark_by_folder(item: pytest.Item) -> None:
    """A test in `tests/house` needs no database and one in `tests/browser` a browser, said once for all."""
    for part in item.path.parts:
        if part in ONCE:
            item.add_marker(ONCE[part])


def belongs(item: pytest.Item, database: str) -> bool:
    """Whether the test runs on this database. A single-database test without a reason is refused.

    Raises:
        pytest.UsageError: a `…_only` marker that names no reason.
    """
    only = {name for name in DATABASES if (mark := item.get_closest_marker(f"{name}_only")) and reason_of(item, mark)}
    if item.get_closest_marker("no_database") or item.get_closest_marker("browser"):
        only = only or {"sqlite"}
    return not only or database in only


def reason_of(item: pytest.Item, mark: pytest.Mark) -> str:
    """The reason a single-database test gives.

    Raises:
        pytest.UsageError: it gives none.
    """
    reason = str(mark.args[0]) if mark.args else ""
    if not reason:
        raise pytest.UsageError(f"{item.nodeid}: {mark.name} needs a reason")
    return reason


class Tally:
    """Collects test ids by outcome and kind, and writes them as JSON when the leg ends.

    The file holds `passed`, `failed` and `skipped`; `passed` maps "database", "single", "no_database"
    and "browser" to lists of test ids. An expected failure counts as skipped: neither proves anything.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.passed: dict[str, list[str]] = {"database": [], "single": [], "no_database": [], "browser": []}
        self.failed: set[str] = set()
        self.skipped: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes one phase of one test."""
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.skipped:
            self.skipped.add(report.nodeid)
        elif report.when == "call":
            self.passed[kind_of(report)].append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be imported is a failure, and a skipped file is skipped tests."""
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.skipped:
            self.skipped.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Writes the file. A test whose tear-down failed is not counted as passed."""
        passed = {kind: [name for name in names if name not in self.failed] for kind, names in self.passed.items()}
        counts = {"passed": passed, "failed": sorted(self.failed), "skipped": sorted(self.skipped)}
        self.path.write_text(json.dumps(counts), encoding="utf-8")


def kind_of(report: pytest.TestReport) -> str:
    """The kind a report is counted under: browser, no_database, single (one database only) or database (both)."""
    if "browser" in report.keywords:
        return "browser"
    if "no_database" in report.keywords:
        return "no_database"
    return "single" if {f"{name}_only" for name in DATABASES} & set(report.keywords) else "database"
