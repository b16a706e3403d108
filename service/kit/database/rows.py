"""Small truths about rows, and what the dialects or the types would have everybody spell out."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from pydantic_core import PydanticUndefined
from sqlalchemy import ColumnElement, CursorResult, Executable, Table, inspect, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

M = TypeVar("M", bound=SQLModel)


def stored_id(value: int | None) -> int:
    """The id of a row that has been flushed; a row that has not is a fault of ours, not the caller's."""
    if value is None:
        raise AssertionError("the row has no id before it is flushed")
    return value


def table_of(model: type[SQLModel]) -> Table:
    """The Core table under a SQLModel class, for statements on hot paths, which load and flush no objects."""
    return cast(Table, inspect(model).local_table)


def defaults(model: type[SQLModel]) -> dict[str, Any]:
    """What a new row of a table has where nothing else is said, by attribute; None where the model says nothing."""
    found = {}
    for name in model.model_fields:
        default = model.model_fields[name].get_default(call_default_factory=True, validated_data={})
        found[name] = None if default is PydanticUndefined else default
    return found


def plain(model: type[M], names: Sequence[str] | None = None) -> Callable[..., M]:
    """Makes rows of a table that read like the model's objects, for hot paths: an object of the ORM takes a hundred
    times as long. They cannot be changed, and no session knows them.

    The maker takes the attributes `names` (all of them) in order, or by name with the model's own defaults.
    """
    known = defaults(model)
    kept = list(known) if names is None else list(names)
    row = namedtuple(f"Plain{model.__name__}", kept, defaults=[known[name] for name in kept])  # type: ignore[misc]
    return cast(Callable[..., M], row)


def among(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether a column has one of a few values, spelt out: a statement with a list is never `Ready`."""
    return or_(*(column == value for value in values))


def upsert(session: Session) -> Any:
    """The dialect's `insert`, the one that knows ON CONFLICT."""
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


def changed(session: Session, statement: Executable, values: Mapping[str, Any] | None = None) -> int:
    """Run an INSERT, UPDATE or DELETE; returns how many rows it touched."""
    return cast("CursorResult[Any]", session.execute(statement, values)).rowcount
