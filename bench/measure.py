"""Rounds: calibration, work, calibration, work, …; each round's ratio is to the calibrations on both its sides."""

import statistics
from dataclasses import dataclass, field

import httpx

from bench import load, wrk
from bench.load import Driven
from bench.servers import Server
from bench.works import CALIBRATION_SIZE, READERS, Work


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is measured: rounds of each work, seconds of a round, and whether `wrk` drives what it can."""

    rounds: int
    seconds: float
    with_wrk: bool


@dataclass(frozen=True, slots=True)
class Result:
    """Medians over the rounds of one work. `jobs_cpu` is the CPU ms a request until its jobs were done too."""

    work: Work
    rate: float
    ratio: float
    cpu: float
    p50: float
    p99: float
    size: int
    wrong: int
    jobs_cpu: float | None = None


@dataclass(slots=True)
class Yardstick:
    """The calibration server, and what every look at it gave, by size of the answer: requests per second, CPU ms."""

    server: Server
    pace: Pace
    rates: dict[int, list[float]] = field(default_factory=dict)
    cpu: list[float] = field(default_factory=list)

    async def look(self, size: int) -> float:
        """Drive it once; returns its rate."""
        before = self.server.cpu()
        seconds = min(1.0, self.pace.seconds)
        driven = await drive(self.server, get_static(size), self.pace, seconds)
        self.cpu.append((self.server.cpu() - before) / max(1, driven.answers) * 1000)
        self.rates.setdefault(size, []).append(driven.rate)
        return driven.rate

    @property
    def cpu_each(self) -> float:
        """CPU ms of one answer, the median of all looks."""
        return statistics.median(self.cpu)

    @property
    def noise(self) -> float:
        """The largest, over the sizes, of fastest to slowest look: 1.0 on a machine that does nothing else."""
        return max(max(rates) / min(rates) for rates in self.rates.values())


def get_static(size: int) -> Work:
    """The calibration's own request."""
    path = f"/{size}"
    return Work("calibration", "calibration", load.get(path), path=path, connections=READERS)


async def drive(server: Server, work: Work, pace: Pace, seconds: float) -> Driven:
    """One run of one work by the generator that suits it."""
    if work.path and not work.varied and pace.with_wrk:
        return await wrk.drive(server.port, work.path, work.headers, connections=work.connections, seconds=seconds)
    return await load.drive(
        server.port, work.requests, status=work.status, connections=work.connections, seconds=seconds
    )


async def measure(server: Server, work: Work, yardstick: Yardstick) -> Result:
    """All rounds of one work, after one short run to warm up."""
    pace, size = yardstick.pace, size_of(server, work)
    compared = size if work.path and size else CALIBRATION_SIZE
    await drive(server, work, pace, pace.seconds / 4)
    server.settle()
    looks, runs, cpu, jobs_cpu = [await yardstick.look(compared)], [], [], []
    for _ in range(pace.rounds):
        before = server.cpu()
        runs.append(await drive(server, work, pace, pace.seconds))
        cpu.append((server.cpu() - before) / max(1, runs[-1].answers) * 1000)
        if work.jobs:
            server.settle()
            jobs_cpu.append((server.cpu() - before) / max(1, runs[-1].answers) * 1000)
        looks.append(await yardstick.look(compared))
    ratios = [run.rate * 2 / (looks[n] + looks[n + 1]) for n, run in enumerate(runs)]
    median = statistics.median
    return Result(
        work, median(run.rate for run in runs), median(ratios), median(cpu), median(run.p50 for run in runs),
        median(run.p99 for run in runs), size, sum(run.wrong for run in runs), median(jobs_cpu) if jobs_cpu else None,
    )  # fmt: skip


def size_of(server: Server, work: Work) -> int:
    """Bytes of the answer's body, compressed only where the work asks for that.

    Raises RuntimeError when it is not the answer that was meant.
    """
    if not work.path:
        return 0
    headers = {"Accept-Encoding": "identity"} | dict(line.split(": ", 1) for line in work.headers)
    with httpx.stream("GET", f"http://127.0.0.1:{server.port}{work.path}", headers=headers) as answer:
        if answer.status_code != work.status:
            raise RuntimeError(f"{work.name}: {work.path} answered {answer.status_code}, not {work.status}")
        return sum(map(len, answer.iter_raw()))
