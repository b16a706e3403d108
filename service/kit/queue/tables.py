"""The queue's three tables: what waits to be done, which tick of the clock was seen, which workers live."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity
from service.kit.database.rows import table_of

LIVE = text("dead_at IS NULL")
DEAD = text("dead_at IS NOT NULL")


class Job(SQLModel, table=True):
    """One thing to be done after the transaction that asked for it.

    `run_at` is when it is due; a claim moves it to the end of the lease, so a job whose worker died is simply due
    again. `token` is the random fence of the present lease, null while nobody holds the job. `dedupe_key` is unique
    among the living. A dead job stays, with `dead_at` and `last_error`, until somebody revives or discards it.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("job_due", "run_at", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("job_dedupe_key", "dedupe_key", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("job_dead", "dead_at", sqlite_where=DEAD, postgresql_where=DEAD),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    kind: str = Field(max_length=60)
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    run_at: datetime = Field(sa_type=Instant)
    attempts: int = 0
    token: str | None = Field(default=None, max_length=32)
    dedupe_key: str | None = Field(default=None, max_length=200)
    created_at: datetime = Field(sa_type=Instant)
    last_error: str | None = Field(default=None, max_length=500)
    dead_at: datetime | None = Field(default=None, sa_type=Instant)


class CronTick(SQLModel, table=True):
    """The last tick of a schedule entry for which a job was enqueued, by any worker; it outlives the job."""

    __tablename__ = "cron_tick"
    name: str = Field(primary_key=True, max_length=60)
    tick: int = Field(sa_type=BigInteger)


class WorkerHeartbeat(SQLModel, table=True):
    """A living worker: its process's name, when its loop last came round, and `{kind: {outcome: number}}` of the
    attempts that it has ended since it started; under `measured` how times were spread (`kit.measures`), by name.
    """

    __tablename__ = "worker_heartbeat"
    name: str = Field(primary_key=True, max_length=120)
    last_seen: datetime = Field(sa_type=Instant)
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


job = table_of(Job)
cron_tick = table_of(CronTick)
worker_heartbeat = table_of(WorkerHeartbeat)
