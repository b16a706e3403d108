"""What a kind of job is: its name, its work in one of three shapes, its lease, and when it is tried again.

Transactional work changes the database only: the effect and the end of the job are one transaction. Outside work
talks to the world with no transaction open and may happen twice if a worker dies, so it is made safe to repeat.
Stepwise work is a row of short units on the database, repeated in the same way.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Generic, TypeVar

from service.kit.database import Database, Session, after_commit
from service.kit.queue.statements import Claim, Payload, advance, finish

C = TypeVar("C")
LONGEST_BACKOFF = 3600.0
"""Seconds; the default backoff doubles up to an hour."""
SHORTEST_LEASE = timedelta(seconds=5)


class JobFailure(Exception):
    """A failure whose message may be stored and logged: it names no person, address, text or secret."""


class GiveUp(JobFailure):
    """Trying again is pointless (a permanent SMTP 5xx, a 410): the job is dead at once."""


class TryAgainAfter(JobFailure):
    """Try again after `delay` instead of the kind's own schedule, as a Retry-After header asks."""

    def __init__(self, delay: timedelta, message: str) -> None:
        super().__init__(message)
        self.delay = delay


@dataclass(slots=True)
class Run(Generic[C]):
    """One attempt, as its function sees it. `context` is what the worker was given for jobs: a mailer, addresses.

    `outcome` is the word under which its end is counted; work that has more than one end sets it.
    """

    claim: Claim
    context: C
    last: bool = False
    finished: bool = field(default=False, init=False)
    outcome: str = field(default="done", init=False)

    @property
    def payload(self) -> Payload:
        """What `enqueue` was given."""
        return self.claim.payload

    @property
    def attempt(self) -> int:
        """1 for the first attempt; `last` says that none follows."""
        return self.claim.attempt

    def finish(self, session: Session) -> None:
        """Outside work ends its job in the unit that records its result: both or neither. Raises LeaseLost."""
        finish(session, self.claim)
        after_commit(session, self._mark_finished)

    def advance(self, session: Session, **progress: Any) -> None:
        """Stepwise work keeps, in the unit of each step, where to go on after a crash. Raises LeaseLost."""
        advance(session, self.claim, {**self.payload, **progress})

    def _mark_finished(self) -> None:
        self.finished = True


@dataclass(frozen=True, slots=True)
class Transactional:
    """Work on the database alone: `fn(session, run)` and the end of the job are one unit of work.

    `lease` is how long a dead worker's job waits for another. It needs no renewal: the job's row is locked from the
    first statement of the unit to its commit, however long that takes.
    """

    fn: Callable[[Session, Run[Any]], None]
    lease: timedelta = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Outside:
    """Work that talks to the world: `await fn(database, run)` does its own short units of work in between.

    The worker renews the `lease` every third of it while the work goes on; `timeout` ends an attempt that hangs.
    """

    fn: Callable[[Database, Run[Any]], Awaitable[None]]
    lease: timedelta = timedelta(seconds=60)
    timeout: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Stepwise(Outside):
    """Work on the database alone in several short units, such as a long read before a write.

    It waits for nobody outside, so it shares the slots of transactional work and not those where letters may hang.
    """


@dataclass(frozen=True, slots=True)
class Elsewhere(Outside):
    """Work that talks to servers which anybody may have named, such as a push service.

    It has slots of its own: who names servers that never answer keeps nobody's letters waiting.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of job.

    `schedule`: seconds before each retry, or None for `min(3600, 2^attempts)` with jitter; without `max_attempts` a
    schedule is walked once. `when_dead(session, payload, error)` runs in the unit that buries a job.
    """

    name: str
    work: Transactional | Outside
    max_attempts: int | None = None
    schedule: tuple[float, ...] | None = None
    when_dead: Callable[[Session, Payload, str], None] | None = None

    @property
    def lease(self) -> timedelta:
        """How long a claim holds before another worker may take the job."""
        return self.work.lease

    def hastened(self, retry_base: float) -> "JobKind":
        """The same kind where retries come soon: a lease is a wait for a retry too. Never shorter than 5 s by this."""
        lease = min(self.lease, max(SHORTEST_LEASE, self.lease * retry_base))
        return replace(self, work=replace(self.work, lease=lease))

    @property
    def most_attempts(self) -> int:
        """The attempt after whose failure the job is dead: as said, or once through the schedule, or 20 (10 h)."""
        if self.max_attempts is not None:
            return self.max_attempts
        return 20 if self.schedule is None else len(self.schedule) + 1

    def delay_after(self, attempt: int, *, retry_base: float = 1.0) -> timedelta:
        """How long to wait after the failure of the attempt (from 1), scaled by `retry_base`."""
        if self.schedule is not None:
            seconds = self.schedule[min(attempt, len(self.schedule)) - 1]
        else:
            seconds = min(LONGEST_BACKOFF, 2.0 ** min(attempt, 12)) * random.uniform(0.75, 1.25)
        return timedelta(seconds=seconds * retry_base)


@dataclass(frozen=True, slots=True)
class Cron:
    """A line of wiring's SCHEDULE: a job of kind `job` (payload `{}`) once in every period, whoever works."""

    name: str
    every: timedelta
    job: str
