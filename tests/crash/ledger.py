"""The crash ledger: kill the real processes at random moments with requests in flight, then compare the books.

    python -m tests.crash.ledger --kills 30 --database sqlite
    python -m tests.crash.ledger --kills 30 --database postgresql

It prints the figures and ends with 0 only if every acknowledged reply is stored once, everybody was told of every
reply once, and one letter was handed over for each notification.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx

from service.kit.database import open_database
from tests.crash.clients import Book, Person, keep_posting, open_threads, register, reply
from tests.crash.processes import Process, Site
from tests.crash.verdict import Verdict, come_to_rest, judge
from tests.fresh import fresh_postgresql
from tests.mailbox import Mailbox
from tests.provision import postgresql

CLIENTS = 6
THREADS = 3
NAMES = ("alice", "bob", "charlie")


@dataclass
class Scene:
    """One site with its people, its mail server and the book."""

    site: Site
    people: list[Person]
    threads: list[int]
    book: Book = field(default_factory=Book)
    kills: Counter[str] = field(default_factory=Counter)
    in_flight: list[int] = field(default_factory=list)


async def run(database_url: str, kills: int, folder: Path, seed: int) -> tuple[Scene, Verdict]:
    """Set the scene, kill so many times, let everything come to rest, and judge. PostgreSQL gets a second of each."""
    chance, more = random.Random(seed), 2 if database_url.startswith("postgresql") else 1
    with Mailbox() as mailbox:
        settings = {"PARLEY_SMTP_URL": mailbox.url, "PARLEY_RETRY_BASE": "0.1", "PARLEY_MAIL_DELAY": "PT0S"}
        site = Site(folder, database_url, serves=more, works=more, settings=settings)
        database = open_database(database_url)
        try:
            await site.start()
            await database.start()
            scene = await set_scene(site)
            await come_to_rest(database)
            await kill_while_posting(scene, kills, chance)
            await site.ready()
            await come_to_rest(database)
            letters = list(mailbox.taken)
            return scene, await judge(scene.book, site.addresses[0], scene.people, scene.threads, letters, database)
        finally:
            site.end()
            await database.stop()


async def set_scene(site: Site) -> Scene:
    """Alice opens threads; the others reply once in each, so that everybody watches everything."""
    address = site.addresses[0]
    async with httpx.AsyncClient(timeout=30) as client:
        people = [await register(client, address, name) for name in NAMES]
        threads = await open_threads(client, address, people[0], THREADS)
        for person in people[1:]:
            for thread_id in threads:
                await reply(client, address, person, thread_id, "I watch.")
    return Scene(site, people, threads)


async def kill_while_posting(scene: Scene, kills: int, chance: random.Random) -> None:
    """Clients post; every second or so one process is killed while a request is in flight, and started again."""
    stop = asyncio.Event()
    book, addresses = scene.book, scene.site.addresses
    posting = [
        asyncio.create_task(
            keep_posting(book, addresses, scene.people, scene.threads, stop, random.Random(chance.random()))
        )
        for _ in range(CLIENTS)
    ]
    try:
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0.3, 1.5))
            await kill_one(scene, chance.choice(scene.site.processes))
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*posting), 60)


async def kill_one(scene: Scene, process: Process) -> None:
    """Kill a process while at least one request has no answer yet; start it again at once.

    Raises:
        RuntimeError: the process was dead already.
    """
    async with asyncio.timeout(30):
        while scene.book.in_flight == 0:
            await asyncio.sleep(0)
    if not process.alive:
        raise RuntimeError(f"parley {process.command} had died by itself: {process.output.read_text()[-1000:]}")
    scene.in_flight.append(scene.book.in_flight)
    scene.kills[process.command] += 1
    process.kill()
    process.start()
    await scene.site.ready()


def report(scene: Scene, verdict: Verdict) -> str:
    """The figures of a run, a line each."""
    killed = ", ".join(f"{command} {count}" for command, count in sorted(scene.kills.items()))
    facts = {name.replace("_", " "): value for name, value in asdict(verdict).items() if name != "wrong"}
    lines = [f"kills: {scene.kills.total()} ({killed}), requests in flight at each: {scene.in_flight}"]
    lines += [f"{name}: {value}" for name, value in facts.items()]
    return "\n".join(lines + [f"WRONG: {each}" for each in verdict.wrong])


def main() -> int:
    """Reads the arguments, makes the database, runs and reports."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.crash.ledger", description="Kill Parley and compare the books"
    )
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args()
    print(f"database: {chosen.database}, seed: {chosen.seed}", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="parley-crash-")))
        url = f"sqlite+pysqlite:///{folder / 'parley.db'}"
        if chosen.database == "postgresql":
            if postgresql.VARIABLE not in os.environ:
                os.environ[postgresql.VARIABLE] = stack.enter_context(postgresql.throwaway_cluster())
            url = stack.enter_context(fresh_postgresql())
        scene, verdict = asyncio.run(run(url, chosen.kills, folder / "site", chosen.seed))
    print(report(scene, verdict))
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
