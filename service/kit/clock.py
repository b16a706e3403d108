"""Time: instants as microseconds in the database, and the one `now` of a unit of work.

An instant is stored as a BIGINT of microseconds since 1970-01-01T00:00:00Z and a span as a BIGINT of microseconds,
so that "instant + span" means exactly the same in SQLite, in PostgreSQL and in Python (decision 0004).
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import BigInteger, ColumnElement, Dialect, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 of an aware datetime, exactly (a float would lose the last digits)."""
    return (instant - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC datetime of so many microseconds since 1970."""
    return EPOCH + timedelta(0, 0, micros)


def utc_text(instant: datetime) -> str:
    """An instant as RFC 3339 in UTC with `Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


UNITS: Final = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


def in_short(span: timedelta) -> str:
    """A span in words, by its two largest units, in whole seconds and not less than one: `2 minutes 10 seconds`."""
    left, said = max(1, -(-span // timedelta(seconds=1))), []
    for unit, seconds in UNITS:
        count, left = divmod(left, seconds)
        if count:
            said.append(f"1 {unit}" if count == 1 else f"{count} {unit}s")
    return " ".join(said[:2])


class Instant(TypeDecorator[datetime]):
    """A column that holds an aware datetime as microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the database; naive datetimes are refused by the subtraction."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database, always aware and in UTC."""
        return _from_database(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """The same without SQLAlchemy's own step around it: a page of replies has some two hundred instants."""
        return _from_database


def _from_database(value: Any) -> datetime | None:
    return None if value is None else EPOCH + timedelta(0, 0, int(value))


class Clock:
    """This process's clock: never decreasing, and movable by tests through `offset`.

    The machine's readings and the database's are kept apart: on a machine whose clock is fast, the one floor under both
    would date with that machine's time what all processes decide by the database's.
    """

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset
        self._last: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The present instant, never earlier than one this clock has given before (unless the offset moved back)."""
        return self.settle(datetime.now(UTC))

    def settle(self, reading: datetime, source: str = "machine") -> datetime:
        """A raw reading of `source` (`machine` or `database`) with the offset, kept from going backwards."""
        with self._lock:
            last = self._last[source] = max(reading, self._last.get(source, EPOCH))
            return last + self.offset


def clock_of(session: Session) -> Clock:
    """The clock that the session's database was opened with."""
    return cast(Clock, session.info["clock"])


def now(session: Session) -> datetime:
    """The one instant of this unit of work: taken at the first call and the same ever after.

    Whoever decides by time against a row calls `retake` once the row is locked; PostgreSQL's own clock is read there,
    because a transaction's start time would date a close before replies that committed while it waited.
    """
    known = session.info.get("now")
    return cast(datetime, known) if known is not None else retake(session)


class DatabaseClock(FunctionElement[int]):
    """The database's clock as it is read, in microseconds since 1970: PostgreSQL's `clock_timestamp()`. NULL on SQLite,
    where the process's own clock counts.
    """

    name = "database_clock"
    type = BigInteger()
    inherit_cache = True


@compiles(DatabaseClock, "postgresql")
def _clock_timestamp(_element: Any, _compiler: Any, **_: Any) -> str:
    return "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


@compiles(DatabaseClock, "sqlite")
def _no_clock(_element: Any, _compiler: Any, **_: Any) -> str:
    return "NULL"


def database_clock() -> ColumnElement[int]:
    """A column for a statement that locks the row that a decision is about: what `retake` takes for its `reading`."""
    return DatabaseClock().label("clock")


READ_CLOCK: Final = select(database_clock())


def retake(session: Session, reading: int | None = None) -> datetime:
    """Take `now` afresh: call it right after locking the row that the decision is about. `reading` is the database's
    clock, where the statement that locked it has read that too; without it PostgreSQL is asked.
    """
    clock = clock_of(session)
    if reading is None and session.get_bind().dialect.name == "postgresql":
        reading = int(cast(int, session.scalar(READ_CLOCK)))
    instant = clock.now() if reading is None else clock.settle(from_micros(reading), "database")
    session.info["now"] = instant
    return instant
