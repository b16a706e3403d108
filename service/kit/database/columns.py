"""Columns that every table shares: a primary key that is never handed out twice."""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Integer


def identity() -> Column[int]:
    """A 64-bit primary key whose values are never reused: AUTOINCREMENT on SQLite, IDENTITY on PostgreSQL.

    The table must say `{"sqlite_autoincrement": True}` in `__table_args__`.
    """
    return Column(
        BigInteger().with_variant(Integer(), "sqlite"), Identity(always=False), primary_key=True, nullable=False
    )


def reference(target: str, *, nullable: bool = False, index: bool = False, **keywords: Any) -> Column[int]:
    """A 64-bit foreign key to `target` (`"account.id"`); `ondelete` and the like are passed on."""
    return Column(BigInteger, ForeignKey(target, **keywords), nullable=nullable, index=index)
