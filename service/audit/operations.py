"""The one write of the log: erasing the hashed addresses that lie beside old entries."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import Session, col

from service.kit.events import EventRow


def erase_addresses(session: Session, ids: Sequence[int]) -> None:
    """Erase the addresses of these entries. The chain does not cover them, so it stays whole."""
    erased = update(EventRow).where(col(EventRow.id).in_(ids)).values(address_hash=None)
    session.execute(erased.execution_options(synchronize_session=False))
