"""The running site, the browser, and people who visit it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.visitors import PASSWORD, Visit, Visitor
from tests.crash.processes import SECRET, START_WAIT, Process, free_port
from tests.provision.chromium import launch_options

NUMBERS = count(1)
expect.set_options(timeout=20_000)  # ms; a page is there in a tenth of a second, but machines are shared


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Parley with its worker, rate limits off, and an admin named ada."""
    folder = tmp_path_factory.mktemp("site")
    address = f"127.0.0.1:{free_port()}"
    environment = {
        "PARLEY_DATA_DIR": str(folder), "PARLEY_BIND": address, "PARLEY_SECRET_KEY": SECRET,
        "PARLEY_RATE_LIMITS": "off",
    }  # fmt: skip
    make_admin(environment)
    process = Process("serve", environment, folder / "serve.log")
    process.start()
    wait_for(f"http://{address}/healthz", process)
    yield f"http://{address}"
    process.end()


def make_admin(environment: dict[str, str]) -> None:
    """`parley admin create`, as an operator does it."""
    command = [sys.executable, "-m", "service", "admin", "create", "--username", "ada", "--email", "ada@example.org"]
    subprocess.run(
        [*command, "--password-stdin"], input=PASSWORD, text=True, check=True, capture_output=True,
        env=os.environ | environment, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def wait_for(url: str, process: Process) -> None:
    """Wait until the address answers."""
    deadline = time.monotonic() + START_WAIT
    while process.alive and time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"parley serve does not answer: {process.output.read_text()[-1000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One real browser for the session; each visit has its own cookies and storage."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**launch_options())
        yield started
        started.close()


@pytest.fixture
def visit(site: str, chromium: Browser) -> Iterator[Visit]:
    """`visit("bob")` brings somebody in, signed in, in a browser of their own; `visit(None)` a guest.

    Names get a number, so that tests do not meet each other's people. At the end no visit may have seen an error on
    its console, in a script, or of the content security policy.
    """
    visitors: list[Visitor] = []

    def come(
        name: str | None = None,
        *,
        role: str = "member",
        scripts: bool = True,
        width: int = 1280,
        theme: str = "light",
    ) -> Visitor:
        context = chromium.new_context(
            base_url=site, java_script_enabled=scripts, viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(15_000)
        visitor = Visitor(site, context)
        visitors.append(visitor)
        if name == "ada":
            visitor.enter("ada")
        elif name is not None:
            visitor.register(f"{name}{next(NUMBERS)}")
        if role != "member":
            promote(come, visitor.username, role)
        return visitor

    yield come
    for visitor in visitors:
        visitor.context.close()
    assert not [remark for visitor in visitors for remark in visitor.remarks]


def promote(come: Callable[..., Visitor], username: str, role: str) -> None:
    """Ada gives somebody a role."""
    answer = come("ada").context.request.patch(f"/api/v1/accounts/{username}", data={"role": role})
    assert answer.ok, answer.text()
