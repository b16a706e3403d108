"""Keeping decisions: each act of moderation leaves a record that explains it and can undo it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from service.kit.clock import to_micros
from service.screening.models import Decision


def keep(session: Session, decision: Decision) -> Decision:
    """Store what was decided, in the transaction of its effect. Returns it with its id."""
    session.add(decision)
    session.flush()
    return decision


def snapshot(row: Any, columns: Iterable[str]) -> dict[str, Any]:
    """These columns of a row as JSON keeps them, for a decision's `before`; instants are in microseconds since 1970."""
    values = ((name, getattr(row, name)) for name in columns)
    return {name: to_micros(value) if isinstance(value, datetime) else value for name, value in values}
