"""What the worker does for the log: old addresses go."""

from typing import Any, Final

from service.audit import operations
from service.kit.database import Database
from service.kit.queue import Run

FORGET: Final = "audit.forget_addresses"


async def forget_addresses(database: Database, run: Run[Any]) -> None:
    """Erase the addresses that are older than the site keeps them, a thousand entries at a time."""
    below = await database.write(operations.forget_addresses, None)
    while below:
        below = await database.write(operations.forget_addresses, below)
