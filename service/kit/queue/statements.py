"""Every statement that moves a job: enqueue, claim, finish, renew, release, put back, bury. The same on both databases.

The fence: a claim gives each job a new random token, and whatever ends the claim names id and token. If the lease ran
out and another worker claimed the job, no row matches, LeaseLost is raised, and the whole unit of work with its effect
is rolled back. Ids alone would not do: SQLite may give a deleted row's id to a newer job.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Executable,
    Integer,
    and_,
    bindparam,
    case,
    delete,
    insert,
    literal,
    select,
    type_coerce,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from service.kit.clock import MICROSECOND, now, to_micros
from service.kit.database import Session, notify
from service.kit.database.ready import Ready
from service.kit.database.rows import changed
from service.kit.queue.tables import job

Payload = dict[str, Any]
LAST_ERROR_LENGTH = 500
HELD = and_(job.c.id == bindparam("held_id"), job.c.token == bindparam("held_token"))
FINISH = Ready(delete(job).where(HELD))
CHANGE = update(job).where(HELD)


class LeaseLost(Exception):
    """The lease ran out and the job is somebody else's by now, or already done: this unit of work must not count."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job held under a lease. `attempt` counts from 1; `token` is the fence."""

    id: int
    kind: str
    payload: Payload
    attempt: int
    token: str


ADDED = ("kind", "payload", "run_at", "created_at", "attempts", "dedupe_key")
ADD = Ready(insert(job).returning(job.c.id), columns=ADDED)
"""Built once, because every reply runs them: to build a statement costs more than to run it."""


def _add_once(insert: Any) -> Executable:
    conflict: dict[str, Any] = {"index_elements": ["dedupe_key"], "index_where": job.c.dead_at.is_(None)}
    statement: Executable = insert(job).on_conflict_do_nothing(**conflict).returning(job.c.id)
    return statement


ADD_ONCE = Ready(build=_add_once, columns=ADDED)
"""As ADD, unless a living job has the same key."""


def enqueue(
    session: Session, kind: str, payload: Payload, *, run_at: datetime | None = None, dedupe_key: str | None = None
) -> int | None:
    """Put a job of `kind` in the queue, in the transaction that causes it; returns its id.

    `payload` is JSON: ids, no secrets and no text. `run_at` is the earliest instant (now). While a living job has the
    same `dedupe_key` nothing is added and None is returned.
    """
    moment = now(session)
    row = {
        "kind": kind, "payload": payload, "run_at": run_at or moment, "created_at": moment, "attempts": 0,
        "dedupe_key": dedupe_key,
    }  # fmt: skip
    job_id: int | None = (ADD if dedupe_key is None else ADD_ONCE).scalar(session, row)
    if job_id is not None:
        notify(session, "job")
    return job_id


def enqueue_many(session: Session, kind: str, payloads: Sequence[Payload], *, run_at: datetime | None = None) -> None:
    """As `enqueue` for each payload, in few statements: for one cause with hundreds of follow-ups."""
    if not payloads:
        return
    moment = now(session)
    same = {"kind": kind, "run_at": run_at or moment, "created_at": moment, "attempts": 0}
    session.execute(insert(job), [same | {"payload": payload} for payload in payloads])
    notify(session, "job")


ANY_DUE = Ready(
    select(job.c.id)
    .where(job.c.dead_at.is_(None), type_coerce(job.c.run_at, BigInteger) <= bindparam("moment", type_=BigInteger))
    .limit(1)
)


def is_any_due(session: Session) -> bool:
    """Whether there is anything to claim, of whatever kind: what a worker at rest asks every second."""
    return bool(ANY_DUE.all(session, {"moment": to_micros(now(session))}))


def claim(session: Session, leases: Mapping[str, timedelta], limit: int) -> list[Claim]:
    """Take up to `limit` due jobs of the named kinds, each for its kind's lease; the longest due first.

    Kinds that are not named stay for workers that know them. Attempts count here, so a job that kills its worker
    counts too. On PostgreSQL rows that another worker is claiming are skipped, not waited for.
    """
    if not leases or limit < 1:
        return []
    moment = to_micros(now(session))
    asked = {"moment": moment, "at_most": limit, "fence": secrets.token_hex(16)}
    rows = session.execute(_claim_statement(tuple(sorted(leases.items()))), asked).all()
    return [Claim(*row) for row in sorted(rows, key=lambda row: int(row.id))]


@lru_cache(maxsize=64)
def _claim_statement(leases: tuple[tuple[str, timedelta], ...]) -> ReturningUpdate[Any]:
    """Built once for each set of kinds: building costs more than running it every second on an idle queue."""
    moment = bindparam("moment", type_=BigInteger)
    due = (
        select(job.c.id)
        .where(job.c.dead_at.is_(None), type_coerce(job.c.run_at, BigInteger) <= moment)
        .where(job.c.kind.in_([kind for kind, _ in leases]))
        .order_by(job.c.run_at, job.c.id)
        .limit(bindparam("at_most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("due")  # a CTE is evaluated once; a subquery with LIMIT may be evaluated again and claim more
    )
    micros = {kind: literal(lease // MICROSECOND, BigInteger) for kind, lease in leases}
    held = {"run_at": moment + case(micros, value=job.c.kind), "attempts": job.c.attempts + 1}
    return (
        update(job)
        .where(job.c.id.in_(select(due.c.id)))
        .values(held | {"token": bindparam("fence")})
        .returning(job.c.id, job.c.kind, job.c.payload, job.c.attempts, job.c.token)
    )


def finish(session: Session, held: Claim) -> None:
    """Delete the job in the transaction of its effect: both are stored or neither. Raises LeaseLost."""
    if FINISH.changed(session, {"held_id": held.id, "held_token": held.token}) != 1:
        raise LeaseLost


def renew(session: Session, held: Claim, lease: timedelta) -> None:
    """Begin the lease anew for work that takes long. Raises LeaseLost."""
    _exactly_one(session, held, CHANGE.values(run_at=now(session) + lease))


def advance(session: Session, held: Claim, payload: Payload) -> None:
    """Keep how far long work has come: whoever has the job next begins there. An attempt that came this far was none
    of those that failed. Raises LeaseLost.
    """
    _exactly_one(session, held, CHANGE.values(payload=payload, attempts=1))


def release(session: Session, held: Claim) -> None:
    """Give an unfinished job back at once, as if this attempt had not been; nothing happens if the lease is lost."""
    values = {"run_at": now(session), "token": None, "attempts": job.c.attempts - 1}
    session.execute(CHANGE.values(values), {"held_id": held.id, "held_token": held.token})
    notify(session, "job")


def put_back(session: Session, held: Claim, error: str, delay: timedelta) -> None:
    """Record why the attempt failed and make the job due again after `delay`. Raises LeaseLost."""
    values = {"run_at": now(session) + delay, "token": None, "last_error": error[:LAST_ERROR_LENGTH]}
    _exactly_one(session, held, CHANGE.values(values))


def bury(session: Session, held: Claim, error: str) -> None:
    """Mark the job dead: it is tried no more, and stays to be seen, revived or discarded. Raises LeaseLost."""
    values = {"dead_at": now(session), "token": None, "last_error": error[:LAST_ERROR_LENGTH]}
    _exactly_one(session, held, CHANGE.values(values))


def _exactly_one(session: Session, held: Claim, statement: Executable) -> None:
    if changed(session, statement, {"held_id": held.id, "held_token": held.token}) != 1:
        raise LeaseLost
