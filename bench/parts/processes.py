"""More processes on PostgreSQL: 1 app and 1 worker, up to 4 and 4, on all cores; what each kind of process takes of
them; and whether anything goes wrong.

Nothing is pinned here, so the load generator and the database take their share of the cores too. What one app process
and all that works for it leave unused is all that a second one can use: on a machine of two cores, the rate of 1 and 1
grows to `2 ÷ (cores that 1 and 1 are busy on)` times itself and no further, whatever the processes are.
"""

import asyncio
import os
import time
from collections.abc import Callable
from typing import Final

import httpx
from sqlalchemy import text

from bench import works
from bench.cluster import Account, Cluster, cluster
from bench.seed import Person, Seeded
from bench.servers import Server
from bench.stage import Stage
from bench.works import Work
from service.kit.database import Session, open_database

MOST: Final = 4
ROUNDS: Final = 3
WARM, SECONDS = 0.5, 2.0
ASKED: Final = 10
"""Replies that another process is asked for until it shows them."""
PATIENCE: Final = 20.0

COUNT: Final = """
SELECT coalesce(sum(abs(last_number - found)), 0), coalesce(sum(found), 0) FROM
    (SELECT thread.last_number, count(DISTINCT reply.number) AS found FROM thread
     LEFT JOIN reply ON reply.thread_id = thread.id WHERE thread.id = ANY(:threads) GROUP BY thread.id) AS counted
"""
"""Numbers handed out that no reply has, and replies with numbers of their own."""

WORKS: Final[dict[str, Callable[[Seeded], Work]]] = {
    "kept": lambda seeded: works.repeated("page unchanged", "kept", seeded.page),
    "drawn": lambda seeded: works.first_times("page drawn", "drawn", seeded.page),
    "reply": lambda seeded: works.a_durable_reply(seeded, "PostgreSQL", "reply"),
}


async def run(stage: Stage) -> None:
    """Everything by one process and its worker, then by more of them, each on an empty database."""
    found: dict[int, dict[str, Account]] = {}
    wrong = 0.0
    for number in (1, 2) if stage.quick else range(1, MOST + 1):
        with cluster(stage, number) as many:
            found[number], astray = await measure(stage, many)
            wrong += astray
            if number == 2:
                stage.record.figures["guest.elsewhere"] = await asyncio.to_thread(until_shown, many.servers)
        keep(stage, number, found)
    figures = stage.record.figures
    figures |= {f"processes.{name}": found[2][name].rate / found[1][name].rate for name in WORKS}
    figures["processes.wrong"] = wrong


def keep(stage: Stage, number: int, found: dict[int, dict[str, Account]]) -> None:
    """Rates and costs for the plots; of every work an account, with the most that the cores allow after 1 and 1."""
    rates = {name: account.rate for name, account in found[number].items()}
    costs = {f"{name}_cpu": account.serving for name, account in found[number].items()}
    stage.record.point("processes", processes=number, **rates, **costs)
    cores = len(stage.every_core) or os.cpu_count() or 1
    for place, (name, account) in enumerate(found[number].items()):
        one = found[1][name]
        stage.record.point(
            "accounts", processes=number, work=place, **account.each, cores=account.cores, rate=account.rate,
            times=account.rate / one.rate, most=max(1.0, cores / one.cores),
        )  # fmt: skip


async def measure(stage: Stage, many: Cluster) -> tuple[dict[str, Account], float]:
    """The middle round (by its rate) of each of three works, and how many replies went astray."""
    found, acknowledged = dict[str, Account](), 0
    for name, work_of in WORKS.items():
        rounds = []
        seconds = (stage.pace.seconds,) if stage.quick else (SECONDS,) * ROUNDS
        for length in (WARM, *seconds):
            many.whole.settle(20)
            account = await many.drive(work_of, stage, length)
            if wrong := sum(each.wrong for each in account.driven):
                raise RuntimeError(f"{name}: {wrong} wrong answers")
            rounds.append(account)
            acknowledged += account.answers if name == "reply" else 0
        found[name] = sorted(rounds[1:], key=lambda each: each.rate)[(len(rounds) - 1) // 2]
    return found, await gone_astray(many.url, many.seeded, acknowledged)


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
