"""Many writers behind one row on PostgreSQL: readers are answered all the same, and no writer waits for ever."""

import asyncio
import contextvars
from typing import cast

import pytest
from sqlalchemy import select, text

from service.kit.database import Database, Session
from service.kit.database.postgresql import MOST_AT_ONCE, POOL, PostgreSQL
from service.kit.database.turns import in_background
from service.kit.errors import NotReady
from service.kit.queue.tables import cron_tick

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.postgresql_only("SQLite's readers and its writer have threads of their own"),
]


def count_up(session: Session, number: int) -> int:
    """Wait for the row, then move it; gives who had it before."""
    before: int = session.execute(select(cron_tick.c.tick).with_for_update()).scalar_one()
    session.execute(cron_tick.update().values(tick=number))
    return before


def ticks(session: Session) -> list[int]:
    return list(session.scalars(select(cron_tick.c.tick)))


async def test_readers_are_answered_while_every_writer_waits_for_one_row(database: Database) -> None:
    await database.write(lambda session: session.execute(cron_tick.insert(), {"name": "hot", "tick": -1}))
    known = cast(PostgreSQL, database)
    known.writers.line.most = 3 * POOL
    async with known.engine.connect() as holder:
        await holder.execute(select(cron_tick.c.tick).with_for_update())
        writers = [asyncio.create_task(database.write(count_up, number)) for number in range(3 * POOL)]
        async with asyncio.timeout(60):
            while known.writers.line.waiting < 3 * POOL:
                await asyncio.sleep(0)
            assert [await database.read(ticks) for _ in range(3)] == [[-1]] * 3
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while (await holder.scalar(waiting)) < MOST_AT_ONCE:
                await asyncio.sleep(0.01)
        with pytest.raises(NotReady) as refused:
            await database.write(count_up, 99)
        assert int(refused.value.headers["Retry-After"]) > 0
        assert known.storing.works, "nothing was tried"
        job = contextvars.copy_context()
        job.run(in_background.set, True)
        surely = asyncio.create_task(database.write(ticks), context=job)
        writers[-1].cancel()
        assert not any(task.done() for task in writers[:-1])
        await holder.rollback()
    answers = await asyncio.gather(*writers, surely, return_exceptions=True)
    assert isinstance(answers[-2], asyncio.CancelledError)
    left = sorted(cast(list[int], answers[:-2])[:MOST_AT_ONCE])
    assert -1 in left
    assert (known.writers.line.waiting, known.writers.line.refused) == (0, 1)


async def test_who_waits_too_long_to_write_comes_again(database: Database) -> None:
    known, go_on = cast(PostgreSQL, database), asyncio.Event()
    known.writers.patience = 0.05

    async def occupy() -> None:
        async with known.writers.turn():
            await go_on.wait()

    occupied = [asyncio.create_task(occupy()) for _ in range(MOST_AT_ONCE)]
    await asyncio.sleep(0)
    with pytest.raises(NotReady, match="nothing was stored"):
        await database.write(ticks)
    go_on.set()
    await asyncio.gather(*occupied)
    assert await database.write(ticks) == []
