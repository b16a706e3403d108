"""Small truths about rows, and the one statement that the dialects spell apart."""

from typing import Any, cast

from sqlalchemy import Table, inspect
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
