"""Several app and worker processes on one PostgreSQL, and what each kind of process takes of the cores."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Final

from bench.load import Driven
from bench.measure import drive
from bench.seed import Seeded, seed
from bench.servers import Server, on_cores, parley, temporary_folder
from bench.stage import SECRET, Stage, postgresql, postmaster
from bench.works import Work

CLIENTS: Final = 16
KINDS: Final = ("app", "worker", "database", "generator")


@dataclass(frozen=True, slots=True)
class Account:
    """CPU seconds of every kind of process, and of the clock, during one round."""

    cpu: tuple[float, ...]
    seconds: float
    driven: list[Driven]

    @property
    def answers(self) -> int:
        """All clients' together."""
        return sum(each.answers for each in self.driven)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return sum(each.rate for each in self.driven)

    @property
    def cores(self) -> float:
        """How many cores all of them together were busy on."""
        return sum(self.cpu) / self.seconds

    @property
    def each(self) -> dict[str, float]:
        """CPU ms of one answer, by kind."""
        return {kind: spent * 1000 / max(1, self.answers) for kind, spent in zip(KINDS, self.cpu, strict=True)}

    @property
    def serving(self) -> float:
        """CPU ms of one answer, without the generator's."""
        return sum(self.cpu[:-1]) * 1000 / max(1, self.answers)


@dataclass(frozen=True, slots=True)
class Cluster:
    """So many app processes, each with a worker beside and a port of its own, and their database."""

    servers: list[Server]
    url: str
    seeded: Seeded

    @property
    def parts(self) -> tuple[Server, ...]:
        """The processes by kind, as in KINDS, but for the generator."""
        apps, workers = ([each.processes[place] for each in self.servers] for place in (0, 1))
        return Server(0, apps), Server(0, workers), Server(0, [postmaster(self.url)])

    @property
    def whole(self) -> Server:
        """All of them."""
        return Server(0, [process for part in self.parts for process in part.processes])

    async def drive(self, work_of: Callable[[Seeded], Work], stage: Stage, seconds: float) -> Account:
        """One round: the clients are shared out evenly, and so are the threads in which they write, so that two clients
        wait for one thread's row no more often with many processes than with one. Nothing stands between the clients
        and the processes.
        """
        number, parts = len(self.servers), self.parts
        shares = [replace(self.seeded, written_in=self.seeded.written_in[place::number]) for place in range(number)]
        shared = [replace(work_of(share), connections=CLIENTS // number) for share in shares]
        before, began = (*(part.cpu() for part in parts), own_cpu()), time.perf_counter()
        pairs = zip(self.servers, shared, strict=True)
        driven = await asyncio.gather(*(drive(server, work, stage.pace, seconds) for server, work in pairs))
        taken = time.perf_counter() - began
        after = (*(part.cpu() for part in parts), own_cpu())
        return Account(tuple(now - then for now, then in zip(after, before, strict=True)), taken, list(driven))


@contextmanager
def cluster(stage: Stage, number: int) -> Iterator[Cluster]:
    """So many app and worker processes and a PostgreSQL with the data set, on every core."""
    with temporary_folder() as folder, ExitStack() as stack, on_cores(stage.every_core):
        url = stack.enter_context(postgresql())
        settings = {"PARLEY_DATABASE_URL": url, "PARLEY_SECRET_KEY": SECRET}
        servers = [stack.enter_context(parley(folder, settings, worker=True)) for _ in range(number)]
        yield Cluster(servers, url, seed(servers[0].port))


def own_cpu() -> float:
    """CPU seconds of this process and of what it started and has seen end: the load generators."""
    return sum(os.times()[:4])
