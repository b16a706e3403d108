"""A database that cannot be used: every command ends with 1 and a sentence."""

from pathlib import Path

import pytest

from tests.commands.running import parley
from tests.conftest import SECRET

pytestmark = pytest.mark.no_database
NOBODY = "postgresql+asyncpg://parley@127.0.0.1:1/parley"
ADA = ("admin", "create", "--username", "ada", "--email", "ada@example.org", "--password-stdin")


@pytest.mark.parametrize("command", [("migrate",), ("work",), ("work", "--check"), ADA])
def test_a_database_that_is_away(command: tuple[str, ...], tmp_path: Path) -> None:
    ended = parley(*command, typed="a long password\n", database_url=NOBODY, data_dir=str(tmp_path), secret_key=SECRET)
    assert (ended.returncode, ended.stderr.splitlines()[-1:]) == (
        1,
        ["The database cannot be used at the moment; nothing was stored."],
    )
    assert "Traceback" not in ended.stderr


def test_a_database_without_tables(tmp_path: Path) -> None:
    ended = parley("work", "--check", data_dir=str(tmp_path), secret_key=SECRET)
    assert ended.returncode == 1
    assert "run `parley migrate`" in ended.stderr
    assert "Traceback" not in ended.stderr
