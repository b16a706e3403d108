"""The real `parley serve` and `parley work`, each in a process group of its own, to be killed without warning."""

import asyncio
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_WAIT = 60.0  # seconds until a process that does not answer is given up
SECRET = "a secret for the crash tests, of 32 characters"


def free_port() -> int:
    """A TCP port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """One program that is started again and again: a `parley` command, or another module with its arguments.

    `output` collects what it says.
    """

    def __init__(self, command: str, environment: Mapping[str, str], output: Path, *, module: str = "service") -> None:
        self.command = command
        self._module = module
        self.output = output
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
        self._environment |= environment
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it as the leader of a new process group."""
        with self.output.open("ab") as output:
            self._running = subprocess.Popen(
                [sys.executable, "-m", self._module, *shlex.split(self.command)],
                cwd=ROOT, env=self._environment, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._running is not None and self._running.poll() is None

    def kill(self) -> None:
        """SIGKILL to the whole group; returns when the leader is gone."""
        if self._running is not None:
            if self.alive:
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()

    @property
    def pid(self) -> int:
        """Its process, started before."""
        assert self._running is not None
        return self._running.pid

    def tell(self) -> None:
        """SIGTERM, without waiting for the end."""
        if self._running is not None and self.alive:
            self._running.terminate()

    def end(self) -> None:
        """SIGTERM, as an operator would, and SIGKILL if that takes longer than 15 s."""
        if self._running is not None and self.alive:
            self.tell()
            try:
                self._running.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def run(self) -> None:
        """Run a command that ends by itself.

        Raises:
            RuntimeError: it failed; what it said is in the text.
        """
        self.start()
        assert self._running is not None
        if self._running.wait(START_WAIT):
            raise RuntimeError(f"parley {self.command} failed: {self.output.read_text()[-500:]}")


class Site:
    """All processes of one Parley over one database: `serve` processes, each on a port of its own (these `ports`, or
    some that are free), and workers.

    On SQLite `serve` has a worker inside; `serve_with` and `work_with` name other modules to run instead of `parley`.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str,
        *,
        serves: int = 1,
        ports: list[int] | None = None,
        works: int = 1,
        serve_with: str = "service",
        work_with: str = "service",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.database_url = database_url
        self.ports = ports or [free_port() for _ in range(serves)]
        common = {
            "PARLEY_DATABASE_URL": database_url, "PARLEY_DATA_DIR": str(folder / "data"), "PARLEY_SECRET_KEY": SECRET,
            "PARLEY_BASE_URL": f"http://127.0.0.1:{self.ports[0]}", "PARLEY_RATE_LIMITS": "off",
            **(settings or {}),
        }  # fmt: skip
        self._common = common
        self._migrate = Process("migrate", common, folder / "migrate.log")
        self.serves = [
            Process(
                "serve", {**common, "PARLEY_BIND": f"127.0.0.1:{port}"}, folder / f"serve-{port}.log", module=serve_with
            )
            for port in self.ports
        ]
        self.works = [
            Process("work", common, folder / f"work-{number}.log", module=work_with) for number in range(works)
        ]

    @property
    def processes(self) -> list[Process]:
        """Everything that can be killed."""
        return [*self.serves, *self.works]

    @property
    def addresses(self) -> list[str]:
        """Where the `serve` processes answer."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    async def start(self) -> None:
        """Migrate, start everything, and wait until every `serve` answers."""
        await asyncio.to_thread(self._migrate.run)
        for process in self.processes:
            process.start()
        await self.ready()

    async def make_admin(self, username: str, password: str) -> None:
        """`parley admin create`, which makes an account or promotes one.

        Raises:
            RuntimeError: it failed; what it said is in the text.
        """
        asked = ["admin", "create", "--username", username, "--email", f"{username}@example.org", "--password-stdin"]
        made = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "service", *asked], input=f"{password}\n", env=os.environ | self._common, cwd=ROOT,
            capture_output=True, text=True, timeout=START_WAIT, check=False,
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError(f"parley admin create failed: {made.stderr[-500:]}")

    async def ready(self) -> None:
        """Wait until every `serve` answers /healthz.

        Raises:
            RuntimeError: one ended or did not answer in time; its last words are in the text.
        """
        deadline = time.monotonic() + START_WAIT
        async with httpx.AsyncClient(timeout=2) as client:
            for process, port in zip(self.serves, self.ports, strict=True):
                while not await answers(client, f"http://127.0.0.1:{port}"):
                    if not process.alive or time.monotonic() > deadline:
                        raise RuntimeError(f"parley serve does not answer: {process.output.read_text()[-1000:]}")
                    await asyncio.sleep(0.05)

    def end(self) -> None:
        """End every process."""
        for process in self.processes:
            process.end()


async def answers(client: httpx.AsyncClient, address: str) -> bool:
    """Whether a site is alive there."""
    try:
        return (await client.get(f"{address}/healthz")).status_code == 200
    except httpx.TransportError:
        return False
