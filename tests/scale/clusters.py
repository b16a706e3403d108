"""PostgreSQL servers that are stopped, started, copied to a streaming standby and promoted, each in its own folder.

They are reached through sockets in their folders and take everybody who may enter those: nobody but their user.
"""

import asyncio
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from tests.provision import Missing, postgresql

STANDBY = "standby"
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

    def copy(self, primary: "Server") -> None:
        """Become a standby of the primary, which runs."""
        program = str(self._programs / "pg_basebackup")
        source = f"host={primary.folder} user=parley application_name={STANDBY}"
        command = [program, "--dbname", source, "--pgdata", str(self.folder / "cluster"), "--checkpoint=fast"]
        command += ["--wal-method=stream", "--write-recovery-conf", "--no-sync"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, **self._identity)
        if done.returncode:
            raise Missing(f"pg_basebackup failed: {postgresql.last_line(done.stderr)}")

    def start(self) -> None:
        """Start it; returns when it takes connections."""
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "cluster"), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                [*command, *options], cwd=self.folder, stdout=log, stderr=log, start_new_session=True, **self._identity
            )
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
            pair.standby.copy(pair.primary)
            pair.standby.start()
            yield pair
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
