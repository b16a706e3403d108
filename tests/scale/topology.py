"""The site of docker-compose.yml from this machine's own programs: Caddy, two `parley serve`, two `parley work`, and a
PostgreSQL with a streaming standby. Tests and benchmarks start it; by hand it runs until Ctrl-C:

    python -m tests.scale.topology --apps 2 --workers 2 --replica

Everything lies in a temporary folder, and every process is ended by its own id.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.crash.processes import ROOT, START_WAIT, Site, answers, free_port
from tests.provision import caddy
from tests.scale.clusters import Pair, running_pair

DRAIN = 2
"""Seconds for which a process that is told to end goes on answering: Caddy asks it how it is twice a second."""


class Proxy:
    """Caddy with the project's own Caddyfile, before the ports of some `parley serve`. `output` is what it says."""

    def __init__(self, folder: Path, ports: list[int]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.output = folder / "caddy.log"
        self._environment = os.environ | {
            "PARLEY_SITE": f"http://127.0.0.1:{self.port}", "PARLEY_PROXY_ADMIN": "off", "HOME": str(folder),
            "PARLEY_APPS": " ".join(f"127.0.0.1:{port}" for port in ports),
            "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
        }  # fmt: skip
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._running is not None
        return self._running.pid

    def start(self) -> None:
        """Start it."""
        command = [caddy.find_caddy(), "run", "--config", str(ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"]
        with self.output.open("ab") as output:
            self._running = subprocess.Popen(
                command, env=self._environment, stdout=output, stderr=output, start_new_session=True
            )

    def end(self) -> None:
        """SIGTERM, and SIGKILL if that takes longer than 15 s."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            try:
                self._running.wait(15)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()


class Topology(Site):
    """A site whose people come through Caddy: `addresses` has Caddy's alone; each `parley serve` has its `own` one."""

    def __init__(
        self,
        folder: Path,
        pair: Pair,
        *,
        apps: int = 2,
        workers: int = 2,
        replica: bool = False,
        settings: Mapping[str, str] | None = None,
        with_module: str = "service",
    ) -> None:
        database_url, replica_url = pair.urls
        ports = [free_port() for _ in range(apps)]
        self.pair = pair
        self.proxy = Proxy(folder / "proxy", ports)
        given = {
            "PARLEY_BASE_URL": self.proxy.address, "PARLEY_TRUSTED_PROXIES": "127.0.0.1/32",
            "PARLEY_DRAIN": f"PT{DRAIN}S", "PARLEY_REPLICA_URL": replica_url if replica else "",
            **(settings or {}),
        }  # fmt: skip
        super().__init__(
            folder, database_url, ports=ports, works=workers, serve_with=with_module, work_with=with_module,
            settings=given,
        )  # fmt: skip

    @property
    def addresses(self) -> list[str]:
        """Where people come: the proxy."""
        return [self.proxy.address]

    async def start(self) -> None:
        """Migrate, start everything, and wait until it answers through the proxy."""
        self.proxy.start()
        await super().start()
        await self.through()

    async def through(self) -> None:
        """Wait until the proxy hands a request on.

        Raises:
            RuntimeError: it does not; its last words are in the text.
        """
        deadline = time.monotonic() + START_WAIT
        async with httpx.AsyncClient(timeout=15) as client:
            while not await answers(client, self.proxy.address):
                if time.monotonic() > deadline:
                    raise RuntimeError(f"Caddy hands nothing on: {self.proxy.output.read_text()[-1000:]}")
                await asyncio.sleep(0.05)

    def end(self) -> None:
        """End every process: the proxy first, so that nobody waits for the others to drain in vain."""
        self.proxy.end()
        for process in self.processes:
            process.tell()
        super().end()


@contextmanager
def running_topology(
    *, apps: int = 2, workers: int = 2, replica: bool = False, settings: Mapping[str, str] | None = None,
    parent: Path | None = None, with_module: str = "service",
) -> Iterator[Topology]:  # fmt: skip
    """The whole of it, started, with a pair of databases of its own. For callers without an event loop."""
    folder = Path(tempfile.mkdtemp(prefix="parley-scale-", dir=parent))
    try:
        with running_pair(parent) as pair:
            site = Topology(
                folder / "site", pair, apps=apps, workers=workers, replica=replica, settings=settings,
                with_module=with_module,
            )  # fmt: skip
            try:
                asyncio.run(site.start())
                yield site
            finally:
                site.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Reads the arguments, starts everything, says where it is, and waits for the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.scale.topology", description="Parley behind Caddy")
    parser.add_argument("--apps", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--replica", action="store_true", help="let guests read from the standby")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with running_topology(apps=chosen.apps, workers=chosen.workers, replica=chosen.replica) as site:
        print(f"Parley is at {site.proxy.address}; its processes are at ports {site.ports}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
