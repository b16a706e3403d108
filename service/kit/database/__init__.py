"""One way to the database for every door and job: `await database.read(fn, …)` and `await database.write(fn, …)`.

`fn` is a plain function of a `Session` and is one unit of work. `write` commits before it returns; what raises leaves
nothing behind. Nobody else commits. SQLite: reads hop to a small pool of threads, writes go to one writer thread that
commits many units together. PostgreSQL: `run_sync` on an async session. Decision 0002 gives the measurements.
"""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlmodel import Session

from service.kit.clock import Clock
from service.kit.database.channels import Channels
from service.kit.database.faults import Storing
from service.kit.database.marks import after_commit, notify

P = ParamSpec("P")
T = TypeVar("T")
Unit = Callable[Concatenate[Session, P], T]


class Database(Protocol):
    """What rooms' callers may ask of a database. `clock` is the process's clock (tests move it); `storing` says whether
    the last write reached the disk; `info` is what every session of it begins with in its own `info`.
    """

    clock: Clock
    channels: Channels
    storing: Storing
    info: dict[str, Any]

    async def read(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(session, …)` in a transaction that is never committed. Raises NotReady if the database is away."""
        ...

    async def read_shared(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As `read`, for what anybody may see: a replica may answer, with all that this process has stored and all
        that others had stored a second ago. Decision 0018 says who reads so.
        """
        ...

    async def write(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(session, …)` as one unit of work and commit it, then return. Raises NotReady as `read` does."""
        ...

    async def start(self) -> None:
        """Open what is needed and refuse a database that cannot keep its promises."""
        ...

    async def stop(self) -> None:
        """Finish what was accepted, then close."""
        ...

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        ...


def open_database(url: str, *, clock: Clock | None = None, listeners: Any = None, replica_url: str = "") -> Database:
    """The database at a SQLAlchemy address, `sqlite+…` or `postgresql+…`; `listeners` are wiring's, by event type.

    `replica_url` is the address of a streaming replica for `read_shared`, with PostgreSQL only; empty: there is none.
    """
    if url.startswith("sqlite"):  # each brings its own driver, and the other's is left out of memory
        from service.kit.database.sqlite import SQLite

        return SQLite(url, clock=clock or Clock(), listeners=listeners or {})
    from service.kit.database.postgresql import PostgreSQL

    return PostgreSQL(url, clock=clock or Clock(), listeners=listeners or {}, replica_url=replica_url)


__all__ = ["Database", "Session", "Unit", "after_commit", "notify", "open_database"]
