"""A pool of connections that hands them out in turn, and measures how long a unit of work waited for one."""

import asyncio
from time import perf_counter
from typing import Any

from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.util import await_only

from service.kit.measures import Spread


class MeasuredPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool for asyncio. `waits` are seconds until a connection was had, one that had to be made first
    among them; after `dispose` they begin anew.

    Who waits is served in order. Without that a connection that was given back went to whoever asked next, mostly the
    one who had just given it back: of sixteen busy clients some waited half a second.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.waits = Spread()
        self._turns = asyncio.Semaphore(self.size() + self._max_overflow)  # which serves in order

    def _do_get(self) -> ConnectionPoolEntry:
        began = perf_counter()
        try:
            await_only(self._turn())
            try:
                return super()._do_get()
            except BaseException:
                self._turns.release()
                raise
        finally:
            self.waits.add(perf_counter() - began)

    async def _turn(self) -> None:
        if not self._turns.locked():
            await self._turns.acquire()
            return
        try:
            async with asyncio.timeout(self.timeout()):
                await self._turns.acquire()
        except TimeoutError as error:
            raise PoolTimeout(f"no connection was free in {self.timeout():g} s") from error

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        try:
            super()._do_return_conn(record)
        finally:
            self._turns.release()
