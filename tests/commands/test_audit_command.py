"""`parley audit verify`: says that the log is whole, or where it is not, on a terminal and for programs."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service.kit.database import Database
from tests.build import a_reply, a_thread, logged
from tests.cast import Person
from tests.commands.running import parley
from tests.conftest import SECRET

pytestmark = pytest.mark.anyio


def verify(database_url: str, folder: Path, *arguments: str) -> tuple[int, Any]:
    """The command's exit code, and its JSON if it had any."""
    done = parley(
        "audit", "verify", "--json", *arguments, database_url=database_url, data_dir=str(folder), secret_key=SECRET
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


async def test_a_log_is_whole_until_somebody_changes_it(
    alice: Person, bob: Person, database: Database, database_url: str, tmp_path: Path
) -> None:
    thread = await a_thread(by=alice)
    for number in range(3):
        await a_reply(by=bob, thread=thread, body=f"The families, number {number}.")
    await logged(database)
    code, whole = verify(database_url, tmp_path)
    assert (code, whole["whole"], whole["entries"], whole["broken_at"]) == (0, True, 4, None), whole
    code, found = verify(database_url, tmp_path, "--end", whole["end"])
    assert (code, found["whole"]) == (0, True)
    code, found = verify(database_url, tmp_path, "--end", "4:" + "0" * 64)
    assert (code, found["broken_at"]) == (1, 4), "it ended otherwise when that was noted"
    code, said = verify(database_url, tmp_path, "--end", "the last one")
    assert code == 2
    assert "POSITION:HASH" in said
    edit = "UPDATE event SET actor_id = actor_id + 1 WHERE position = 2"
    await database.write(lambda session: session.execute(text(edit)))
    code, found = verify(database_url, tmp_path)
    assert (code, found["whole"], found["broken_at"]) == (1, False, 2)
    assert "changed" in found["because"]
