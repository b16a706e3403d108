"""Thousands of ids in one parameter, so that a statement about a crowd is built once and sent once."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, String, bindparam, column, func, select, true
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlmodel import Session


def crowd(dialect_insert: Any, name: str) -> TableValuedAlias:
    """The ids in the parameter `name` as a table with the one column `value`; `dialect_insert` is what `rows.upsert`
    gives. The parameter's value is made by `as_crowd`.
    """
    value = column("value", BigInteger)
    if dialect_insert is postgresql.insert:
        ids = func.unnest(bindparam(name, type_=ARRAY(BigInteger)))
        return ids.table_valued(value, name=name).render_derived()
    return func.json_each(bindparam(name, type_=String)).table_valued(value, name=name)


def for_each_of(dialect_insert: Any, name: str, *same: ColumnElement[Any]) -> Select[Any]:
    """A row for each of these ids: the id, and what is the same for all. What `INSERT … SELECT` adds."""
    ids = crowd(dialect_insert, name)
    return select(ids.c.value, *same).where(true())  # SQLite would take ON CONFLICT for the condition of a join


def as_crowd(session: Session, ids: Collection[int]) -> Any:
    """These ids as the value of such a parameter."""
    found = list(ids)
    return found if session.get_bind().dialect.name == "postgresql" else json.dumps(found)
