"""Migrations: from empty and from every older version with rows in it, several at once, and broken off half-way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from service.kit.database.migrations import newest, upgrade, with_connection
from tests.house.tree import ROOT
from tests.migrations.versions import KEPT_ALONE, ROWS, check, counts, fill, revisions, upgrade_to, with_one_more

pytestmark = pytest.mark.filterwarnings("ignore:.*expression-based index")
"""SQLAlchemy reads no index of a sum from SQLite; tests/size sees that they are there."""
WAIT = 90.0
CREATE = """
op.create_table("half", sa.Column("id", sa.Integer(), primary_key=True))
op.execute("INSERT INTO half VALUES (1)")
"""
FORGET = "op.execute(\"UPDATE site SET name = 'Forgotten'\")\n"


def versions_of(url: str) -> list[str]:
    """What the database says it is at."""
    found: list[str] = []

    def work(connection: Connection) -> None:
        found.extend(connection.scalars(text("SELECT version_num FROM alembic_version")))

    with_connection(url, work)
    return found


def name_of(url: str) -> str:
    """The site's name."""
    found: list[str] = []
    with_connection(url, lambda connection: found.extend(connection.scalars(text("SELECT name FROM site"))))
    return found[0]


def test_an_empty_database_gets_the_tables_of_the_code(empty_database_url: str) -> None:
    assert upgrade(empty_database_url) == newest() == revisions()[-1]
    check(empty_database_url)
    found = counts(empty_database_url)
    assert (found["site"], found["category"], found["thread"]) == (1, 1, 0)
    assert upgrade(empty_database_url) == newest(), "twice does nothing"
    assert counts(empty_database_url) == found


@pytest.mark.parametrize("revision", revisions())
def test_a_filled_database_of_any_version_is_brought_up_with_its_rows(empty_database_url: str, revision: str) -> None:
    upgrade_to(empty_database_url, revision)
    fill(empty_database_url)
    before = counts(empty_database_url)
    assert all(number >= ROWS for name, number in before.items() if name not in KEPT_ALONE)
    upgrade(empty_database_url)
    after = counts(empty_database_url)
    assert {name: after.get(name) for name in before} == before
    check(empty_database_url)
    assert broken_references(empty_database_url) == []


def broken_references(url: str) -> list[object]:
    """Rows that refer to nothing. PostgreSQL has none: its migrations run with the references checked."""
    found: list[object] = []

    def work(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            found.extend(connection.execute(text("PRAGMA foreign_key_check")).all())

    with_connection(url, work)
    return found


def test_a_migration_that_fails_leaves_everything_as_it_was(empty_database_url: str, tmp_path: Path) -> None:
    """From empty: not even the steps before it stay. From the newest version: no table, no row, no version."""
    folder = with_one_more(tmp_path, CREATE + 'raise RuntimeError("half-way")\n')
    with pytest.raises(RuntimeError, match="half-way"):
        upgrade_to(empty_database_url, "head", folder)
    assert counts(empty_database_url) == {}
    upgrade(empty_database_url)
    before = counts(empty_database_url)
    with pytest.raises(RuntimeError, match="half-way"):
        upgrade_to(empty_database_url, "head", folder)
    assert counts(empty_database_url) == before
    assert versions_of(empty_database_url) == [newest()]


def start(url: str, folder: Path | None = None) -> subprocess.Popen[bytes]:
    """A process that migrates."""
    call = f"upgrade_to({url!r}, 'head', Path({str(folder)!r}))" if folder else f"upgrade({url!r})"
    program = (
        "from pathlib import Path\nfrom service.kit.database.migrations import upgrade\n"
        f"from tests.migrations.versions import upgrade_to\n{call}\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip


def test_several_processes_may_migrate_at_once(empty_database_url: str) -> None:
    processes = [start(empty_database_url) for _ in range(3)]
    for process in processes:
        _, complaint = process.communicate(timeout=WAIT)
        assert process.returncode == 0, complaint.decode()
    check(empty_database_url)
    assert counts(empty_database_url)["category"] == 1


def test_a_migration_that_is_killed_leaves_the_old_version(database_url: str, tmp_path: Path) -> None:
    """SIGKILL after its tables were made, before its end: the next one finds the old version whole, and goes on."""
    mark = tmp_path / "half-way"
    pause = f"import pathlib, time\npathlib.Path({str(mark)!r}).touch()\ntime.sleep(120)\n"
    process = start(database_url, with_one_more(tmp_path, CREATE + FORGET + pause))
    deadline = time.monotonic() + WAIT
    while not mark.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert mark.exists(), "the migration never came half-way"
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=WAIT)
    started = time.monotonic()
    assert upgrade(database_url) == newest()
    assert time.monotonic() - started < 30, "nobody waits for the dead one's lock"
    assert "half" not in counts(database_url)
    assert (versions_of(database_url), name_of(database_url)) == ([newest()], "Parley")
    check(database_url)
