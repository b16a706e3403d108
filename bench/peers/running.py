"""How another program is started, filled, driven and weighed: on the servers' core, by our own generator."""

import os
import signal
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import psutil

from bench.load import Requests, drive
from bench.servers import Server

START_WAIT: Final = 60.0
STOP_WAIT: Final = 15.0
ROUNDS: Final = 5
SECONDS: Final = 1.5
READERS: Final = 8
WRITERS: Final = 16


@dataclass(frozen=True, slots=True)
class Driven:
    """Medians of some rounds: answers per second, and CPU ms of each, all of the program's processes together."""

    rate: float
    cpu: float


@contextmanager
def process(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[psutil.Process]:
    """A program in a group of its own, whose output goes into a file; at the end it and its children are ended."""
    with log.open("ab") as output:
        started = subprocess.Popen(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True,
            env=os.environ | dict(environment or {}), cwd=log.parent,
        )  # fmt: skip
        try:
            yield psutil.Process(started.pid)
        finally:
            started.terminate()
            try:
                started.wait(STOP_WAIT)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(started.pid, signal.SIGKILL)
                started.wait()


def until_it_answers(url: str, log: Path, *statuses: int) -> None:
    """Return at the first answer of one of these statuses. Raises RuntimeError, with its last words, without one."""
    deadline = time.monotonic() + START_WAIT
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            if httpx.get(url, timeout=10).status_code in statuses:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer: {log.read_text(errors='replace')[-500:]}")


def until_it_listens(port: int) -> None:
    """Return when somebody listens there. Raises RuntimeError after START_WAIT."""
    deadline = time.monotonic() + START_WAIT
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nobody listens on port {port}")


async def driven(server: Server, requests: Requests, status: int, connections: int, rounds: int) -> Driven:
    """Drive it. Raises RuntimeError on an answer with another status."""
    rates, cpu = [], []
    await drive(server.port, requests, status=status, connections=connections, seconds=SECONDS / 3)
    for _ in range(rounds):
        before = server.cpu()
        found = await drive(server.port, requests, status=status, connections=connections, seconds=SECONDS)
        if found.wrong:
            raise RuntimeError(f"{found.wrong} of {found.answers} answers had another status than {status}")
        rates.append(found.rate)
        cpu.append((server.cpu() - before) / found.answers * 1000)
    return Driven(statistics.median(rates), statistics.median(cpu))


def memory(server: Server) -> float:
    """Resident MB of all of its processes; what they share counts once (PSS)."""
    total = 0
    for root in server.processes:
        for each in (root, *root.children(recursive=True)):
            with suppress(psutil.Error):
                total += each.memory_full_info().pss
    return total / 1e6
