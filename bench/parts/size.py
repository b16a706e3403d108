"""How cost grows with size: threads of 100 to 1,000,000 replies, and lists of as many threads, each drawn anew."""

import asyncio
import math
import statistics
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine

from bench import filling, works
from bench.load import Driven, drive
from bench.seed import BODY
from bench.servers import Server, running, temporary_folder
from bench.stage import Stage
from bench.works import Work
from service.categories.models import Category
from service.replies.models import PER_SCREEN, Reply
from service.threads.models import Thread

SIZES: Final = (100, 1_000, 10_000, 100_000, 1_000_000)
PEOPLE: Final = 2_000
SECONDS: Final = 0.4
OPENING: Final = "How it began."
FIRST, MIDDLE, LAST, LIST = range(4)
"""Places, as they stand in the plot's points."""


@dataclass
class Cost:
    """What one address took, round by round: CPU ms and the median's ms."""

    work: Work
    cpu: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)

    def add(self, driven: Driven, cpu: float) -> None:
        """One round."""
        if driven.wrong:
            raise RuntimeError(f"{self.work.name}: {driven.wrong} wrong answers")
        self.cpu.append(cpu / driven.answers * 1000)
        self.p50.append(driven.p50)


async def run(stage: Stage) -> None:
    """Fill a database, start on it, and ask for all sizes in turn: what disturbs one round disturbs them all."""
    sizes = SIZES[:2] if stage.quick else SIZES
    with temporary_folder() as folder:
        threads = await asyncio.to_thread(fill, folder, sizes)
        with stage.embedded(folder) as server:
            costs = {(place, size): Cost(asked(place, size, threads[size])) for place, size in product(range(4), sizes)}
            costs[LIST, 0] = Cost(works.first_times("first page", "home", "/"))
            for _ in range(stage.pace.rounds + 1):
                for cost in costs.values():
                    await once(server, cost)
    note(stage, costs, sizes[-1])


async def once(server: Server, cost: Cost) -> None:
    """One short round of one address, asked by one client: nothing waits for anything else."""
    before = server.cpu()
    driven = await drive(server.port, cost.work.requests, status=200, connections=1, seconds=SECONDS)
    cost.add(driven, server.cpu() - before)


def asked(place: int, size: int, thread_id: int) -> Work:
    """The address of one place at one size."""
    if place == LIST:
        return works.first_times(f"list of {size:,}", "size", f"/c/of-{size}")
    pages = math.ceil(size / PER_SCREEN)
    number = {FIRST: 1, MIDDLE: max(1, pages // 2), LAST: pages}[place]
    return works.first_times(f"page {number:,} of {pages:,}", "size", f"/t/{thread_id}/a-thread?page={number}")


def fill(folder: Path, sizes: tuple[int, ...]) -> dict[int, int]:
    """A database with a category of so many threads for each size, and in it a thread with so many replies; returns
    the threads' ids by their sizes.
    """
    url = f"sqlite+pysqlite:///{folder / 'parley.db'}"
    with running(["service", "migrate"], {"PARLEY_DATA_DIR": str(folder), "PARLEY_DATABASE_URL": url}) as migration:
        if migration.wait():
            raise RuntimeError("parley migrate failed; what it wrote stands above")
    threads, engine = {}, create_engine(url)
    with engine.connect() as connection:
        filling.hurry(connection, on_disk=True)
        people = filling.bring_people(connection, PEOPLE)
        with filling.without_indexes(connection, Thread, Reply):
            for size in sizes:
                category = filling.next_ids(connection, Category, 1)
                filling.fill(connection, Category(slug=f"of-{size}", name=f"Of {size}"), category)
                threads[size] = filling.bring_threads(connection, size, people, category, OPENING)[0]
                filling.bring_replies(connection, threads[size], range(1, size + 1), people, BODY)
        connection.commit()
    engine.dispose()
    return threads


def note(stage: Stage, costs: dict[tuple[int, int], Cost], largest: int) -> None:
    """Medians as points of the plot, and the largest beside the smallest as figures."""
    cpu = {}
    for (place, size), cost in costs.items():
        cpu[place, size] = statistics.median(cost.cpu)
        if size:
            p50 = statistics.median(cost.p50)
            stage.record.point("size", place=place, size=size, cpu=cpu[place, size], p50=p50)
    figures = stage.record.figures
    for place, name in ((FIRST, "first"), (MIDDLE, "middle"), (LAST, "last")):
        figures[f"size.{name}"] = cpu[place, largest] / cpu[place, SIZES[0]]
    figures["size.list"] = max(cpu[LIST, largest], cpu[LIST, 0]) / cpu[LIST, SIZES[0]]
    home = f"{cpu[LIST, 0]:.3f} CPU ms with {sum(size for place, size in costs if place == LIST):,} threads"
    stage.record.remarks.append(
        f"size: the first page (all categories) takes {home}; {largest:,} replies in one thread"
    )
