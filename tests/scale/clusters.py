"""PostgreSQL servers that are stopped, started, copied to a streaming standby and promoted, each in its own folder.

They are reached through sockets in their folders and take everybody who may enter those: nobody but their user.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from tests.crash.processes import ROOT
from tests.provision import postgresql

SCRIPT = ROOT / "deploy" / "postgres.sh"
STANDBY = "replica"
"""The name under which a standby makes itself known to its primary."""

STOP_WAIT = 30.0
SETTINGS = {
    **postgresql.SETTINGS,
    "log_min_messages": "warning",
    "wal_keep_size": "512MB",
    "wal_retrieve_retry_interval": "500ms",  # a synchronous standby that looks for its primary holds up every write
}


class Server:
    """One PostgreSQL server; `folder` holds its cluster, its socket and its log."""

    def __init__(self, programs: Path, folder: Path, identity: dict[str, Any]) -> None:
        self.folder = folder
        self._programs = programs
        self._identity = identity
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The server's process. It has children."""
        assert self._running is not None
        return self._running.pid

    def make(self) -> None:
        """A new cluster with an empty database, not running yet."""
        postgresql.make_cluster(self._programs, self.folder, self._identity)

    def start(self) -> None:
        """Start it; returns when it takes connections."""
        self._start([str(self._programs / "postgres")])

    def follow(self, primary: "Server") -> None:
        """Become a standby of the primary, which runs, by the script of docker-compose.yml, and start."""
        self._start(["sh", str(SCRIPT), STANDBY], PARLEY_PRIMARY=str(primary.folder))

    def _start(self, command: list[str], **environment: str) -> None:
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        path = f"{self._programs}{os.pathsep}{os.environ['PATH']}"
        known = os.environ | {"PATH": path, "PGDATA": str(self.folder / "cluster")} | environment
        with (self.folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                [*command, "-k", str(self.folder), *options], cwd=self.folder, env=known, stdout=log, stderr=log,
                start_new_session=True, **self._identity,
            )  # fmt: skip
        postgresql.wait_until_ready(self._programs, self.folder, self._running)

    def stop(self) -> None:
        """PostgreSQL's "immediate" shutdown: nothing is finished, as in a crash; what it had flushed is there."""
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(signal.SIGQUIT)
            self._running.wait(timeout=STOP_WAIT)

    async def ask(self, query: str) -> Any:
        """The one value of a query, as the superuser."""
        connection = await asyncpg.connect(host=str(self.folder), user="parley", database="postgres")
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()


class Pair:
    """A primary and its streaming standby. `url(server, …)` is a database's address on one of them, or on both."""

    def __init__(self, primary: Server, standby: Server) -> None:
        self.primary, self.standby = primary, standby

    def url(self, *servers: Server) -> str:
        """The address of the database on these servers, in this order; among several each is named with its port."""
        port = ":5432" if len(servers) > 1 else ""
        return "postgresql+asyncpg://parley@/parley?" + "&".join(f"host={each.folder}{port}" for each in servers)

    @property
    def urls(self) -> tuple[str, str]:
        """`PARLEY_DATABASE_URL`, which names both, and `PARLEY_REPLICA_URL`."""
        return self.url(self.primary, self.standby), self.url(self.standby)

    async def be_synchronous(self, *, on: bool = True) -> None:
        """Let the primary acknowledge nothing that the standby has not on its disk (`synchronous_standby_names`)."""
        await self.primary.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY if on else ''}'")
        await self.primary.ask("SELECT pg_reload_conf()")
        while on and await self.primary.ask("SELECT sync_state FROM pg_stat_replication") != "sync":
            await asyncio.sleep(0.02)

    async def caught_up(self) -> None:
        """Wait until the standby has replayed what the primary has written so far."""
        position = await self.primary.ask("SELECT pg_current_wal_flush_lsn()::text")
        while not await self.standby.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn"):
            await asyncio.sleep(0.01)


@contextmanager
def running_pair(parent: Path | None = None) -> Iterator[Pair]:
    """A primary with an empty database `parley`, and a standby that follows it.

    Raises:
        Missing: no PostgreSQL programs, or they do not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="parley-pair-", dir=parent))
    folder.chmod(0o711)
    servers: list[Server] = []
    try:
        homes = [folder / "one", folder / "two"]
        for home in homes:
            home.mkdir(mode=0o700)
        identities = [postgresql.unprivileged(home) for home in homes]
        with postgresql.reachable(postgresql.find_programs(), identities[0]) as programs:
            servers += [Server(programs, home, who) for home, who in zip(homes, identities, strict=True)]
            pair = Pair(*servers)
            pair.primary.make()
            pair.primary.start()
            asyncio.run(pair.primary.ask("CREATE DATABASE parley"))
            pair.standby.follow(pair.primary)
            yield pair
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
