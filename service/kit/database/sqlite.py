"""SQLite: readers on a few threads, and one writer thread that commits many units of work together.

Group commit: the writer takes what is waiting, runs each unit in a savepoint of its own, commits once (one fsync),
and only then are the callers answered. A unit that fails is rolled back to its savepoint and fails nobody else.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlmodel import Session

from service.kit.clock import Clock
from service.kit.database.channels import Channels, run_hooks
from service.kit.database.faults import Storing, as_not_ready
from service.kit.database.turns import in_background
from service.kit.database.writer import Writer
from service.kit.lines import Line

P = ParamSpec("P")
T = TypeVar("T")
READERS = 4
MOST_READING, MOST_WRITING = 2_000, 2_000
"""Units of work of people that wait or run; one more is answered 503 at once. That is some seconds of work."""

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # acknowledged means on disk, also after a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-16000",
)


class PlainSavepoints(SQLiteDialect_pysqlite):
    """SQLAlchemy's dialect, but savepoints go straight to the driver: every unit of work makes one, and two
    statements through all layers cost 50 µs where the driver takes 1. The driver's errors come as they are.
    """

    driver = "parley"
    supports_statement_cache = True

    def do_savepoint(self, connection: Connection, name: str) -> None:
        """SAVEPOINT; SQLAlchemy makes the names."""
        execute_raw(connection, f"SAVEPOINT {name}")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        """RELEASE SAVEPOINT."""
        execute_raw(connection, f"RELEASE SAVEPOINT {name}")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        """ROLLBACK TO SAVEPOINT."""
        execute_raw(connection, f"ROLLBACK TO SAVEPOINT {name}")


registry.register("sqlite.parley", __name__, PlainSavepoints.__name__)


def execute_raw(connection: Connection, statement: str) -> None:
    """Run a statement on the driver's connection itself. Raises the driver's sqlite3.Error."""
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    raw.execute(statement)


def open_engine(url: str, *, begin: str, pool_size: int) -> Engine:
    """An engine whose transactions start with `begin`; the driver's own transaction control is switched off."""
    engine = create_engine(
        make_url(url).set(drivername="sqlite+parley"),
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"check_same_thread": False, "timeout": 5.0},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def start(connection: Any) -> None:
        execute_raw(connection, begin)

    return engine


class SQLite:
    """The database in one file. Any process may open it; each has one writer thread of its own."""

    dialect = "sqlite"

    def __init__(self, url: str, *, clock: Clock, listeners: Any) -> None:
        self.clock = clock
        self.channels = Channels()
        self.storing = Storing()
        self.info = {"clock": clock, "listeners": listeners}
        self.path = make_url(url).database or ""
        if self.path in ("", ":memory:"):
            raise ValueError("PARLEY_DATABASE_URL must name a file: several connections share it")
        Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        # A reader never needs the write lock, so a deferred transaction cannot meet SQLITE_BUSY_SNAPSHOT here.
        self._readers = open_engine(url, begin="BEGIN DEFERRED", pool_size=READERS)
        self.reading = Line("a look at the database", MOST_READING)
        self.writing = Line("their turn to write", MOST_WRITING)
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="parley-read")
        self.writer = Writer(open_engine(url, begin="BEGIN IMMEDIATE", pool_size=1), self.info, self._committed)

    async def start(self) -> None:
        """Start the writer thread."""
        self.channels.loop = asyncio.get_running_loop()
        if not self.writer.is_alive():
            self.writer.start()

    async def stop(self) -> None:
        """Commit what was accepted, end the threads, close the files."""
        await asyncio.to_thread(self.writer.finish)
        self._threads.shutdown(wait=True)
        self._readers.dispose()

    async def read(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(session, …)` on a reader's thread, in one snapshot."""
        with self.reading.place(sure=in_background.get()):
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, lambda: self._read(lambda session: fn(session, *args, **kwargs))
            )

    read_shared = read

    def _read(self, unit: Callable[[Session], T]) -> T:
        with as_not_ready(), Session(self._readers, autoflush=False, info=dict(self.info)) as session:
            return unit(session)

    async def write(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Queue `fn(session, …)` for the writer thread; returns, or raises, once its batch is committed."""
        with self.writing.place(sure=in_background.get()):
            future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            self.writer.put(lambda session: fn(session, *args, **kwargs), future)
            with self.storing.watched():
                return await future

    def _committed(self, names: set[str], hooks: list[Callable[[], None]]) -> None:
        run_hooks(hooks)
        self.channels.wake(names)
