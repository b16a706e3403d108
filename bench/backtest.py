"""`python -m bench.backtest`: what trying rules on 100,000 posts takes, and what it costs those who post meanwhile.

python -m bench.backtest                     both databases; about ten minutes
python -m bench.backtest --only sqlite --posts 5000

Somebody replies twenty times a second; meanwhile rules of four kinds are tried on the last posts, in the process that
answers (SQLite), or in the worker (PostgreSQL). The time of each answer counts from when its request was due.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.earlier import bring_posts, promote
from bench.fan_out import SECRET, Memory, is_postgresql
from bench.load import post
from bench.pace import Felt, Pacer
from bench.seed import Person, a_reply
from bench.servers import Server, cores, on_cores, parley, running, temporary_folder
from service.kit.database import Database, open_database
from tests.provision.postgresql import throwaway_cluster

PER_SECOND: Final = 20
REST: Final = 3.0
IDLE: Final = 20.0
"""Seconds of posting at rest, to compare with."""

RULES: Final[dict[str, list[dict[str, Any]]]] = {
    "a hundred words": [
        {"kind": "words", "terms": {"lines": [f"word{number}" for number in range(98)] + ["~lermon", "/ba(ce)+di/"]}}
    ],
    "five rules": [
        {"kind": "words", "terms": {"lines": ["casino", "~lermon", "/ba(ce)+di/"]}, "verdict": "spam"},
        {"kind": "words", "terms": {"lines": ["tegar"], "fields": ["title", "body", "name"]}, "verdict": "reject"},
        {"kind": "links", "terms": {"least": 2, "only_first_posts": 3}},
        {"kind": "first_posts", "terms": {"posts": 1, "approved": 2}},
        {"kind": "account_age", "terms": {"younger_than": "P1D"}},
    ],
}  # fmt: skip
"""What is tried."""


@dataclass(frozen=True)
class Tried:
    """One backtest: how long it took, of which so much was work; what those who posted felt; memory; what was found."""

    what: str
    posts: int
    seconds: float
    work: float
    idle: Felt
    meanwhile: Felt
    memory: tuple[float, float]
    caught: int


@dataclass
class Place:
    """A running Parley with its earlier posts, a moderator, and somebody who posts."""

    server: Server
    moderator: Person
    pacer: Pacer
    posts: int

    async def try_rules(self, what: str) -> Tried:
        """Try rules on all of the posts that there were."""
        await asyncio.sleep(REST)
        idle = await self.pacer.during(asyncio.create_task(asyncio.sleep(IDLE)))
        await asyncio.sleep(REST)
        memory, began = Memory(self.server), time.perf_counter()
        asked = {"rules": RULES[what], "last": self.posts}
        answer = await asyncio.to_thread(self.moderator.client.post, "/api/v1/moderation/rules/backtest", json=asked)
        answer.raise_for_status()
        waiting = asyncio.create_task(self._wait(answer.headers["location"], memory))
        meanwhile = await self.pacer.during(waiting)
        seconds = time.perf_counter() - began
        found = (await asyncio.to_thread(self.moderator.client.get, answer.headers["location"])).json()
        verdicts = found["report"]["verdicts"]
        caught = sum(sum(counts.values()) for name, counts in verdicts.items() if name != "publish")
        work = found["report"]["seconds"]
        return Tried(what, found["examined"], seconds, work, idle, meanwhile, (memory.before, memory.most), caught)

    async def _wait(self, location: str, memory: Memory) -> None:
        looked = time.perf_counter()
        while True:
            memory.look()
            await asyncio.sleep(0.1)
            if time.perf_counter() - looked > 2:
                looked = time.perf_counter()
                found = (await asyncio.to_thread(self.moderator.client.get, location)).json()
                if found["state"] in ("done", "failed"):
                    return


@asynccontextmanager
async def place(folder: Path, url: str, core: set[int], posts: int) -> AsyncIterator[Place]:
    """A new Parley with so many earlier posts; mona moderates, and bob posts in a thread of alice's."""
    settings = {"PARLEY_DATABASE_URL": url, "PARLEY_SECRET_KEY": SECRET}
    with ExitStack() as stack:
        with on_cores(core), running(["service", "migrate"], settings) as migration:
            await asyncio.to_thread(migration.wait)
        database = open_database(url)
        await database.start()
        await fill(database, posts)
        await database.stop()
        with on_cores(core):
            server = stack.enter_context(parley(folder, settings, worker=is_postgresql(url)))
        mona, alice, bob = (Person(server.port, name) for name in ("mona", "alice", "bob"))
        database = open_database(url)
        await database.start()
        await database.write(promote, "mona")
        await database.stop()
        thread = alice.post("/threads", title="A thread of today", body="…")["id"]
        token = bob.post("/tokens", name="the benchmark", scopes=["read", "write"])["token"]
        requests = post(lambda _: f"/api/v1/threads/{thread}/replies", a_reply, f"Authorization: Bearer {token}")
        pacer = Pacer(server.port, requests, 201, PER_SECOND)
        try:
            yield Place(server, mona, pacer, posts)
        finally:
            pacer.close()


async def fill(database: Database, posts: int) -> None:
    """The earlier posts, a thousand in a transaction."""
    for first in range(0, posts, 1000):
        await database.write(bring_posts, range(first, min(first + 1000, posts)))


async def measure(database: str, core: set[int], posts: int) -> None:
    """Every set of rules on one database, each printed as soon as it is known."""
    with temporary_folder() as folder, ExitStack() as stack:
        url = f"sqlite+pysqlite:///{folder / 'parley.db'}"
        if database == "postgresql":
            with on_cores(core):
                url = stack.enter_context(throwaway_cluster())
        async with place(folder, url, core, posts) as here:
            for what in RULES:
                print(line(await here.try_rules(what)), flush=True)


def line(tried: Tried) -> str:
    """A row of the table."""
    cells = (
        tried.what, f"{tried.posts:,}", f"{tried.seconds:.1f}", f"{tried.work:.1f}", f"{tried.caught:,}",
        f"{tried.idle.p50:.1f} / {tried.idle.p99:.1f}", f"{tried.meanwhile.p50:.1f} / {tried.meanwhile.p99:.1f}",
        f"{tried.meanwhile.longest:.0f}", str(len(tried.meanwhile.times)),
        f"{tried.memory[0]:.0f} → {tried.memory[1]:.0f}", str(tried.idle.wrong + tried.meanwhile.wrong),
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main() -> int:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.backtest", description="What trying rules costs")
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database")
    chosen = parser.parse_args()
    core, own = cores()
    headings = (
        "tried", "posts", "seconds", "of work", "caught", "idle p50 / p99 ms", "meanwhile p50 / p99 ms", "longest ms",
        "replies", "MB", "wrong",
    )  # fmt: skip
    for database in ("sqlite", "postgresql"):
        if chosen.only in (None, database):
            print(f"\n{database}\n", f"| {' | '.join(headings)} |", "|---" * len(headings) + "|", sep="\n", flush=True)
            with on_cores(own):
                asyncio.run(measure(database, core, chosen.posts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
