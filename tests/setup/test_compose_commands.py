"""Each of our services' commands and health checks, run as docker-compose.yml writes them, on a real PostgreSQL.

There is no container engine on a build machine, so the environment is adapted where a container would differ: host
names become places on this machine, the port a free one, the data folder a temporary one. Nothing else is changed.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import yaml

from tests.setup.places import a_free_port, a_mail_catcher

pytestmark = pytest.mark.postgresql_only("docker-compose.yml brings PostgreSQL")

ROOT = Path(__file__).resolve().parents[2]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
OURS = [name for name, service in SERVICES.items() if service.get("build") == "."]
SECRETS = {"POSTGRES_PASSWORD": "unused-here", "PARLEY_SECRET_KEY": "for-this-test-alone-0123456789abcdef"}
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
PATIENCE = 30.0

Adapt = Callable[[str], str]
"""Puts this machine's places where a container's stand."""


def filled(text: str) -> str:
    """`${NAME:?why}` and `${NAME:-default}` as compose fills them, with the two secrets set and nothing else."""
    return VARIABLE.sub(lambda match: SECRETS.get(match[1], match[3] if match[2] == "-" else ""), text)


@pytest.fixture
def adapt(empty_database_url: str) -> Iterator[Adapt]:
    """The stand-ins for the database and mail services and for the app's own port."""
    with a_mail_catcher() as catcher:
        port = a_free_port()

        def change(text: str) -> str:
            text = re.sub(
                r"^postgresql\+asyncpg://.*\?host=database:5432&host=replica:5432$",
                lambda _: empty_database_url,
                filled(text),
            )
            return (
                text.replace("mail:1025", catcher)
                .replace("0.0.0.0:8000", f"127.0.0.1:{port}")
                .replace("127.0.0.1:8000", f"127.0.0.1:{port}")
            )

        yield change


@pytest.fixture
def environment(adapt: Adapt, tmp_path: Path) -> dict[str, str]:
    """The services' environment, alike for all of ours, with the installed `parley` and `python` first on the PATH."""
    said = {name: adapt(value) for name, value in SERVICES["app-1"]["environment"].items()}
    assert all(SERVICES[name]["environment"] == SERVICES["app-1"]["environment"] for name in OURS)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    waiting = {"PARLEY_DRAIN": "PT0S"}  # nobody asks here whom to send requests to
    return said | waiting | {"PATH": path, "PARLEY_DATA_DIR": str(tmp_path / "parley")}


def run(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def started(name: str, adapt: Adapt, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A service by its command, stopped as compose stops it: SIGTERM, and half a minute."""
    words = [adapt(word) for word in SERVICES[name]["command"]]
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        finally:
            process.kill()


def is_healthy(name: str, adapt: Adapt, environment: dict[str, str]) -> bool:
    """The service's health check, as written: exit code 0 means healthy."""
    kind, *words = SERVICES[name]["healthcheck"]["test"]
    assert kind == "CMD"
    return run([adapt(word) for word in words], environment).returncode == 0


def becomes_healthy(name: str, adapt: Adapt, environment: dict[str, str]) -> bool:
    """Asks again until it is, or patience ends."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if is_healthy(name, adapt, environment):
            return True
        time.sleep(0.2)
    return False


def test_the_migration_ends_well_twice(adapt: Adapt, environment: dict[str, str]) -> None:
    """Compose starts it with every `up`."""
    words = [adapt(word) for word in SERVICES["migrate"]["command"]]
    for _ in range(2):
        done = run(words, environment)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["app-1", "worker-1"])
def test_a_service_runs_becomes_healthy_and_stops_when_told(
    name: str, adapt: Adapt, environment: dict[str, str]
) -> None:
    """Its health check says no before it runs, yes while it does, and no again after."""
    assert run([adapt(word) for word in SERVICES["migrate"]["command"]], environment).returncode == 0
    assert not is_healthy(name, adapt, environment)
    with started(name, adapt, environment) as process:
        assert becomes_healthy(name, adapt, environment)
    assert process.returncode in {0, -signal.SIGTERM}, "it must end by itself, in time"
    assert not is_healthy(name, adapt, environment)


def test_app_and_worker_together_are_ready(adapt: Adapt, environment: dict[str, str]) -> None:
    """/readyz finds database, migrations and worker: the app itself brings no worker, the other service does."""
    assert run([adapt(word) for word in SERVICES["migrate"]["command"]], environment).returncode == 0
    ask = [sys.executable, "-c", "import sys, urllib.request as r; r.urlopen(sys.argv[1])"]
    address = adapt("http://127.0.0.1:8000/readyz")
    with started("app-1", adapt, environment), ExitStack() as stack:
        assert becomes_healthy("app-1", adapt, environment)
        assert run([*ask, address], environment).returncode != 0
        stack.enter_context(started("worker-1", adapt, environment))
        assert becomes_healthy("worker-1", adapt, environment)
        assert run([*ask, address], environment).returncode == 0
