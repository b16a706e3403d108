"""What every part of a run is given: the yardstick, the cores, how much is measured, and where figures go."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import psutil
from sqlalchemy import make_url

from bench.measure import Pace, Yardstick
from bench.record import Record
from bench.servers import Server, cores, on_cores, parley, running
from tests.provision.postgresql import throwaway_cluster

SECRET: Final = "for the benchmark, 32 characters"


@dataclass(slots=True)
class Stage:
    """One run. `core` is the servers' own; with `quick` everything is small and means nothing, with `full` everything
    is as large as its budget says. `lighthouse` is the command that runs it (empty: the one on the PATH).
    """

    yardstick: Yardstick
    core: set[int]
    record: Record
    quick: bool = False
    full: bool = False
    lighthouse: str = ""

    @property
    def pace(self) -> Pace:
        """Rounds and seconds."""
        return self.yardstick.pace

    @property
    def every_core(self) -> set[int]:
        """The servers' and the generator's, which is by now the only one of this process."""
        return self.core.union(*cores()) if self.core else set()

    @contextmanager
    def embedded(self, folder: Path) -> Iterator[Server]:
        """`parley serve` on SQLite, the worker in its process, on the servers' core."""
        with ExitStack() as stack:
            with on_cores(self.core):
                server = stack.enter_context(parley(folder))
            yield server


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL of its own, fsync on, with Parley's tables. Runs where it is called on."""
    with throwaway_cluster() as url:
        with running(["service", "migrate"], {"PARLEY_DATABASE_URL": url, "PARLEY_SECRET_KEY": SECRET}) as migration:
            if migration.wait():
                raise RuntimeError("parley migrate failed; what it wrote stands above")
        yield url


def postmaster(url: str) -> psutil.Process:
    """The first process of the cluster at this address, which stands in its folder."""
    folder = make_url(url).query["host"]
    pid = (Path(str(folder)) / "cluster" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
    return psutil.Process(int(pid))


def etag_of(server: Server, path: str) -> str | None:
    """The ETag of a page; None when it has none, and so no 304 to be measured."""
    found: str | None = httpx.get(f"http://127.0.0.1:{server.port}{path}").headers.get("etag")
    return found


async def at_rest(server: Server, seconds: float) -> float:
    """Percent of a core that a server takes while nobody asks for anything."""
    before = server.cpu()
    await asyncio.sleep(seconds)
    return (server.cpu() - before) / seconds * 100
