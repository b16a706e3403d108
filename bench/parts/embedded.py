"""One process on SQLite, as an operator starts it: start, rest, everything that is read, replies, and its memory."""

import asyncio
import statistics
from typing import Final

import httpx

from bench import peers, works
from bench.measure import measure
from bench.parts.clients import against_clients
from bench.peers import MEASURED
from bench.seed import Person, Seeded, seed
from bench.servers import Server, temporary_folder
from bench.stage import Stage, at_rest, etag_of

STARTS: Final = 5
RESTED: Final = 15.0
"""Seconds for which the idle process is watched; the kernel counts in hundredths of a second."""
WRITES: Final = 25
"""Replies after each of which the page is asked for at once."""


async def run(stage: Stage) -> None:
    """All of it, on one database."""
    with temporary_folder() as folder:
        with stage.embedded(folder) as server:
            anew = server.started_in
        starts = []
        for _ in range(1 if stage.quick else STARTS):
            with stage.embedded(folder) as server:
                starts.append(server.started_in)
        stage.record.figures["rest.start"] = statistics.median(starts)
        stage.record.remarks.append(f"start to the first 200 with the database to be made: {anew:.2f} s")
        with stage.embedded(folder) as server:
            await rest(stage, server)
            seeded = seed(server.port)
            await pages(stage, server, seeded)
            await replies(stage, server, seeded)
            stage.record.figures["rest.loaded"] = server.memory()
            await against_clients(stage, server, seeded)


async def rest(stage: Stage, server: Server) -> None:
    """Memory and CPU while nobody comes."""
    await asyncio.sleep(1 if stage.quick else 5)
    figures = stage.record.figures
    figures["rest.cpu"] = await at_rest(server, 1 if stage.quick else RESTED)
    figures["rest.idle"] = server.memory()


async def pages(stage: Stage, server: Server, seeded: Seeded) -> None:
    """Everything that is read, and whether it was ever too old."""
    record = stage.record
    for work in works.reads(seeded, etag_of(server, seeded.page)):
        record.put(await measure(server, work, stage.yardstick))
    record.figures["guest.stale"] = await asyncio.to_thread(stale_answers, server.port)
    figures, calibration = record.figures, stage.yardstick.cpu_each
    for name, key, peer in (
        ("guest.nodebb", "guest.cpu", MEASURED["nodebb"]),
        ("guest.wordpress", "guest.cpu", MEASURED["wordpress"]),
        ("first.peers", "first.cpu", peers.LIGHTEST),
        ("signed_in.peers", "signed_in.cpu", peers.LIGHTEST),
    ):
        if key in figures:
            figures[name] = peers.times(peer, figures[key], calibration)


def stale_answers(port: int) -> float:
    """How often a guest's page lacked a reply that had been acknowledged before it was asked for."""
    writer = Person(port, "fritz")
    made = writer.post("/threads", title="Asked for at once", body="…")
    missing = 0
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as guest:
        for number in range(WRITES):
            guest.get(made["url"])  # so that there is a page to be kept
            said = f"This was acknowledged, {number} of {WRITES}."
            writer.post(f"/threads/{made['id']}/replies", body=said)
            missing += said not in guest.get(made["url"]).text
    return missing


async def replies(stage: Stage, server: Server, seeded: Seeded) -> None:
    """Replies that are on the disk when they are acknowledged."""
    record = stage.record
    record.put(await measure(server, works.a_durable_reply(seeded, "SQLite", "reply"), stage.yardstick))
    if "reply.rate" in record.figures:
        for name in ("isso", "remark42"):
            stored = MEASURED[name].stored_rate or 0
            record.figures[f"reply.{name}"] = record.figures["reply.rate"] / stored
