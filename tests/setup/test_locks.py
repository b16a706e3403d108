"""The lock files: exact, hashed, without any address, and up to date with pyproject.toml."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / "requirements" / "run.txt"
PUSH = ROOT / "requirements" / "push.txt"
OTEL = ROOT / "requirements" / "otel.txt"
TEST = ROOT / "requirements" / "test.txt"
PINNED = re.compile(r"^([a-z0-9-]+)==([^\s;]+)( ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
FLOOR = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[a-z0-9,]+\])?>=([0-9.]+)$")


def pins(path: Path) -> dict[str, str]:
    """Name and exact version of every package in a lock file."""
    found = (PINNED.match(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {match[1]: match[2] for match in found if match}


def version(text: str) -> tuple[int, ...]:
    """A release number, comparable."""
    return tuple(int(part) for part in text.split("."))


@pytest.mark.parametrize("path", [RUN, PUSH, OTEL, TEST], ids=lambda path: path.name)
def test_every_line_is_a_pin_a_hash_or_a_remark(path: Path) -> None:
    """No index, no link, no path, no loose version: any other kind of line would be one of these."""
    for line in path.read_text(encoding="utf-8").splitlines():
        assert PINNED.match(line) or HASH.match(line) or line.lstrip().startswith("#"), line
        assert "://" not in line, line


@pytest.mark.parametrize("path", [RUN, PUSH, OTEL, TEST], ids=lambda path: path.name)
def test_every_pin_has_hashes(path: Path) -> None:
    """A pin that is not followed by a hash would be taken on trust."""
    lines = path.read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if PINNED.match(line) and not HASH.match(after)
    ]
    assert bare == []
    assert len(pins(path)) > 20


def test_the_test_environment_holds_the_site_s_at_the_same_versions() -> None:
    """`make test` must prove the versions that `make run` installs."""
    assert pins(RUN).items() <= pins(PUSH).items() <= pins(TEST).items()
    assert pins(RUN).items() <= pins(OTEL).items() <= pins(TEST).items()


def test_the_locks_are_up_to_date_with_pyproject() -> None:
    """A dependency added to pyproject.toml, or a floor raised, without `make lock` is found here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {
        RUN: project["dependencies"],
        PUSH: project["optional-dependencies"]["push"],
        OTEL: project["optional-dependencies"]["otel"],
        TEST: project["optional-dependencies"]["test"],
    }
    for path, requirements in asked.items():
        locked = pins(path)
        for requirement in requirements:
            match = FLOOR.match(requirement)
            assert match, f"{requirement}: give a floor, `name>=version`"
            name = match[1].lower().replace("_", "-")
            assert name in locked, f"{name} is not in {path.name}: run make lock"
            assert version(locked[name]) >= version(match[2]), f"{name} is too old in {path.name}: run make lock"


def test_this_environment_is_the_locked_one() -> None:
    """What is imported here is what the lock says; a stale environment would prove something else."""
    here = {package.name.lower().replace("_", "-"): package.version for package in distributions()}
    locked = {name: number for name, number in pins(RUN).items() if name in here}
    assert {name: here[name] for name in locked} == locked
    assert "fastapi" in locked
