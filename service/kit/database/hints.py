"""PostgreSQL's hints between processes: coalesced NOTIFY after a commit, LISTEN on a connection of its own.

NOTIFY inside the writing transaction would serialise all commits on one lock, so it is sent afterwards, at most every
20 ms. Whoever misses a hint finds the work at its next poll. The sequencer of events rides on the same hint.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from service.kit.database.channels import Channels
from service.kit.ending import end
from service.kit.events import BATCH

log = logging.getLogger(__name__)
COALESCE = 0.02
RETRY = 1.0
POLL = 5.0  # seconds until events are looked for whose process died between its commit and its hint
CHANNELS = ("job", "event", "sequenced")
NOTIFY = text("SELECT pg_notify(channel, '') FROM unnest(CAST(:channels AS text[])) AS channel")


class Hints:
    """Sends and receives hints, and runs the sequencer when there may be events without a position."""

    def __init__(self, engine: AsyncEngine, channels: Channels, sequence: Callable[[], Awaitable[int]]) -> None:
        self._engine = engine
        self._channels = channels
        self._sequence = sequence
        self._pending: set[str] = set()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin sending, listening and sequencing."""
        self._tasks = [asyncio.create_task(self._send_forever()), asyncio.create_task(self._listen_forever())]

    async def stop(self) -> None:
        """End the tasks; hints not sent yet are dropped, which costs their readers one poll."""
        await end(*self._tasks)

    def send(self, names: Iterable[str]) -> None:
        """Tell the other processes soon that these channels were touched."""
        self._pending |= set(names)
        if self._pending:
            self._wake.set()

    async def _send_forever(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL):  # not wait_for: Python 3.11's can swallow the cancellation of stop()
                    await self._wake.wait()
            self._wake.clear()
            names, self._pending = self._pending, set()
            try:
                if sequenced := await self._sequence():
                    names.add("sequenced")
                    self._channels.wake(["sequenced"])
                    self._wake.set() if sequenced == BATCH else None
                if names:
                    await self._notify(names)
            except Exception as error:
                log.warning("hints wait for the database: %s", type(error).__name__)
                await asyncio.sleep(RETRY)
            await asyncio.sleep(COALESCE)

    async def _notify(self, names: set[str]) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(NOTIFY, {"channels": [f"parley_{name}" for name in names]})

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except Exception as error:
                log.warning("listening waits for the database: %s", type(error).__name__)
            await asyncio.sleep(RETRY)

    async def _listen(self) -> None:
        connection = await self._engine.connect()
        try:
            raw = (await connection.get_raw_connection()).driver_connection
            assert isinstance(raw, asyncpg.Connection)
            lost = asyncio.Event()
            raw.add_termination_listener(lambda *_: lost.set())
            for name in CHANNELS:
                await raw.add_listener(f"parley_{name}", lambda *_, name=name: self._channels.wake([name]))
            await lost.wait()
        finally:
            await connection.invalidate()
            await connection.close()
