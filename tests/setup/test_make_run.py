"""A stranger's first minutes: the files of this repository in an empty folder, an empty environment, `make run`."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.house.tree import tracked
from tests.setup.places import a_free_port

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).resolve().parents[2]
FIRST, SECOND = 180.0, 6.0
"""Seconds to the first page, with making the environment and with it there. Promised are 90 and 2, for a machine at
rest; this one runs other tests meanwhile."""


@pytest.fixture
def checkout() -> Iterator[Path]:
    """What `git clone` gives: the project's files, no environment, no data; on the disk, where programs may run."""
    with tempfile.TemporaryDirectory(prefix="parley-checkout-") as name:
        folder = Path(name) / "parley"
        for path in tracked():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path)
        yield folder


@contextmanager
def make_run(checkout: Path, home: Path) -> Iterator[tuple[float, str]]:
    """`make run` with nothing but HOME, PATH and a port to bind; gives the seconds to the first 200, and the page."""
    address = f"127.0.0.1:{a_free_port()}"
    path = f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin"
    environment = {"HOME": str(home), "PATH": path, "PARLEY_BIND": address}
    began = time.monotonic()
    with (checkout / "log").open("wb") as log:
        made = subprocess.Popen(
            ["make", "run"], cwd=checkout, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            page = first_page(f"http://{address}/", made, checkout / "log")
            yield time.monotonic() - began, page
        finally:
            os.killpg(made.pid, signal.SIGINT)
            made.wait(timeout=15)


def first_page(address: str, made: subprocess.Popen[bytes], log: Path) -> str:
    """The page at the address as soon as there is one."""
    deadline = time.monotonic() + 2 * FIRST
    while time.monotonic() < deadline:
        assert made.poll() is None, log.read_text()
        try:
            with urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except URLError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())


def test_make_run_serves_a_fresh_checkout_and_at_once_the_second_time(checkout: Path, tmp_path: Path) -> None:
    """It says where the site is and how to become the first admin; all it writes lies in the checkout."""
    home = tmp_path / "home"
    home.mkdir()
    with make_run(checkout, home) as (seconds, page):
        assert "<html" in page
        assert seconds < FIRST
        said = (checkout / "log").read_text()
        assert "http://127.0.0.1:" in said
        assert "first-admin" in said
    assert (checkout / "var" / "parley.db").exists()
    with make_run(checkout, home) as (seconds, page):
        assert "<html" in page
        assert seconds < SECOND


@pytest.mark.parametrize("target", ["run", "test", "lint", "bench", "screenshots", "lock"])
def test_every_promised_target_is_there(target: str) -> None:
    """`make -n` says what it would do without doing it."""
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
