"""More processes on PostgreSQL: 1 app and 1 worker, up to 4 and 4, on all cores; and whether anything goes wrong.

Nothing is pinned here, so the load generator takes its share of the cores too: what two processes could do more, it may
not leave them.
"""

import asyncio
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Final

import httpx
from sqlalchemy import text

from bench import works
from bench.load import Driven
from bench.measure import drive
from bench.seed import Person, Seeded, seed
from bench.servers import Server, on_cores, parley, temporary_folder
from bench.stage import SECRET, Stage, postgresql, postmaster
from bench.works import Work
from service.kit.database import Session, open_database

MOST: Final = 4
ROUNDS: Final = 3
ASKED: Final = 10
"""Replies that another process is asked for until it shows them."""
PATIENCE: Final = 20.0

COUNT: Final = """
SELECT coalesce(sum(abs(last_number - found)), 0), coalesce(sum(found), 0) FROM
    (SELECT thread.last_number, count(DISTINCT reply.number) AS found FROM thread
     LEFT JOIN reply ON reply.thread_id = thread.id WHERE thread.id = ANY(:threads) GROUP BY thread.id) AS counted
"""
"""Numbers handed out that no reply has, and replies with numbers of their own."""


@dataclass(frozen=True)
class Cluster:
    """So many app processes, each with a worker beside, and their database."""

    servers: list[Server]
    seeded: Seeded
    whole: Server

    async def drive(self, work: Work, stage: Stage, seconds: float) -> list[Driven]:
        """One work, its clients shared among the app processes."""
        shared = replace(work, connections=work.connections // len(self.servers))
        return list(await asyncio.gather(*(drive(each, shared, stage.pace, seconds) for each in self.servers)))


async def run(stage: Stage) -> None:
    """Everything by one process and its worker, then by more of them, each on an empty database."""
    rates: dict[int, dict[str, float]] = {}
    wrong = 0.0
    for number in (1, 2) if stage.quick else range(1, MOST + 1):
        with temporary_folder() as folder, ExitStack() as stack, on_cores(stage.every_core):
            url = stack.enter_context(postgresql())
            settings = {"PARLEY_DATABASE_URL": url, "PARLEY_SECRET_KEY": SECRET}
            servers = [stack.enter_context(parley(folder, settings, worker=True)) for _ in range(number)]
            whole = Server(0, [*(process for each in servers for process in each.processes), postmaster(url)])
            cluster = Cluster(servers, await asyncio.to_thread(seed, servers[0].port), whole)
            rates[number], astray = await measure(stage, cluster, url)
            wrong += astray
            if number == 2:
                stage.record.figures["guest.elsewhere"] = await asyncio.to_thread(until_shown, servers)
        stage.record.point("processes", processes=number, **rates[number])
    figures = stage.record.figures
    figures |= {f"processes.{name}": rates[2][name] / rates[1][name] for name in ("kept", "drawn", "reply")}
    figures["processes.wrong"] = wrong


async def measure(stage: Stage, cluster: Cluster, url: str) -> tuple[dict[str, float], float]:
    """Rates of three works, CPU ms of a reply, and how many replies went astray."""
    seeded, clients, found = cluster.seeded, 16, dict[str, float]()
    acknowledged = 0
    for name, work in (
        ("kept", works.repeated("page unchanged", "kept", seeded.page)),
        ("drawn", works.first_times("page drawn", "drawn", seeded.page)),
        ("reply", works.a_durable_reply(seeded, "PostgreSQL", "reply")),
    ):
        rates, cpu = [], []
        for _ in range(1 if stage.quick else ROUNDS):
            cluster.whole.settle(20)
            before = cluster.whole.cpu()
            driven = await cluster.drive(replace(work, connections=clients), stage, 1.0)
            if wrong := sum(each.wrong for each in driven):
                raise RuntimeError(f"{work.name}: {wrong} wrong answers")
            rates.append(sum(each.rate for each in driven))
            answers = sum(each.answers for each in driven)
            cpu.append((cluster.whole.cpu() - before) / max(1, answers) * 1000)
            acknowledged += answers if name == "reply" else 0
        found |= {name: statistics.median(rates), f"{name}_cpu": statistics.median(cpu)}
    return found, await gone_astray(url, seeded, acknowledged)


async def gone_astray(url: str, seeded: Seeded, acknowledged: int) -> float:
    """Acknowledged replies that are not there, those that are there too often, and numbers that nobody has."""

    def look(session: Session) -> tuple[int, int]:
        row = session.execute(text(COUNT), {"threads": list(seeded.written_in)}).one()
        return int(row[0]), int(row[1])

    database = open_database(url)
    await database.start()
    gaps, stored = await database.read(look)
    await database.stop()
    return gaps + abs(stored - acknowledged)


def until_shown(servers: list[Server]) -> float:
    """The longest, of some replies acknowledged by one process, until another one's page for guests shows it (s)."""
    writer, longest = Person(servers[0].port, "fritz"), 0.0
    made = writer.post("/threads", title="Seen from elsewhere", body="…")
    with httpx.Client(base_url=f"http://127.0.0.1:{servers[1].port}") as guest:
        for number in range(ASKED):
            guest.get(made["url"])
            said = f"Said to the other process, {number} of {ASKED}."
            writer.post(f"/threads/{made['id']}/replies", body=said)
            began = time.perf_counter()
            while said not in guest.get(made["url"]).text and time.perf_counter() - began < PATIENCE:
                time.sleep(0.005)
            longest = max(longest, time.perf_counter() - began)
    return longest
