"""Background work: one `job` table, the same statements on SQLite and PostgreSQL (decision 0001).

`enqueue` puts a job in the queue in the transaction that causes it. A worker claims due jobs under a lease with a
random fence, runs each as its kind says, and tries again later what fails. Wake-ups are hints; polling is the truth.

    statements  every step of a job's life      kinds     what a kind is; Run, what its function gets
    running     one claim: do it, or say why    cron      one job per tick
    overview    dead jobs, backlog, heartbeat   tables    job, cron_tick, worker_heartbeat
"""

from service.kit.queue.kinds import (
    Cron,
    Elsewhere,
    GiveUp,
    JobFailure,
    JobKind,
    Outside,
    Run,
    Stepwise,
    Transactional,
    TryAgainAfter,
)
from service.kit.queue.overview import (
    Backlog,
    backlog,
    backlogs,
    dead_jobs,
    discard,
    ends,
    is_worked,
    living_workers,
    revive,
)
from service.kit.queue.statements import Claim, LeaseLost, Payload, enqueue, enqueue_many

__all__ = [
    "Backlog", "Claim", "Cron", "Elsewhere", "GiveUp", "JobFailure", "JobKind", "LeaseLost", "Outside", "Payload",
    "Run", "Stepwise", "Transactional", "TryAgainAfter", "backlog", "backlogs", "dead_jobs", "discard", "ends",
    "enqueue", "enqueue_many", "is_worked", "living_workers", "revive",
]  # fmt: skip
