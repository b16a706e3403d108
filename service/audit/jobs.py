"""What the worker does for the log: old addresses go."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from service.audit import operations, queries
from service.kit.clock import now
from service.kit.database import Database, Session
from service.kit.queue import Run
from service.site.queries import get_site

FORGET: Final = "audit.forget_addresses"
AT_ONCE: Final = 1000
"""Entries of one unit of work."""


async def forget_addresses(database: Database, run: Run[Any]) -> None:
    """Erase the addresses of entries older than the site's `address_kept`, a thousand at a time."""
    while found := await database.read(old_ones):
        await database.write(operations.erase_addresses, found)


def old_ones(session: Session) -> Sequence[int]:
    """The next entries whose address is not kept any longer."""
    kept = timedelta(microseconds=get_site(session).address_kept)
    return queries.addressed(session, now(session) - kept, AT_ONCE)
