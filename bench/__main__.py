"""`python -m bench`: measure the real server and print each work beside its budget.

python -m bench            five rounds of everything, under four minutes
python -m bench --quick    a smoke run: one short round, our own generator, no figure to be quoted
"""

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psutil
from sqlalchemy import make_url

from bench import works, wrk
from bench.measure import Pace, Result, Yardstick, measure
from bench.seed import seed
from bench.servers import Server, calibration, cores, on_cores, parley, running
from bench.table import about, follow_up, table
from tests.provision import Missing
from tests.provision.postgresql import throwaway_cluster

FULL = Pace(rounds=5, seconds=2, with_wrk=wrk.installed())
QUICK = Pace(rounds=1, seconds=0.4, with_wrk=False)


def main() -> int:
    """Read the arguments, measure, print. The exit code is 0 when everything could be measured, whatever came out."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Parley's benchmarks")
    parser.add_argument("--quick", action="store_true", help="one short round of each work")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database")
    chosen = parser.parse_args()
    pace = QUICK if chosen.quick else FULL
    servers_core, own_core = cores()
    print(f"cores: servers on {places(servers_core)}, load on {places(own_core)}; {generator(pace)}", flush=True)
    with on_cores(own_core), ExitStack() as stack:
        with on_cores(servers_core):
            yardstick = Yardstick(stack.enter_context(calibration()), pace)
        results, remarks = run(yardstick, servers_core, chosen.only)
    print("", table(results), "", *follow_up(results), *about(yardstick), *remarks, sep="\n")
    return 0


def run(yardstick: Yardstick, core: set[int], only: str | None) -> tuple[list[Result], list[str]]:
    """Both databases, one after the other; what was measured, and what is to be said of it."""
    results: list[Result] = []
    remarks: list[str] = []
    if only != "postgresql":
        results += asyncio.run(on_sqlite(yardstick, core, remarks))
    if only != "sqlite":
        try:
            results += asyncio.run(on_postgresql(yardstick, core))
        except Missing as missing:
            remarks.append(f"PostgreSQL was not measured: {missing}")
    return results, remarks


async def on_sqlite(yardstick: Yardstick, core: set[int], remarks: list[str]) -> list[Result]:
    """The embedded mode: everything that is read, then replies."""
    with temporary_folder() as folder, ExitStack() as stack:
        with on_cores(core):
            server = stack.enter_context(parley(folder))
        idle = server.memory()
        seeded = seed(server.port)
        chosen = works.reads(seeded, etag_of(server, seeded.page))
        chosen.append(works.a_durable_reply(seeded, "SQLite", works.ON_SQLITE))
        results = [await measure(server, work, yardstick) for work in chosen]
        remarks.append(
            f"start to the first 200: {server.started_in:.1f} s, with the database made; "
            f"resident: {idle:.0f} MB idle, {server.memory():.0f} MB after the load"
        )
    return results


async def on_postgresql(yardstick: Yardstick, core: set[int]) -> list[Result]:
    """`parley serve`, `parley work` and a PostgreSQL of its own (fsync on), all on the servers' core."""
    with temporary_folder() as folder, ExitStack() as stack:
        with on_cores(core):
            url = stack.enter_context(throwaway_cluster())
            settings = {"PARLEY_DATABASE_URL": url, "PARLEY_SECRET_KEY": "for the benchmark, 32 characters"}
            with running(["service", "migrate"], settings) as migration:
                await asyncio.to_thread(migration.wait)
            server = stack.enter_context(parley(folder, settings, worker=True))
        server.processes.append(psutil.Process(postmaster(url)))
        seeded = seed(server.port)
        return [await measure(server, works.a_durable_reply(seeded, "PostgreSQL", works.ON_POSTGRESQL), yardstick)]


def postmaster(url: str) -> int:
    """The process id of the cluster at this address, which stands in its folder."""
    folder = make_url(url).query["host"]
    return int((Path(str(folder)) / "cluster" / "postmaster.pid").read_text(encoding="utf-8").split()[0])


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for a server's files, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as name:
        yield Path(name)


def etag_of(server: Server, path: str) -> str | None:
    """The ETag of a page; None when it has none, and so no 304 to be measured."""
    found: str | None = httpx.get(f"http://127.0.0.1:{server.port}{path}").headers.get("etag")
    return found


def places(chosen: set[int]) -> str:
    """Cores in words."""
    return ", ".join(map(str, sorted(chosen))) or "any"


def generator(pace: Pace) -> str:
    """Who drives, and how busy the machine was before."""
    busy = f"load average before: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"driven by {'wrk, and replies by our own' if pace.with_wrk else 'our own'} generator; {busy}"


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
