"""Small truths about rows, and the one statement that the dialects spell apart."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session


def stored_id(value: int | None) -> int:
    """The id of a row that has been flushed; a row that has not is a fault of ours, not the caller's."""
    if value is None:
        raise AssertionError("the row has no id before it is flushed")
    return value


def upsert(session: Session) -> Any:
    """The dialect's `insert`, the one that knows ON CONFLICT."""
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
