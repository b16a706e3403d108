"""Small truths about rows, and what the dialects or the types would have everybody spell out."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def stored_id(value: int | None) -> int:
    """The id of a row that has been flushed; a row that has not is a fault of ours, not the caller's."""
    if value is None:
        raise AssertionError("the row has no id before it is flushed")
    return value


def table_of(model: type[SQLModel]) -> Table:
    """The Core table under a SQLModel class, for statements on hot paths, which load and flush no objects."""
    return cast(Table, inspect(model).local_table)


def upsert(session: Session) -> Any:
    """The dialect's `insert`, the one that knows ON CONFLICT."""
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


def changed(session: Session, statement: Executable, values: Mapping[str, Any] | None = None) -> int:
    """Run an INSERT, UPDATE or DELETE; returns how many rows it touched."""
    return cast("CursorResult[Any]", session.execute(statement, values)).rowcount
