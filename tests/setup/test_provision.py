"""Where `make test` takes PostgreSQL and Chromium from, in which order, and what it says when there is none."""

import asyncio
import os
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from tests.provision import Missing, caddy, chromium, packages, postgresql

pytestmark = pytest.mark.no_database


def nothing() -> None:
    """A place where there is none."""


def refuse(name: str) -> bool:
    """A package manager that is not there, or has not got it."""
    return False


def test_what_is_on_the_machine_is_taken_before_anything_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No package manager is asked for what is there."""
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setattr(packages, "install", lambda name: pytest.fail(f"installs {name}"))
    monkeypatch.setattr(chromium, "on_the_machine", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(postgresql, "on_the_machine", lambda: Path("/usr/lib/postgresql/15/bin"))
    assert chromium.find_chromium() == "/usr/bin/chromium"
    assert postgresql.find_programs() == Path("/usr/lib/postgresql/15/bin")


def test_a_package_is_asked_for_next_and_then_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """As root on Debian: install, then look again."""
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    asked: list[str] = []

    def install(name: str) -> bool:
        asked.append(name)
        return True

    monkeypatch.setattr(packages, "install", install)
    monkeypatch.setattr(chromium, "on_the_machine", lambda: "/usr/bin/chromium" if "chromium" in asked else None)
    monkeypatch.setattr(postgresql, "on_the_machine", lambda: Path("/pg/bin") if "postgresql" in asked else None)
    assert chromium.find_chromium() == "/usr/bin/chromium"
    assert postgresql.find_programs() == Path("/pg/bin")
    assert asked == ["chromium", "postgresql"]


def test_nobody_but_root_installs_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without rights is not asked for a password by a test run."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(packages, "apt", lambda *arguments: pytest.fail("called apt-get"))
    assert packages.install("chromium") is False


def test_without_a_chromium_one_line_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not on the machine, not by apt, not by Playwright."""
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setattr(packages, "install", refuse)
    for source in ("on_the_machine", "of_playwright"):
        monkeypatch.setattr(chromium, source, nothing)
    with pytest.raises(Missing, match=r"^make test needs a Chromium: install it .*apt install chromium.*$") as caught:
        chromium.find_chromium()
    assert "\n" not in str(caught.value)


def test_without_postgresql_one_line_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not on the machine, not by apt, not from the wheel."""
    monkeypatch.setattr(packages, "install", refuse)
    for source in ("on_the_machine", "of_the_wheel"):
        monkeypatch.setattr(postgresql, source, nothing)
    with pytest.raises(Missing, match=r"^make test needs PostgreSQL's programs: .*apt install postgresql.*$") as caught:
        postgresql.find_programs()
    assert "\n" not in str(caught.value)


def test_caddy_is_found_installed_or_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the machine first, then by apt, and nowhere else."""
    asked: list[str] = []

    def install(name: str) -> bool:
        asked.append(name)
        return True

    monkeypatch.setattr(packages, "install", install)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if asked else None)
    assert caddy.find_caddy() == caddy.find_caddy() == "/usr/bin/caddy"
    assert asked == ["caddy"], "once: then it is there"
    monkeypatch.setattr(packages, "install", refuse)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Missing, match=r"^make test needs Caddy: .*apt install caddy.*$"):
        caddy.find_caddy()


def test_the_wheel_s_programs_serve_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A durable cluster that answers, and nothing of it left behind; as root too, who may not run it himself."""
    monkeypatch.setattr(packages, "install", refuse)
    monkeypatch.setattr(postgresql, "on_the_machine", nothing)
    with postgresql.throwaway_cluster() as address:
        folder = parse_qs(urlsplit(address).query)["host"][0]
        assert asyncio.run(setting(folder, "fsync")) == "on"
        assert asyncio.run(setting(folder, "server_version_num")) >= "180000"
    assert not Path(folder).exists()


async def setting(folder: str, name: str) -> str:
    """One setting of the server whose socket lies in the folder."""
    connection = await asyncpg.connect(host=folder, user="parley", database="postgres")
    try:
        return str(await connection.fetchval("SELECT current_setting($1)", name))
    finally:
        await connection.close()
