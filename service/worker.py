"""The worker: claims due jobs and runs them, inside `parley serve` and alone as `parley work`; any number may run.

A round is one unit of work: the schedule's new ticks, the claims, and now and then the heartbeat. Between rounds it
waits for a hint that a job was enqueued, for a free slot, or for its next poll.
"""

import asyncio
import contextlib
import logging
import os
import random
import secrets
import signal
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from service.kit.clock import EPOCH
from service.kit.database import Database, Session
from service.kit.database.turns import in_background
from service.kit.logs import CONTEXT
from service.kit.measures import Measures
from service.kit.queue import Claim, Cron, Elsewhere, JobKind, Stepwise, Transactional
from service.kit.queue.cron import keep_time
from service.kit.queue.overview import MEASURED, beat, rest
from service.kit.queue.running import explain, run_claim
from service.kit.queue.statements import claim, is_any_due, release
from service.kit.tracing import Tracing

log = logging.getLogger(__name__)
POLL = 1.0
COALESCE = 0.01
BEAT = 5.0
GRACE = 7.0
RETURN = 2.0
"""Seconds: between polls (± a quarter); after a hint, for its neighbours to arrive; between heartbeats; for running
jobs to end when the worker is told to stop; and for giving the rest back. A stop takes at most GRACE + RETURN."""

NO_SPAN: contextlib.AbstractContextManager[Any] = contextlib.nullcontext()
"""Around a job where there are no traces."""


@dataclass(slots=True)
class Pool:
    """Slots for work inside the database, outside of it, or elsewhere: a mail server that hangs keeps no closing from
    being told, and a push service that hangs keeps no letter waiting.

    `size` is also how many letters at most are sent twice (under one Message-ID) when the worker is killed. `least`
    keeps claims from becoming small; `more` says that the last claim may have left something.
    """

    kinds: dict[str, JobKind]
    size: int
    least: int = 1
    running: dict[asyncio.Task[str], Claim] = field(default_factory=dict)
    more: bool = False

    @property
    def wanted(self) -> int:
        """How many jobs to claim now: as many as are free, and none for fewer than `least`."""
        free = self.size - len(self.running)
        return free if free >= self.least else 0

    def leases(self) -> dict[str, timedelta]:
        """The lease of each kind."""
        return {name: kind.lease for name, kind in self.kinds.items()}


