"""Where files may lie, and what no file of the project may say."""

import configparser
import re
from pathlib import Path

import pytest

from tests.house.tree import NOT_ROOMS, ROOT, rooms, tracked

pytestmark = pytest.mark.no_database

# Spelt in pieces, so that this file may say what no file may say.
PRIVATE_PLACES = re.compile("|".join(["/wo" + r"rk/(?!flows)", "/tmp/" + "v/", "/ro" + "ot/", r"\.\./sha" + "red"]))
"""Folders of a developer's machine. A path that exists on one machine only is a broken link on all others."""


def private_places(text: str) -> list[str]:
    """The lines of a text that name a place on somebody's machine."""
    return [line.strip() for line in text.splitlines() if PRIVATE_PLACES.search(line)]


def test_every_room_has_its_files_ordered_by_the_second_contract() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    listed = contracts["importlinter:contract:rooms"]["containers"].split()
    assert sorted(listed) == [f"service.{room}" for room in rooms()], (
        "A room that is not listed under `containers` may hold a helpers.py and nobody would notice."
    )


def test_every_folder_of_python_in_service_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "service").rglob("*.py")}
    bare = sorted(str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists())
    assert not bare, f"import-linter does not look into a folder without __init__.py: {bare}"


def test_alembic_is_no_package() -> None:
    found = [str(path) for path in tracked() if path.parts[0] == "alembic" and path.name == "__init__.py"]
    assert not found, f"`import alembic` would find our folder and not the library: {found}"


def test_who_is_asking_is_answered_by_accounts_alone() -> None:
    elsewhere = [room for room in rooms() if (ROOT / "service" / room / "current.py").exists() and room != "accounts"]
    assert not elsewhere, f"Only accounts knows who is asking; current.py also stands in {elsewhere}"


def test_the_folders_that_are_no_rooms_are_there() -> None:
    missing = [name for name in sorted(NOT_ROOMS) if not (ROOT / "service" / name / "__init__.py").exists()]
    assert not missing, f"tests/house/tree.py names folders that are gone: {missing}"


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    remarks = []
    for path in tracked():
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a font
        remarks += [f"{path}: {line[:120]}" for line in private_places(text)]
    assert not remarks, "\n".join(remarks)


@pytest.mark.parametrize("place", ["/wo" + "rk/x/service", "/tmp/" + "v/bin/python", "see ../sha" + "red/HOUSE.md"])
def test_a_place_on_somebodys_machine_is_noticed(place: str) -> None:
    assert private_places(f"run {place}")


def test_migrations_are_named_by_date_and_verb() -> None:
    named = re.compile(r"\d{4}_\d\d_\d\d_\d{4}-[a-z0-9]+(_[a-z0-9]+)+\.py")
    versions = [path for path in tracked() if path.parent == Path("alembic/versions")]
    odd = [str(path) for path in versions if not named.fullmatch(path.name)]
    assert not odd, f"A migration is called 2026_11_23_0446-create_threads.py: date, then verb, not {odd}"
