"""Forgetting the hosts that young accounts linked to long ago."""

from typing import Any, Final

from service.kit.database import Session
from service.kit.queue import Run
from service.screening import operations

FORGET_HOSTS: Final = "screening.forget_hosts"


def forget_hosts(session: Session, run: Run[Any]) -> None:
    """Delete what no rule can look back to."""
    operations.forget_hosts(session)
