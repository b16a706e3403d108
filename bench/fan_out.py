"""`python -m bench.fan_out`: what telling 100,000 watchers costs those who post meanwhile.

python -m bench.fan_out                     both databases, mail off, mail that waits, mail that goes; about ten minutes
python -m bench.fan_out --only sqlite --watchers 1000

Somebody replies twenty times a second in one thread; in another, which so many people watch, one reply is posted.
The time of each answer counts from when its request was due.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from bench.load import post
from bench.pace import Felt, Pacer
from bench.seed import Person, a_reply
from bench.servers import Server, cores, on_cores, parley, running, temporary_folder
from bench.watchers import bring_watchers, counted, is_told, want_mail, want_no_mail, watch
from service.kit.database import Database, open_database
from tests.crash.mail import RudeMail
from tests.provision.postgresql import throwaway_cluster

PER_SECOND: Final = 20
REST: Final = 3.0
"""Seconds for what is left of the work before."""

IDLE: Final = 20.0
"""Seconds of posting at rest, to compare with."""

SENDING: Final = 60.0
"""Seconds for which letters are sent; the rest of them would take as long as their mail server does."""

FIRST: Final = 1000
"""The first watcher's id: above everybody's who registers."""

SECRET: Final = "for the benchmark, 32 characters"


@dataclass(frozen=True)
class Told:
    """One fan-out: how long it took, what those who posted felt at rest and meanwhile, and what came of it."""

    what: str
    seconds: float
    idle: Felt
    meanwhile: Felt
    told: int
    letters: int
    sent: int
    memory: tuple[float, float]


@dataclass
class Place:
    """A running Parley with its people: a thread that many watch, and another in which somebody posts."""

    server: Server
    database: Database
    ids: range
    opener: Person
    watched: int
    pacer: Pacer

    async def fan_out(self, what: str, most: float | None = None) -> Told:
        """Post into the watched thread; ends when the last one is told, or after `most` seconds."""
        await asyncio.sleep(REST)
        idle = await self.pacer.during(asyncio.create_task(asyncio.sleep(IDLE)))
        await asyncio.sleep(REST)
        memory = Memory(self.server)
        began = time.perf_counter()
        made = await asyncio.to_thread(self.opener.post, f"/threads/{self.watched}/replies", body=f"To all: {what}.")
        felt = await self.pacer.during(asyncio.create_task(self._wait(made["id"], memory, most)))
        seconds = time.perf_counter() - began
        told, letters, sent = await self.database.read(counted, made["id"])
        return Told(what, seconds, idle, felt, told, letters, sent, (memory.before, memory.most))

    async def _wait(self, reply_id: int, memory: "Memory", most: float | None) -> None:
        began = time.perf_counter()
        while most is None or time.perf_counter() - began < most:
            memory.look()
            if most is None and await self.database.read(is_told, self.ids[-1], reply_id):
                return
            await asyncio.sleep(0.1)


class Memory:
    """Resident megabytes of the process that has the worker: before, and at most."""

    def __init__(self, server: Server) -> None:
        self._process: psutil.Process = server.processes[1 if len(server.processes) > 1 else 0]
        self.before = self.most = 0.0
        self.look()
        self.before = self.most

    def look(self) -> None:
        """Weigh it now."""
        self.most = max(self.most, self._process.memory_info().rss / 1e6)


@asynccontextmanager
async def place(
    folder: Path, url: str, settings: dict[str, str], core: set[int], watchers: int
) -> AsyncIterator[Place]:
    """A new Parley on an empty database, on the servers' core: alice opens two threads, and bob posts in one.

    Alice wants no letters: those about bob's replies would be sent at rest too.
    """
    with ExitStack() as stack:
        with on_cores(core):
            if is_postgresql(url):
                with running(["service", "migrate"], settings) as migration:
                    await asyncio.to_thread(migration.wait)
            server = stack.enter_context(parley(folder, settings, worker=is_postgresql(url)))
        alice, bob = Person(server.port, "alice"), Person(server.port, "bob")
        alice.client.patch("/api/v1/me/notification-preferences", json={"mail": False}).raise_for_status()
        watched, quiet = (alice.post("/threads", title=title, body="…")["id"] for title in ("Watched", "Quiet"))
        token = bob.post("/tokens", name="the benchmark", scopes=["read", "write"])["token"]
        requests = post(lambda _: f"/api/v1/threads/{quiet}/replies", a_reply, f"Authorization: Bearer {token}")
        pacer = Pacer(server.port, requests, 201, PER_SECOND)
        database = open_database(url)
        await database.start()
        try:
            ids = range(FIRST, FIRST + watchers)
            await database.write(bring_watchers, ids)
            await database.write(watch, watched, ids)
            yield Place(server, database, ids, alice, watched, pacer)
        finally:
            pacer.close()
            await database.stop()


def is_postgresql(url: str) -> bool:
    """Whether this is the address of a PostgreSQL database."""
    return url.startswith("postgresql")


async def without_sending(folder: Path, url: str, core: set[int], watchers: int) -> AsyncIterator[Told]:
    """Told on the site only; then told by letters too, which wait."""
    settings = {"PARLEY_DATABASE_URL": url, "PARLEY_SECRET_KEY": SECRET, "PARLEY_MAIL_DELAY": "PT1H"}
    async with place(folder, url, settings, core, watchers) as parley_here:
        await parley_here.database.write(want_no_mail, parley_here.ids)
        yield await parley_here.fan_out("on the site")
        await parley_here.database.write(want_mail)
        yield await parley_here.fan_out("letters, that wait")


async def with_sending(folder: Path, url: str, core: set[int], watchers: int) -> AsyncIterator[Told]:
    """Told by letters that a quick mail server takes, for a while."""
    with RudeMail(folder / "mail", 1) as mail:
        mail.be_kind()
        settings = {
            "PARLEY_DATABASE_URL": url, "PARLEY_SECRET_KEY": SECRET, "PARLEY_MAIL_DELAY": "PT0S",
            "PARLEY_SMTP_URL": mail.url,
        }  # fmt: skip
        async with place(folder, url, settings, core, watchers) as parley_here:
            yield await parley_here.fan_out("letters, that go", SENDING)


async def measure(database: str, core: set[int], watchers: int) -> None:
    """Every way of telling on one database, each printed as soon as it is known."""
    for way in (without_sending, with_sending):
        with temporary_folder() as folder, ExitStack() as stack:
            url = f"sqlite+pysqlite:///{folder / 'parley.db'}"
            if database == "postgresql":
                with on_cores(core):
                    url = stack.enter_context(throwaway_cluster())
            async for told in way(folder, url, core, watchers):
                print(line(told), flush=True)


def line(told: Told) -> str:
    """A row of the table."""
    rows = (told.told + 3 * told.letters) / told.seconds  # a letter has its own row, its delivery and its job
    cells = (
        told.what, f"{told.told:,}", f"{told.seconds:.1f}", f"{rows:,.0f}", f"{told.letters:,}", f"{told.sent:,}",
        f"{told.idle.p50:.1f} / {told.idle.p99:.1f}", f"{told.meanwhile.p50:.1f} / {told.meanwhile.p99:.1f}",
        f"{told.meanwhile.longest:.0f}", str(len(told.meanwhile.times)), f"{told.memory[0]:.0f} → {told.memory[1]:.0f}",
        str(told.idle.wrong + told.meanwhile.wrong),
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main() -> int:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.fan_out", description="What telling many people costs")
    parser.add_argument("--watchers", type=int, default=100_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database")
    chosen = parser.parse_args()
    core, own = cores()
    headings = (
        "how", "told", "seconds", "rows/s", "letters", "sent", "idle p50 / p99 ms", "meanwhile p50 / p99 ms",
        "longest ms", "replies", "worker MB", "wrong",
    )  # fmt: skip
    for database in ("sqlite", "postgresql"):
        if chosen.only in (None, database):
            print(
                f"\n{database}\n",
                "| " + " | ".join(headings) + " |",
                "|---" * len(headings) + "|",
                sep="\n",
                flush=True,
            )
            with on_cores(own):
                asyncio.run(measure(database, core, chosen.watchers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
