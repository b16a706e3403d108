"""PostgreSQL: each unit of work is a transaction of its own, a plain function that runs in a greenlet: where the driver
(asyncpg) waits, the event loop goes on.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn
from sqlmodel import Session

from service.kit import events
from service.kit.clock import Clock
from service.kit.database.allowance import Allowance
from service.kit.database.channels import Channels, run_hooks, touched
from service.kit.database.faults import Storing, as_not_ready
from service.kit.database.hints import Hints
from service.kit.database.hosts import Hosts
from service.kit.database.pool import MeasuredPool
from service.kit.database.replica import NotFreshEnough, Replica
from service.kit.database.turns import in_background

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 4
STALE = "0A000"  # of a prepared statement: it would give something else now, as a migration has changed its tables
RETRIED = ("40001", "40P01", STALE)  # serialization failure, deadlock: the unit is a plain function and may run again
READ_ONLY = "25006"  # what a standby says to a write: this connection's server is no primary, or none any more
LOCK_TIMEOUT = "5s"
POOL = 10
PATIENCE = 10
"""Seconds that a unit waits for its turn to write, and for a connection."""
MOST_AT_ONCE, MOST_WRITING = POOL - 3, 2_000
"""Units that write at once, so that many who wait for one row leave connections to those who read (one listens for
hints); and units that write or wait to: one more of a person's is answered 503 at once.
"""


def open_async_engine(url: str, *, pool_size: int = POOL, wanted: str = "primary") -> AsyncEngine:
    """An engine on asyncpg; a lock that is not had in 5 s is given up (409 or 503, never a hanging request).

    PostgreSQL compiles no statement to machine code ("jit", on by default): no statement here computes for long, and
    where a guess at rows was far too high, a compilation of seconds began what takes a millisecond.

    Of several servers in the address it uses the one that is what is `wanted`: `primary` or `standby`.
    """
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=PATIENCE,
        poolclass=MeasuredPool,
        connect_args={
            "server_settings": {"lock_timeout": LOCK_TIMEOUT, "jit": "off", "application_name": "parley"},
            "async_creator_fn": Hosts(wanted).connect,
        },
    )


class PostgreSQL:
    """The database of many app and worker processes; with `replica_url` guests may read from a streaming replica."""

    dialect = "postgresql"

    def __init__(self, url: str, *, clock: Clock, listeners: Any, replica_url: str = "") -> None:
        self.clock = clock
        self.channels = Channels()
        self.storing = Storing()
        self.info = {"clock": clock, "listeners": listeners}
        self.engine = open_async_engine(url)
        self.writers = Allowance("their turn to write", MOST_AT_ONCE, waiting=MOST_WRITING, patience=PATIENCE)
        self.hints = Hints(self.engine, self.channels, self._sequence)
        self.replica_engine = open_async_engine(replica_url, wanted="standby") if replica_url else None
        self.replica = Replica(self._read_replica, self.read) if replica_url else None

    async def start(self) -> None:
        """Refuse a server that acknowledges before the disk does, then listen for other processes' hints."""
        self.channels.loop = asyncio.get_running_loop()
        with as_not_ready():
            async with self.engine.connect() as connection:
                for setting in ("fsync", "synchronous_commit"):
                    if (await connection.scalar(text(f"SHOW {setting}"))) == "off":
                        raise RuntimeError(f"PostgreSQL runs with {setting}=off: acknowledged posts could be lost")
        self.hints.start()

    async def stop(self) -> None:
        """Stop listening and close the pool."""
        await self.hints.stop()
        await self.engine.dispose()
        if self.replica_engine is not None:
            await self.replica_engine.dispose()

    async def read(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(session, …)` in a transaction that is rolled back."""
        return await self._read(self.engine, lambda session: fn(session, *args, **kwargs))

    async def read_shared(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As `read`, but from the replica where there is one that is fresh enough."""
        if self.replica is not None:
            with contextlib.suppress(NotFreshEnough):
                return await self.replica.read(lambda session: fn(cast(Session, session), *args, **kwargs))
        return await self.read(fn, *args, **kwargs)

    async def _read_replica(self, unit: Callable[[Session], T]) -> T:
        assert self.replica_engine is not None
        return await self._read(self.replica_engine, unit)

    async def _read(self, engine: AsyncEngine, unit: Callable[[Session], T]) -> T:
        with as_not_ready():
            return await again_if_retriable(engine, lambda: in_greenlet(self._session(engine), unit))

    def _session(self, engine: AsyncEngine) -> Session:
        return Session(engine.sync_engine, expire_on_commit=False, info=dict(self.info))

    async def write(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(session, …)` as one transaction; a deadlock or serialization failure is tried again."""

        async def once() -> T:
            session = self._session(self.engine)
            result = await in_greenlet(session, lambda session: committed(session, fn(session, *args, **kwargs)))
            self._after_commit(session)
            return result

        async with self.writers.turn(sure=in_background.get()):
            with self.storing.watched(), as_not_ready():
                try:
                    return await again_if_retriable(self.engine, once)
                except DBAPIError as error:
                    if getattr(error.orig, "sqlstate", None) == READ_ONLY:
                        await self.engine.dispose()  # its address may lead to another server by now
                    raise

    def _after_commit(self, session: Any) -> None:
        if self.replica is not None:
            self.replica.note_commit()
        run_hooks(session.info.get("after_commit", ()))
        names = touched(session)
        self.channels.wake(names)
        self.hints.send(names)

    async def _sequence(self) -> int:
        """Give positions to committed events; true work only while this process holds the advisory lock."""
        return await again_if_retriable(
            self.engine,
            lambda: in_greenlet(
                self._session(self.engine), lambda session: committed(session, events.sequence(session))
            ),
        )


def committed(session: Session, result: T) -> T:
    """Commit, then give the result."""
    session.commit()
    return result


async def in_greenlet(session: Session, unit: Callable[[Session], T]) -> T:
    """Run a unit of work and close its session. One greenlet for all of it: SQLAlchemy's session for asyncio makes one
    for each of its steps, which together cost as much as five statements.
    """

    def run() -> T:
        result = unit(session)
        session.close()
        return result

    try:
        return await greenlet_spawn(run)
    except BaseException:  # a cancelled unit too gives its connection back, whoever cancels again meanwhile
        await asyncio.shield(greenlet_spawn(undo, session))
        raise


def undo(session: Session) -> None:
    """Roll back and close. A session whose COMMIT failed would give its connection back as it is, if it were only
    closed.
    """
    try:
        session.rollback()
    finally:
        session.close()


async def again_if_retriable(engine: AsyncEngine, once: Callable[[], Awaitable[T]]) -> T:
    """Await `once()`, up to four times while PostgreSQL says that the transaction lost a race, or that a migration made
    a plan useless: every connection has such plans then, so none that stands is used again.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return await once()
        except DBAPIError as error:
            # SQLAlchemy leaves the state out of the error it makes of a stale statement.
            state = getattr(error.orig, "sqlstate", None) or getattr(
                getattr(error.orig, "__cause__", None), "sqlstate", None
            )
            if state not in RETRIED or attempt == TRIES:
                raise
            if state == STALE:
                cast(Any, engine.sync_engine.pool)._invalidate(None)
            await asyncio.sleep(0.005 * 2**attempt)
    raise AssertionError("unreachable")
