"""Starting the servers as their users would, on a core of their own; their weight in CPU time and memory; their end."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent
START_WAIT, STOP_WAIT = 60.0, 20.0
"""Seconds until a server that does not answer, or does not end, is given up."""
QUIET = 0.04
"""CPU seconds in a third of a second below which a server counts as being at rest."""


@dataclass
class Server:
    """Processes that serve together. `port` answers HTTP; `started_in` is the seconds to the first 200."""

    port: int
    processes: list[psutil.Process] = field(default_factory=list)
    started_in: float = 0.0

    def cpu(self) -> float:
        """CPU seconds, user and system, that its processes and their children have taken so far (from /proc)."""
        total = 0.0
        for root in self.processes:
            times = root.cpu_times()
            total += times.children_user + times.children_system  # of children that have ended
            for process in (root, *root.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    total += sum(process.cpu_times()[:2])
        return total

    def memory(self) -> float:
        """Resident megabytes of its first process: the one that answers."""
        return float(self.processes[0].memory_info().rss / 1e6)

    def settle(self, most: float = 60.0) -> None:
        """Return when its processes rest (the queue is done), or after `most` seconds."""
        deadline = time.monotonic() + most
        while time.monotonic() < deadline:
            before = self.cpu()
            time.sleep(0.33)
            if self.cpu() - before < QUIET:
                return


def cores() -> tuple[set[int], set[int]]:
    """The servers' core and the generator's; the same ones where there is but one, or where nothing can be pinned."""
    if not hasattr(os, "sched_getaffinity"):
        return set(), set()
    own = sorted(os.sched_getaffinity(0))
    return {own[0]}, {own[-1]}


@contextmanager
def on_cores(chosen: set[int]) -> Iterator[None]:
    """What is started inside runs on these cores only, as under `taskset`."""
    if not chosen:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, chosen)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def running(command: list[str], environment: Mapping[str, str]) -> Iterator[psutil.Process]:
    """A process in a group of its own, told to end by SIGTERM and, if it will not, ended by SIGKILL.

    It keeps what Python compiles, as an operator's does: compiling everything anew takes longer than the start.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PARLEY_", "PYTHONDONTWRITE"))}
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env=kept | dict(environment), stdout=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_WAIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for a server's files, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as name:
        yield Path(name)


@contextmanager
def calibration() -> Iterator[Server]:
    """The bare server."""
    port = free_port()
    with running(["bench.calibration", str(port)], {}) as process:
        server = Server(port, [process])
        wait_for(server, "/1")
        yield server


@contextmanager
def parley(folder: Path, environment: Mapping[str, str] | None = None, *, worker: bool = False) -> Iterator[Server]:
    """`parley serve` with its files in `folder`, rate limits off; with `worker`, `parley work` beside it.

    Without further environment it is the embedded mode: SQLite, and the worker in the same process.
    """
    port = free_port()
    own = {"PARLEY_DATA_DIR": str(folder), "PARLEY_BIND": f"127.0.0.1:{port}", "PARLEY_RATE_LIMITS": "off"}
    waiting = {"PARLEY_MAIL_DELAY": "PT10M"}  # people are told on the site; what a letter costs is the mail server's
    settings = own | waiting | dict(environment or {})
    with contextlib.ExitStack() as stack:
        server = Server(port, [stack.enter_context(running(["service", "serve"], settings))])
        wait_for(server, "/healthz")
        if worker:
            server.processes.append(stack.enter_context(running(["service", "work"], settings)))
        yield server


def wait_for(server: Server, path: str) -> None:
    """Return at the first 200. Raises RuntimeError when there is none in a minute, or the process ended."""
    began = time.monotonic()
    while time.monotonic() - began < START_WAIT and server.processes[0].status() != psutil.STATUS_ZOMBIE:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{server.port}{path}").status_code == 200:
                server.started_in = time.time() - server.processes[0].create_time()
                return
        time.sleep(0.02)
    raise RuntimeError(f"the server on port {server.port} does not answer; what it wrote stands above")
