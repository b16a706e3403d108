"""Which database errors mean "not now": they become NotReady (503), so that a caller knows to try again."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.kit.errors import NotReady

# PostgreSQL's classes: 08 connection, 53 resources (a full disk is 53100), 57 shutdown or cancelled, 58 system,
# 25006 read-only (a failover), 55P03 a lock not had within lock_timeout.
AWAY_STATES = ("08", "53", "57", "58", "25006", "55P03")
# SQLite's primary result codes: busy, locked, out of memory, read-only, interrupted, input/output, corrupt, full,
# cannot open, locking protocol, not a database. Code 1 is a wrong statement: a mistake of ours, and no caller's 503.
AWAY_CODES = (5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26)


def is_away(error: BaseException) -> bool:
    """Whether the error says that the database cannot be used now (lost, full, read-only, locked for too long)."""
    if isinstance(error, PoolTimeout | ConnectionError | OSError | TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return isinstance(error, sqlite3.Error) and _is_away_code(error)
    if isinstance(error.orig, sqlite3.Error):
        return _is_away_code(error.orig)
    state = str(getattr(error.orig, "sqlstate", "") or "")
    if state:
        return state.startswith(AWAY_STATES)
    return error.connection_invalidated or isinstance(error, OperationalError) or "connection" in str(error.orig)


def _is_away_code(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in AWAY_CODES


class Storing:
    """Whether the last attempt to store something reached the disk, as far as this process knows."""

    def __init__(self) -> None:
        self.works = True

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Inside is one write: NotReady says that storing does not work, a commit that it does."""
        try:
            yield
        except NotReady:
            self.works = False
            raise
        self.works = True


@contextmanager
def as_not_ready() -> Iterator[None]:
    """Inside, an error that means "not now" is raised as NotReady; every other one passes unchanged."""
    try:
        yield
    except Exception as error:
        if is_away(error):
            raise NotReady from error
        raise
