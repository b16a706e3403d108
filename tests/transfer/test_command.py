"""`parley import wordpress`, as operators run it: the real command in a process of its own."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from service.kit.database import Session
from service.transfer.models import ImportedItem
from tests.build import a_thread
from tests.cast import Person
from tests.commands.running import parley
from tests.conftest import SECRET
from tests.transfer.exports import SOURCE, blog, comment, post

pytestmark = pytest.mark.anyio
FILE = blog(
    post(1, "x", comment(1), comment(2, parent=7), comment(3, kind="pingback"), terms=[("post_tag", "p", "Paris")]),
    post(2, status="draft"),
    post(3, kind="attachment"),
)


class Operator:
    """Types commands at the machine that the database belongs to."""

    def __init__(self, url: str, folder: Path) -> None:
        self.settings = {"database_url": url, "data_dir": str(folder), "secret_key": SECRET}
        self.file = folder / "export.xml"

    def imports(self, text: str, *options: str) -> Any:
        """Write the file and import it."""
        self.file.write_text(text, encoding="utf-8")
        return parley("import", "wordpress", str(self.file), *options, **self.settings)


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    """Somebody at the machine."""
    return Operator(database_url, tmp_path)


async def brought(app: FastAPI) -> int:
    """How many posts and comments have been imported."""

    def count(session: Session) -> int:
        return int(session.execute(select(func.count()).select_from(ImportedItem)).scalar_one())

    return await app.state.database.read(count)  # type: ignore[no-any-return]  # an app's state is anything


def test_a_program_reads_one_json_object(operator: Operator) -> None:
    ended = operator.imports(FILE, "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    report = json.loads(ended.stdout)
    nothing = {"found": 0, "imported": 0, "already": 0}
    problem = {
        "item": "comment", "id": 2, "line": 42, "title": "Post 1",
        "problem": "it answers comment 7, which is not here", "done": "it stands on the first level",
    }  # fmt: skip
    assert report == {
        "source": SOURCE, "title": "The reading room", "dry_run": False,
        "posts": {"found": 1, "imported": 1, "already": 0}, "pages": nothing,
        "comments": {"published": {"found": 2, "imported": 2, "already": 0}, "pending": nothing, "spam": nothing,
                     "trashed": nothing},
        "pingbacks": 1, "trackbacks": 0, "passed_over": {"draft": 1}, "comments_passed_over": 0,
        "others": {"attachment": 1}, "authors": {"Inês Duarte": 1}, "categories": {"Uncategorized": 1},
        "tags": {"Paris": 1}, "problems": [problem], "more_problems": 0,
    }  # fmt: skip


def test_a_person_reads_what_was_done_and_sees_no_bar_where_there_is_no_terminal(operator: Operator) -> None:
    ended = operator.imports(FILE)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "3 items were imported. Nobody was told." in ended.stdout
    assert "Not imported: 1 pingbacks" in ended.stdout
    assert "Not imported: 1 draft" in ended.stdout
    assert "it answers comment 7, which is not here" in ended.stdout
    again = operator.imports(FILE)
    assert "Nothing was imported: everything in this file is here already." in again.stdout


async def test_a_broken_file_is_refused_with_its_line_and_changes_nothing(app: FastAPI, operator: Operator) -> None:
    posts = "".join(post(number) for number in range(1, 50))
    ended = await asyncio.to_thread(operator.imports, blog(posts + "<item><title>Maps & plans</title>"))
    assert (ended.returncode, ended.stdout) == (1, "")
    line = blog(posts).count("\n") - 1
    assert f"export.xml: Line {line}: not well-formed (invalid token). Nothing was imported." in ended.stderr
    assert await brought(app) == 0
    ended = await asyncio.to_thread(operator.imports, blog().replace(SOURCE, ""))
    assert ended.returncode == 1
    assert "does not say which blog it comes from" in ended.stderr


def test_a_file_that_is_not_there_is_refused(operator: Operator) -> None:
    ended = parley("import", "wordpress", str(operator.file), **operator.settings)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "cannot be read: No such file" in ended.stderr


def test_a_wrong_use_is_told_from_a_refusal(operator: Operator) -> None:
    assert parley("import", "wordpress", **operator.settings).returncode == 2
    assert parley("import", "geocities", str(operator.file), **operator.settings).returncode == 2


async def test_a_dry_run_changes_nothing(app: FastAPI, operator: Operator) -> None:
    ended = await asyncio.to_thread(operator.imports, FILE, "--dry-run")
    assert ended.returncode == 0
    assert "A dry run: nothing was changed. An import would bring 3 items." in ended.stdout
    assert await brought(app) == 0


def test_a_dry_run_needs_no_database_and_makes_none(operator: Operator, tmp_path: Path) -> None:
    operator.file.write_text(FILE, encoding="utf-8")
    ended = parley("import", "wordpress", str(operator.file), "--dry-run", "--json", data_dir=str(tmp_path / "none"))
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["posts"]["found"] == 1
    assert not (tmp_path / "none").exists()


async def test_people_write_while_an_import_runs_beside(
    app: FastAPI, operator: Operator, alice: Person, bob: Person
) -> None:
    thread = await a_thread(alice)
    posts = [post(number, "x", *(comment(number * 100 + each) for each in range(20))) for number in range(1, 60)]
    importing = asyncio.create_task(asyncio.to_thread(operator.imports, blog(*posts)))
    statuses: list[int] = []
    while not importing.done():
        answer = await bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": f"Thought {len(statuses)}."})
        statuses.append(answer.status_code)
        await asyncio.sleep(0.1)
    ended = await importing
    assert ended.returncode == 0, ended.stderr
    assert statuses
    assert set(statuses) == {201}
    assert await brought(app) == 59 * 21
