"""Isso, a comment server: from PyPI into an environment of its own, behind gunicorn as its manual says, on SQLite.

What keeps a person from commenting twice is switched off. Its environment is kept under `var/bench`, so that the next
run installs nothing.
"""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import distributions
from itertools import count
from pathlib import Path
from typing import Final

import httpx

from bench.load import get, post
from bench.peers import Peer
from bench.peers.running import READERS, ROUNDS, WRITERS, driven, memory, process, until_it_answers
from bench.report import ROOT
from bench.seed import REPLIES, REPLY_LENGTH, SEED, text
from bench.servers import Server, free_port, on_cores, temporary_folder
from bench.stage import Stage
from tests.provision import Missing

PLACE: Final = ROOT / "var" / "bench" / "isso"
WANTED: Final = ("isso==0.14.0", "gunicorn")
WORKERS: Final = 4
SETTINGS: Final = """
[general]
dbpath = {folder}/comments.db
host = http://127.0.0.1:{port}/
notify =
[moderation]
enabled = false
[server]
listen = http://127.0.0.1:{port}
[guard]
enabled = false
[hash]
algorithm = none
"""
PAGE: Final = "/a-thread/"
NUMBERS: Final = count(1)


async def measure(stage: Stage) -> Peer:
    """The JSON of fifty comments, and comments stored."""
    program = install()
    with temporary_folder() as folder, ExitStack() as stack:
        with on_cores(stage.core):
            server = stack.enter_context(running(program, folder))
        chance = random.Random(SEED)
        with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client:
            for _ in range(REPLIES):
                said = {"author": "alice", "text": text(chance, REPLY_LENGTH), "title": "A thread"}
                client.post("/new", params={"uri": PAGE}, json=said).raise_for_status()
        rounds = 1 if stage.quick else ROUNDS
        read = await driven(server, get(f"/?uri={PAGE}"), 200, READERS, rounds)
        stored = await driven(server, post(where, a_comment), 201, WRITERS, rounds)
        weight = memory(server)
    name = f"Isso {version()}, gunicorn, SQLite"
    return Peer(name, "JSON", REPLIES, read.cpu, read.rate, stored.rate, stored.cpu, weight, in_this_run=True)


def install() -> Path:
    """The folder of its programs. Raises Missing where PyPI cannot be asked."""
    programs = PLACE / "bin"
    if not (programs / "gunicorn").exists():
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(PLACE)], check=False, capture_output=True)
        command = [str(programs / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", *WANTED]
        if made.returncode or subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
            raise Missing("Isso could not be had from PyPI")
    return programs


def version() -> str:
    """Which Isso it is."""
    places = [str(place) for place in PLACE.glob("lib/*/site-packages")]
    return next((each.version for each in distributions(name="isso", path=places)), "of PyPI")


@contextmanager
def running(programs: Path, folder: Path) -> Iterator[Server]:
    """It, with gunicorn's workers."""
    port, log = free_port(), folder / "isso.log"
    (folder / "isso.cfg").write_text(SETTINGS.format(folder=folder, port=port), encoding="utf-8")
    command = [str(programs / "gunicorn"), "-b", f"127.0.0.1:{port}", "-w", str(WORKERS), "--preload", "isso.run"]
    with process(command, log, {"ISSO_SETTINGS": str(folder / "isso.cfg")}) as started:
        until_it_answers(f"http://127.0.0.1:{port}/?uri={PAGE}", log, 200, 404)
        yield Server(port, [started])


def where(number: int) -> str:
    """Comments are stored in as many threads as there are clients, as Parley's are."""
    return f"/new?uri=/written-in-{number % WRITERS}/"


def a_comment(number: int) -> bytes:
    """Another text each time, of the usual length."""
    mark = f"{next(NUMBERS)}: "
    return json.dumps({"author": "bob", "text": mark + SAID[len(mark) :], "title": "A thread"}).encode()


SAID: Final = text(random.Random(SEED + 1), REPLY_LENGTH)
