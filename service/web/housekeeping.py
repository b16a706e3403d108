"""The hourly clean-up of what both doors keep for a while: old Idempotency-Keys and rate counts."""

from typing import Any

from sqlmodel import Session

from service.kit.queue import Run
from service.web import idempotency, limits


def forget_old(session: Session, run: Run[Any]) -> None:
    """Delete keys and counts that are past their time."""
    idempotency.forget_old(session)
    limits.forget_old(session)
