"""Each of the seven import contracts is kept, and each breaks when somebody adds the import it forbids."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.tree import ROOT

pytestmark = pytest.mark.no_database


def lint(root: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the tree at `root` as `make lint` does, for all contracts or for those named by id."""
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    return subprocess.run(
        [*command, "--no-logo", "--no-cache", *chosen],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "200", "PYTHONPATH": str(root)},
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, shared by the tests of this file: each puts its forbidden line in and takes it out again."""
    root = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "service", root / "service", ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / ".importlinter", root)
    return root


@dataclass(frozen=True)
class Trespass:
    """One forbidden import: the contract it breaks (id and name) and the line that goes into which file."""

    contract: str
    name: str
    file: str
    line: str


TRESPASSES = [
    Trespass("house", "House layers", "site/queries.py", "import service.accounts.queries"),
    Trespass("house", "House layers", "kit/clock.py", "import service.site.models"),
    Trespass("house", "House layers", "attic/__init__.py", '"""A room nobody gave a place."""'),
    Trespass("rooms", "Room layers", "accounts/queries.py", "import service.accounts.operations"),
    Trespass("rooms", "Room layers", "accounts/helpers.py", '"""A drawer for everything."""'),
    Trespass("web", "No web below the doors", "accounts/policy.py", "import fastapi"),
    Trespass("web", "No web below the doors", "accounts/operations.py", "import service.web.problems"),
    Trespass("web", "No web below the doors", "kit/clock.py", "import jinja2"),
    Trespass("sql", "No SQL in the doors", "accounts/api.py", "from sqlmodel import select"),
    Trespass("sql", "No SQL in the doors", "pages/home.py", "from sqlalchemy import text"),
    Trespass("wiring", "Doors and jobs are plugged in by wiring", "app.py", "import service.accounts.api"),
    Trespass("wiring", "Doors and jobs are plugged in by wiring", "pages/home.py", "import service.closing.jobs"),
    Trespass("outside", "Clients of the outside live in kit", "accounts/jobs.py", "import smtplib"),
    Trespass("outside", "Clients of the outside live in kit", "web/health.py", "import httpx"),
    Trespass("settings", "Settings are handed in", "wiring.py", "from service.settings import Settings"),
    Trespass("settings", "Settings are handed in", "kit/queue.py", "import service.settings"),
]


@pytest.fixture
def trespassed(copy: Path, request: pytest.FixtureRequest) -> Iterator[Trespass]:
    """The tree with one forbidden line in it, and the tree as it was afterwards."""
    trespass: Trespass = request.param
    file = copy / "service" / trespass.file
    before = file.read_text() if file.exists() else None
    fresh_folder = not file.parent.exists()
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{before or ''}\n{trespass.line}\n")
    yield trespass
    if fresh_folder:
        shutil.rmtree(file.parent)
    elif before is None:
        file.unlink()
    else:
        file.write_text(before)


def test_the_seven_contracts_are_kept() -> None:
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "7 kept, 0 broken" in found.stdout


@pytest.mark.parametrize("trespassed", TRESPASSES, indirect=True, ids=lambda t: f"{t.contract}: {t.file}")
def test_a_forbidden_import_breaks_its_contract(copy: Path, trespassed: Trespass) -> None:
    found = lint(copy, trespassed.contract)
    assert found.returncode == 1, found.stdout
    assert f"{trespassed.name} BROKEN" in found.stdout
