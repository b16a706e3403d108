"""The one write of the log: erasing the hashed addresses that lie beside old entries."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import update
from sqlmodel import Session, col

from service.audit import queries
from service.kit.clock import now
from service.kit.events import EventRow
from service.site.queries import get_site

AT_ONCE: Final = 1000
"""Entries that one unit of work looks at."""


def forget_addresses(session: Session, below: int | None) -> int:
    """Erase the addresses of entries older than the site's `address_kept`, a thousand entries before position `below`.

    Goes from the log's end to its beginning, and stops where nothing old has an address any more. Returns the position
    to go on from, or 0 when all is done. The chain does not cover addresses, so it stays whole.
    """
    kept = timedelta(microseconds=get_site(session).address_kept)
    lowest, found = queries.addressed(session, below, now(session) - kept, AT_ONCE)
    if found:
        _erase(session, found)
    return lowest


def _erase(session: Session, ids: Sequence[int]) -> None:
    erased = update(EventRow).where(col(EventRow.id).in_(ids)).values(address_hash=None)
    session.execute(erased.execution_options(synchronize_session=False))