class Worker:
    """Runs the jobs of the given kinds. `context` is handed to every job as `run.context`."""

    def __init__(
        self,
        database: Database,
        jobs: Iterable[JobKind],
        schedule: Sequence[Cron] = (),
        context: Any = None,
        *,
        retry_base: float = 1.0,
        concurrency: int = 8,
        poll: float = POLL,
        tracing: Tracing | None = None,
    ) -> None:
        kinds = {kind.name: kind.hastened(retry_base) for kind in jobs}
        inside = {name: kind for name, kind in kinds.items() if isinstance(kind.work, Transactional | Stepwise)}
        elsewhere = {name: kind for name, kind in kinds.items() if isinstance(kind.work, Elsewhere)}
        outside = {name: kind for name, kind in kinds.items() if name not in inside and name not in elsewhere}
        if strange := {entry.job for entry in schedule} - set(kinds):
            raise ValueError(f"the schedule names unknown kinds of job: {', '.join(sorted(strange))}")
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._database = database
        self._schedule = schedule
        self._context = context
        self._retry_base = retry_base
        self._poll = poll
        self._tracing = tracing
        # On SQLite units of work share commits, so many short jobs at once; on PostgreSQL each takes a connection.
        many = concurrency * 4 if database.dialect == "sqlite" else concurrency
        self._pools = (Pool(inside, many, least=many // 4), Pool(outside, concurrency), Pool(elsewhere, concurrency))
        self._ticks: dict[str, int] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self._last_beat = float("-inf")
        self._woken = asyncio.Event()
        self._stopping = False
        self._told_at = 0.0
        self._ailing = False
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to work on the running event loop; the database must be started. Returns at once."""
        self._stopping = False
        self._database.channels.on("job", self._woken.set)
        self._loop = asyncio.create_task(self._work(), name="parley-worker")

    def claim_no_more(self) -> None:
        """What is claimed already goes on; `stop` will wait for it until GRACE after this."""
        if not self._stopping:
            self._told_at = time.monotonic()
        self._stopping = True
        self._woken.set()

    async def stop(self) -> None:
        """Claim nothing more, let running jobs end, give the rest back; at most 9 s after it was told to stop."""
        self.claim_no_more()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0, self._told_at + GRACE - time.monotonic())):
                await self._end_of_work()
        left = {task: held for pool in self._pools for task, held in pool.running.items() if not task.done()}
        for task in left:
            task.cancel()
        try:
            async with asyncio.timeout(RETURN):
                await asyncio.gather(*left, return_exceptions=True)
                await self._database.write(give_back, list(left.values()), self.name)
        except Exception as error:
            log.warning("%d jobs are left to their leases: %s", len(left), explain(error))

    async def _end_of_work(self) -> None:
        """The loop's last round first, since it may still claim; then every running job. Cancels neither."""
        if self._loop is not None:
            await asyncio.wait({self._loop})
        while running := [task for pool in self._pools for task in pool.running]:
            await asyncio.wait(running)

    async def _work(self) -> None:
        in_background.set(True)
        while not self._stopping:
            self._woken.clear()
            try:
                more = await self._round()
                self._ailing = False
            except Exception as error:
                more = False
                log.log(logging.DEBUG if self._ailing else logging.WARNING, "the worker waits: %s", explain(error))
                self._ailing = True
            if not more:
                await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._poll * random.uniform(0.75, 1.25)):
                await self._woken.wait()
        except TimeoutError:
            return
        if not self._stopping:
            await asyncio.sleep(self._poll if self._ailing else COALESCE)

    async def _round(self) -> bool:
        """One unit of work, then start what it claimed. True if there may be more to claim at once."""
        wanted = [pool.wanted for pool in self._pools]
        entries = self._due_entries()
        beating = time.monotonic() - self._last_beat >= BEAT
        ticks, claims = await self._database.write(self._take, wanted, entries, beating)
        self._ticks |= ticks
        if beating:
            self._last_beat = time.monotonic()
        for pool, limit, held in zip(self._pools, wanted, claims, strict=True):
            pool.more = len(held) == limit
            for one in held:
                self._begin(pool, one)
        return any(pool.more and pool.wanted for pool in self._pools)

    def _due_entries(self) -> list[Cron]:
        """Entries whose tick, by this process's clock, is not the one the database last answered."""
        moment = self._database.clock.now()
        return [entry for entry in self._schedule if (moment - EPOCH) // entry.every != self._ticks.get(entry.name)]

    def _take(
        self, session: Session, wanted: list[int], entries: list[Cron], beating: bool
    ) -> tuple[dict[str, int], list[list[Claim]]]:
        if beating:
            self.beat(session)
        ticks = {entry.name: keep_time(session, entry) for entry in entries}
        if not is_any_due(session):
            return ticks, [[] for _ in wanted]
        pairs = zip(self._pools, wanted, strict=True)
        return ticks, [claim(session, pool.leases(), limit) for pool, limit in pairs]

    def beat(self, session: Session) -> None:
        """Say that this worker lives, how what it had in hand ended, and what it measured."""
        spreads = {name: spread.as_json() for name, spread in Measures.of(self._database).items()}
        beat(session, self.name, {**self._counts, MEASURED: spreads})

    def _begin(self, pool: Pool, held: Claim) -> None:
        task = asyncio.create_task(self._attempt(pool.kinds[held.kind], held), name=f"job-{held.id}")
        pool.running[task] = held
        task.add_done_callback(lambda done: self._ended(pool, done))

    async def _attempt(self, kind: JobKind, held: Claim) -> str:
        """One attempt at a job, in its own span and with its name on every log line. Returns how it ended."""
        CONTEXT.set(lambda: {"job": held.id, "kind": held.kind, "attempt": held.attempt})
        began = time.perf_counter()
        facts = {"job_id": held.id, "job_attempt": held.attempt}
        with self._tracing.part(f"job {held.kind}", **facts) if self._tracing else NO_SPAN:
            outcome = await run_claim(self._database, kind, held, self._context, retry_base=self._retry_base)
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        log.debug("the job ended", extra={"facts": {"outcome": outcome, "milliseconds": milliseconds}})
        return outcome

    def _ended(self, pool: Pool, task: asyncio.Task[str]) -> None:
        held = pool.running.pop(task, None)
        if held is not None and not task.cancelled() and task.exception() is None:
            ends = self._counts.setdefault(held.kind, {})
            ends[task.result()] = ends.get(task.result(), 0) + 1
        if pool.more and pool.wanted:
            self._woken.set()


def give_back(session: Session, claims: Sequence[Claim], name: str) -> None:
    """End a worker's life in one unit: its claims are free at once, its heartbeat is gone."""
    for held in claims:
        release(session, held)
    rest(session, name)


async def run_forever(database: Database, worker: Worker, *, told: asyncio.Event | None = None) -> None:
    """`parley work`: start database and worker, work until SIGTERM or SIGINT (or `told` is set), stop both."""
    told = told or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await database.start()
    try:
        await worker.start()
        await told.wait()
        await worker.stop()
    finally:
        await database.stop()
