"""How late the event loop is: what keeps it busy keeps every request waiting, and shows nowhere else."""

import asyncio
from time import perf_counter
from typing import Final

from service.kit.ending import end
from service.kit.measures import Spread

PERIOD: Final = 1.0
"""Seconds between two looks: a pause of that length is always seen, shorter ones as often as they are long."""


class LoopLag:
    """Looks once a second how late a timer comes, and adds that to `spread`."""

    def __init__(self, spread: Spread) -> None:
        self._spread = spread
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._looking = asyncio.create_task(self._look(), name="parley-loop-lag")

    async def stop(self) -> None:
        """End."""
        await end(self._looking)

    async def _look(self) -> None:
        while True:
            due = perf_counter() + PERIOD
            await asyncio.sleep(PERIOD)
            self._spread.add(max(0.0, perf_counter() - due))
