"""A pool of connections that measures how long a unit of work waited for one."""

from time import perf_counter
from typing import Any

from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from service.kit.measures import Spread


class MeasuredPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool for asyncio. `waits` are seconds until a connection was had, one that had to be made first
    among them; after `dispose` they begin anew.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.waits = Spread()

    def _do_get(self) -> ConnectionPoolEntry:
        began = perf_counter()
        try:
            return super()._do_get()
        finally:
            self.waits.add(perf_counter() - began)
