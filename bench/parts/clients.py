"""How cost and latency grow with the number of clients."""

from dataclasses import replace
from typing import Final

from bench import works
from bench.measure import drive
from bench.seed import Seeded
from bench.servers import Server
from bench.stage import Stage

CLIENTS: Final = (1, 2, 4, 8, 16, 32, 64)
SECONDS: Final = 1.0


async def against_clients(stage: Stage, server: Server, seeded: Seeded) -> None:
    """A page that is kept, a page that is drawn, and a durable reply, by 1 to 64 clients."""
    chosen = (
        works.repeated("page unchanged", "kept", seeded.page),
        works.first_times("page drawn", "drawn", seeded.page),
        works.a_durable_reply(seeded, "SQLite", "reply"),
    )
    for place, work in enumerate(chosen):
        for clients in CLIENTS[:1] if stage.quick else CLIENTS:
            server.settle(10)
            before = server.cpu()
            driven = await drive(server, replace(work, connections=clients), stage.pace, SECONDS)
            cpu = (server.cpu() - before) / max(1, driven.answers) * 1000
            stage.record.point(
                "clients", work=place, clients=clients, rate=driven.rate, p50=driven.p50, p99=driven.p99, cpu=cpu
            )
