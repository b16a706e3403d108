"""A Chromium for the browser tests, the screenshots and the axe checks, and how to start it."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.provision import Missing, packages

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
VARIABLE = "PARLEY_TEST_CHROMIUM"
DOWNLOAD_WAIT = 600  # seconds for Playwright's download of its browser, some 100 MB


def find_chromium() -> str:
    """The path of a Chromium, installed if need be.

    Raises:
        Missing: there is none and none can be had.
    """
    told = os.environ.get(VARIABLE)
    found = told or on_the_machine() or (packages.install("chromium") and on_the_machine()) or of_playwright()
    if not found:
        raise Missing("make test needs a Chromium: install it (Debian: apt install chromium) and run it again.")
    return found


def on_the_machine() -> str | None:
    """A Chromium or Chrome that is already installed."""
    named = (shutil.which(name) for name in NAMES)
    placed = (place for place in PLACES if Path(place).exists())
    return next((path for path in (*named, *placed) if path), None)


def of_playwright() -> str | None:
    """Playwright's own browser: downloaded into its cache the first time, or None without a network."""
    command = [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]
    with suppress(subprocess.TimeoutExpired):  # what is not there then is not found below
        subprocess.run(command, capture_output=True, timeout=DOWNLOAD_WAIT, check=False)
    where = [sys.executable, "-m", "playwright", "install", "--dry-run", "--only-shell", "chromium"]
    told = subprocess.run(where, capture_output=True, text=True, timeout=60, check=False).stdout
    folders = [line.split(":", 1)[1].strip() for line in told.splitlines() if "Install location" in line]
    shells = (path for folder in folders for path in Path(folder).glob("*/*headless*shell*") if path.is_file())
    return next((str(path) for path in shells if os.access(path, os.X_OK)), None)


def launch_options() -> dict[str, Any]:
    """What Playwright's `chromium.launch(**launch_options())` needs here: the path, quiet, no sandbox as root.

    Chromium refuses its sandbox to root, and only then is it left off: the pages are the suite's own.
    """
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": find_chromium(), "args": [*QUIET, *alone]}
