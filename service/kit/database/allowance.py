"""How many units of work may be under way at once; more wait in order, and neither for ever nor without number."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from service.kit.errors import NotReady
from service.kit.lines import Line


class Allowance:
    """At most `most` at once. Others wait in the order in which they came, for `patience` seconds, in a `line` of
    bounded length.
    """

    def __init__(self, what: str, most: int, *, waiting: int, patience: float) -> None:
        self.line = Line(what, waiting)
        self.patience = patience
        self._what = what
        self._turns = asyncio.Semaphore(most)  # which serves in order

    @asynccontextmanager
    async def turn(self, *, sure: bool = False) -> AsyncIterator[None]:
        """One's turn, for as long as the block takes. Raises NotReady (503, with Retry-After) where too many wait
        already, who is `sure` of a place apart, or when it does not come in time.
        """
        with self.line.place(sure=sure):
            await self._come()
            try:
                yield
            finally:
                self._turns.release()

    async def _come(self) -> None:
        if not self._turns.locked():
            await self._turns.acquire()  # at once
            return
        try:
            async with asyncio.timeout(self.patience):
                await self._turns.acquire()
        except TimeoutError as error:
            raise NotReady(f"Others took too long at {self._what}; nothing was stored. Try again.") from error
