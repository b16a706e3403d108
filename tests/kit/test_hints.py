"""The hints between processes on PostgreSQL: that they end when they are told to."""

import asyncio

import pytest

from service.kit.clock import Clock
from service.kit.database.postgresql import PostgreSQL

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql_only("SQLite has one process and no hints between several")]


@pytest.mark.parametrize("steps", range(6))
async def test_stopping_right_after_a_hint_ends(database_url: str, steps: int) -> None:
    """However many turns of the event loop lie between: a cancellation that met the wake-up was once lost."""
    database = PostgreSQL(database_url, clock=Clock(), listeners={})
    await database.start()
    await asyncio.sleep(0.1)
    database.hints.send(["job"])
    for _ in range(steps):
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await database.stop()
