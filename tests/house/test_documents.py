"""The documents name only what is there: files, links, commands, settings, addresses."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service import cli, wiring
from service.settings import Settings
from tests.house.tree import ROOT, tracked
from tools.reference.cli import commands

pytestmark = pytest.mark.no_database

PAGES = [path for path in tracked() if path.suffix == ".md"]
ELSEWHERE = ("http://", "https://", "mailto:", "#")


def text_of(page: Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def code_in(text: str) -> list[str]:
    """What stands between backticks, inline or as a block."""
    return re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL)


def lost_links(page: Path, text: str) -> list[str]:
    """Links to files that are not there."""
    targets = [
        target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if not target.startswith(ELSEWHERE)
    ]
    return [target for target in targets if target and not (ROOT / page.parent / target).exists()]


def lost_files(text: str) -> list[str]:
    """Files and folders of ours that are named and not there."""
    roots = r"(?:service|tests|docs|tools|alembic|bench|requirements)"
    named = re.findall(rf"(?<![\w/.-]){roots}/[\w/.-]*[\w/]", " ".join(code_in(text)))
    return [name for name in named if not (ROOT / name).exists()]


def lost_targets(text: str) -> list[str]:
    """Targets of make that the Makefile does not have."""
    there = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = re.findall(r"(?:^|[`\s])make ([a-z]+)", " ".join(code_in(text)))
    return sorted(set(named) - there)


def lost_commands(text: str) -> list[str]:
    """Commands of `parley` that it does not have."""
    import typer.main

    there = {name for name, _ in commands(typer.main.get_command(cli.app), "parley")}
    verbs = "create|wordpress|list|retry|discard|verify|report"
    command = re.compile(rf"(?:^|[`\s/])(parley (?:[a-z]+)(?: (?:{verbs}))?)\b", re.MULTILINE)
    named = command.findall(" ".join(code_in(text)))
    return sorted(set(named) - there)


def lost_settings(text: str) -> list[str]:
    """Variables that are no settings, nor those of the compose file and of what it starts beside Parley. (The suite's
    own begin with PARLEY_TEST_.)
    """
    there = {f"PARLEY_{name.upper()}" for name in Settings.model_fields}
    for file in (ROOT / "docker-compose.yml", ROOT / "deploy" / "Caddyfile"):
        there |= set(re.findall(r"\$\{?(PARLEY_[A-Z_]+)", file.read_text(encoding="utf-8")))
        there |= set(re.findall(r"\{\$(PARLEY_[A-Z_]+)", file.read_text(encoding="utf-8")))
    return sorted({name for name in re.findall(r"PARLEY_[A-Z_]+", text) if not name.startswith("PARLEY_TEST_")} - there)


def paths_of(router: Any) -> Iterator[str]:
    """The paths of a router, and of those that it includes."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        yield from paths_of(inner) if inner is not None else (route.path,)


def lost_addresses(text: str) -> list[str]:
    """Paths of the API that no route answers."""
    patterns = [re.sub(r"\{[^}]+\}", "[^/]+", path) for router in wiring.ROUTERS for path in paths_of(router)]
    patterns += ["/openapi.json", "/docs", "", "/"]
    named = re.findall(r"/api/v1(/?[\w/{}.-]*)", text)
    return sorted({name for name in named if not any(re.fullmatch(pattern, name.rstrip(".")) for pattern in patterns)})


CHECKS = [lost_files, lost_targets, lost_commands, lost_settings, lost_addresses]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_document_names_only_what_is_there(page: Path) -> None:
    text = text_of(page)
    lost = {"links": lost_links(page, text)} | {check.__name__: check(text) for check in CHECKS}
    assert not any(lost.values()), {name: found for name, found in lost.items() if found}


def test_each_of_these_would_be_noticed() -> None:
    assert lost_links(Path("docs/tour.md"), "[x](nowhere.md)") == ["nowhere.md"]
    assert lost_files("see `service/threads/helpers.py`") == ["service/threads/helpers.py"]
    assert lost_targets("`make coffee`") == ["coffee"]
    assert lost_commands("```sh\nparley explode\n```") == ["parley explode"]
    assert lost_settings("PARLEY_COLOUR") == ["PARLEY_COLOUR"]
    assert lost_addresses("`GET /api/v1/secrets`") == ["/secrets"]
