"""One way to the database for every door and job: `await database.read(fn, …)` and `await database.write(fn, …)`.

`fn` is a plain function of a `Session` and is one unit of work. `write` commits before it returns; what raises leaves
nothing behind. Nobody else commits. SQLite: reads hop to a small pool of threads, writes go to one writer thread that
commits many units together. PostgreSQL: `run_sync` on an async session. Decision 0002 gives the measurements.
"""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlmodel import Session

from service.kit.clock import Clock

P = ParamSpec("P")
T = TypeVar("T")
Unit = Callable[Concatenate[Session, P], T]
Hook = Callable[[], None]


class Database(Protocol):
    """What rooms' callers may ask of a database. `clock` is the process's clock (tests move it)."""

    clock: Clock

    async def read(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(session, …)` in a transaction that is never committed. Raises NotReady if the database is away."""
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


def after_commit(session: Session, hook: Hook) -> None:
    """Call `hook` on the event loop once this unit of work is committed (never when it fails): wake-ups only."""
    session.info.setdefault("after_commit", []).append(hook)


def notify(session: Session, channel: str) -> None:
    """Hint, after the commit, that there is something new on `channel` (`job`, `event`). A hint, never the truth."""
    session.info.setdefault("notify", set()).add(channel)


def open_database(url: str, *, clock: Clock | None = None, listeners: Any = None) -> Database:
    """The database at a SQLAlchemy address, `sqlite+…` or `postgresql+…`; `listeners` are wiring's, by event type."""
    from service.kit.database.postgresql import PostgreSQL
    from service.kit.database.sqlite import SQLite

    kind = SQLite if url.startswith("sqlite") else PostgreSQL
    return kind(url, clock=clock or Clock(), listeners=listeners or {})


__all__ = ["Database", "Session", "Unit", "after_commit", "notify", "open_database"]
