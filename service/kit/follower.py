"""Follows the event log for what this process keeps, so that what other processes write is soon dropped here too."""

import asyncio
import contextlib
import logging
import time
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.kit import events
from service.kit.database import Database, Session
from service.kit.database.turns import in_background
from service.kit.ending import end
from service.kit.errors import NotReady
from service.kit.events import EVENT
from service.kit.kept import Change, Kept

log = logging.getLogger(__name__)
POLL: Final = 0.4
COALESCE: Final = 0.01
BOUND: Final = 1.0
AWAY: Final = 60.0
"""Seconds: between looks, beside the database's hints; after a hint, for its neighbours; how old the last look may be
for kept answers to be given; and how old while the database does not answer, when what is kept is all there is."""

NEWS: Final = (
    select(EVENT.c.position, EVENT.c.kind, EVENT.c.thread_id)
    .where(EVENT.c.position > bindparam("after"))
    .order_by(EVENT.c.position)
    .limit(events.BATCH)
)

News = list[tuple[int, Change]]


class Follower:
    """Tells `kept` of every event after the position of its first entry. While nothing is kept it asks for nothing."""

    def __init__(self, database: Database, kept: Kept) -> None:
        self._database = database
        self._kept = kept
        self._woken = asyncio.Event()
        self._looked = float("-inf")
        self._is_away = False
        self._saw_waiting = False
        self._work: asyncio.Task[None] | None = None
        kept.on_first = self._begin
        kept.is_followed = self.is_near

    async def start(self) -> None:
        """Begin to listen for hints; the database must be started."""
        for channel in ("event", "sequenced"):
            self._database.channels.on(channel, self._woken.set)
        self._work = asyncio.create_task(self._forever(), name="parley-follower")

    async def stop(self) -> None:
        """End, and give nothing out any more."""
        self._kept.clear()
        await end(self._work)

    def is_near(self) -> bool:
        """Whether the last look is recent enough for what is kept to be given out."""
        return time.monotonic() - self._looked <= (AWAY if self._is_away else BOUND)

    def _begin(self) -> None:
        """The first entry was kept: it is as fresh as its drawing, and the log is followed from there."""
        self._looked = time.monotonic()
        self._woken.set()

    async def _forever(self) -> None:
        in_background.set(True)  # so that it is not refused where many people wait
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL if len(self._kept) else None):
                    await self._woken.wait()
            await asyncio.sleep(COALESCE)
            self._woken.clear()
            try:
                await self.look()
                self._is_away = False
            except Exception as error:
                log.log(
                    logging.DEBUG if self._is_away else logging.WARNING, "kept pages wait: %s", type(error).__name__
                )
                self._is_away = is_gone(error)
                await asyncio.sleep(POLL)

    async def look(self) -> None:
        """Read on, and drop what has changed. With nothing kept there is nothing to follow."""
        while not self._kept.rest() and self._kept.known is not None:
            began = time.monotonic()
            news, is_waiting = await self._database.read(read_news, self._kept.known)
            for position, change in news:
                self._kept.changed([change], position)
                self._kept.known = position
            if len(news) < events.BATCH:
                self._looked = began
                await self._sequence(is_waiting)
                return

    async def _sequence(self, is_waiting: bool) -> None:
        """What waits for its position at two looks lost its writer between commit and hint: help it along."""
        if is_waiting and self._saw_waiting:
            await self._database.write(events.sequence)
            self._woken.set()
        self._saw_waiting = is_waiting


def is_gone(error: Exception) -> bool:
    """Whether this says that the database does not answer. One that is only busy answers others, who write."""
    return isinstance(error, NotReady) and not isinstance(error.__cause__, PoolTimeout | None)


def read_news(session: Session, after: int) -> tuple[News, bool]:
    """The events after a position, and whether something committed has none yet."""
    news = [(row[0], (row[1], row[2])) for row in session.execute(NEWS, {"after": after})]
    return news, events.is_waiting(session)
