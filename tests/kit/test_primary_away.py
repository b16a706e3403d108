"""What reads go by while the primary is away, or only busy."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.kit.database.replica import Replica
from service.kit.errors import NotReady
from service.kit.follower import is_gone

pytestmark = [pytest.mark.anyio, pytest.mark.no_database]


async def test_guests_who_wait_for_a_silent_primary_find_it_out_together() -> None:
    """Each had asked anew, one after the other, where this process has stored something since it last knew."""
    asked = list[Any]()

    async def ask(unit: Any) -> int:
        asked.append(unit)
        await asyncio.sleep(0)
        raise NotReady

    async def read(unit: Any) -> None:
        raise AssertionError("nobody knows how far the replica must be")

    reads = Replica(read, ask)
    answers = await asyncio.gather(*(reads.read(lambda _: None) for _ in range(20)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [NotReady] * 20
    assert len(asked) == 1


async def test_who_is_only_busy_is_not_gone() -> None:
    """What is kept is given for a minute while the database is gone; while it is busy others write."""

    def told(cause: Exception | None) -> NotReady:
        error = NotReady()
        error.__cause__ = cause
        return error

    assert [is_gone(error) for error in (told(ConnectionError()), told(PoolTimeout()), told(None), KeyError())] == [
        True, False, False, False,
    ]  # fmt: skip
