"""migrate, admin create, work --check and serve, as an operator runs them."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.commands.running import environment, parley
from tests.conftest import SECRET


def test_migrate_says_the_version_and_may_be_repeated(empty_database_url: str, tmp_path: Path) -> None:
    settings = {"database_url": empty_database_url, "data_dir": str(tmp_path), "secret_key": SECRET}
    first, again = (parley("migrate", "--json", **settings) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == json.loads(again.stdout)
    assert json.loads(first.stdout)["version"]


def test_admin_create_makes_promotes_and_repeats(database_url: str, tmp_path: Path) -> None:
    settings = {"database_url": database_url, "data_dir": str(tmp_path), "secret_key": SECRET}
    command = ("admin", "create", "--username", "ada", "--email", "ada@example.org", "--password-stdin", "--json")
    outcomes = []
    for _ in range(2):
        ended = parley(*command, typed="a long password\n", **settings)
        assert ended.returncode == 0, ended.stderr
        outcomes.append(json.loads(ended.stdout)["outcome"])
    assert outcomes == ["created", "unchanged"]


def test_admin_create_names_the_wrong_field(database_url: str, tmp_path: Path) -> None:
    ended = parley(
        "admin", "create", "--username", "ad", "--email", "ada@example.org", "--password-stdin",
        typed="short\n", database_url=database_url, data_dir=str(tmp_path), secret_key=SECRET,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "username: " in ended.stderr
    assert "password: " in ended.stderr
    assert "short" not in ended.stderr.replace("too short", "")
    assert "Traceback" not in ended.stderr


def test_work_check_fails_where_no_worker_lives(database_url: str, tmp_path: Path) -> None:
    ended = parley("work", "--check", database_url=database_url, data_dir=str(tmp_path), secret_key=SECRET)
    assert ended.returncode == 1
    assert "no worker" in ended.stderr


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(**settings: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A `parley serve` of its own, once it answers; ended with SIGTERM."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "service", "serve"], cwd=Path(__file__).parents[2], text=True,
        env=environment(bind=f"127.0.0.1:{port}", **settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for(url: str, process: "subprocess.Popen[str]") -> None:
    """Until the address answers, at most half a minute."""
    for _ in range(300):
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        try:
            httpx.get(url, timeout=2)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not come up")


def test_serve_says_where_it_is_and_ends_well(database_url: str, tmp_path: Path) -> None:
    with serving(database_url=database_url, data_dir=str(tmp_path), secret_key=SECRET) as (url, process):
        assert httpx.get(url).status_code == 200
    said = process.stdout.read() if process.stdout else ""
    assert process.returncode == -signal.SIGTERM, said  # uvicorn stops gracefully, then ends by the signal it was sent
    assert f"is at {url}" in said
    assert str(tmp_path / "mail") in said
    assert re.search(rf"{url}/first-admin\?token=\S{{40,}}", said)


@pytest.mark.postgresql_only("with SQLite, serve migrates by itself")
def test_serve_before_the_first_migration_says_what_to_do(empty_database_url: str, tmp_path: Path) -> None:
    with serving(database_url=empty_database_url, data_dir=str(tmp_path), secret_key=SECRET) as (url, process):
        answer = httpx.get(f"{url}/readyz")
        assert (answer.status_code, answer.json()["migrations"][:7]) == (503, "at None")
    said = process.stdout.read() if process.stdout else ""
    assert "run `parley migrate`" in said
    assert "Traceback" not in said


def test_the_first_admin_link_of_the_greeting_makes_one_admin(database_url: str, tmp_path: Path) -> None:
    with serving(database_url=database_url, data_dir=str(tmp_path), secret_key=SECRET) as (url, process):
        assert process.stdout is not None
        link = next(line.split()[-1] for line in process.stdout if "/first-admin?token=" in line)
        assert httpx.get(link).status_code == 200
        token = link.partition("token=")[2]
        typed = {"username": "ada", "email": "ada@example.org", "password": "a long password", "token": token}
        with httpx.Client(base_url=url) as browser:
            assert browser.post(f"/first-admin?token={token}", data=typed).status_code == 303
            assert browser.get("/api/v1/me").json()["role"] == "admin"
        assert httpx.post(f"{url}/first-admin?token={token}", data=typed | {"username": "eve"}).status_code >= 400
