"""What the worker does for drafts: those that were not touched for 180 days go."""

from typing import Any, Final

from service.drafts import operations, queries
from service.kit.clock import now
from service.kit.database import Database, Session
from service.kit.queue import Run, enqueue

FORGET: Final = "drafts.forget_old"
AT_ONCE: Final = 50
"""Accounts that one job looks after, each in a transaction of its own."""


async def forget_old(database: Database, run: Run[Any]) -> None:
    """Delete the drafts that nobody has changed for 180 days; then the next ones."""

    def owners(session: Session) -> list[int]:
        return list(queries.owners_of_older(session, now(session) - operations.KEPT, AT_ONCE))

    def forget(session: Session, account_id: int) -> None:
        operations.forget_old(session, account_id, now(session) - operations.KEPT)

    found = await database.read(owners)
    for account_id in found:
        await database.write(forget, account_id)
    if len(found) == AT_ONCE:
        await database.write(enqueue, FORGET, {})
