"""What the worker does for accounts."""

from typing import Any

from sqlmodel import Session

from service.accounts import operations
from service.kit.queue import Run


def forget_ended(session: Session, run: Run[Any]) -> None:
    """Delete sessions that have ended and wrong passwords that no lock-out counts any more."""
    operations.forget_ended(session)
