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


def is_away(error: BaseException) -> bool:
    """Whether the error says that the database cannot be used now (lost, full, read-only, locked for too long)."""
    if isinstance(error, PoolTimeout | ConnectionError | OSError | TimeoutError | sqlite3.OperationalError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = str(getattr(error.orig, "sqlstate", "") or "")
    if state:
        return state.startswith(AWAY_STATES)
    return error.connection_invalidated or isinstance(error, OperationalError) or "connection" in str(error.orig)


@contextmanager
def as_not_ready() -> Iterator[None]:
    """Inside, an error that means "not now" is raised as NotReady; every other one passes unchanged."""
    try:
        yield
    except Exception as error:
        if is_away(error):
            raise NotReady from error
        raise
