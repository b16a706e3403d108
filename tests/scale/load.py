"""People who post and read through the proxy while things happen behind it, and what they saw of it."""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx

from tests.crash.clients import Person, keep_posting
from tests.crash.scene import Scene

WRITERS, READERS = 4, 2
PAUSE = 0.05  # seconds between one reader's requests
PATIENCE = 30.0


@dataclass
class Happening:
    """One thing that was done to the site: what people saw of it. `writing` and `reading` are the longest times in
    seconds without an acknowledged write or a page, `failed` what requests got instead of an answer.
    """

    name: str
    took: float
    writing: float
    reading: float
    failed: Counter[str]

    def __str__(self) -> str:
        failed = ", ".join(f"{count} {what}" for what, count in sorted(self.failed.items())) or "none"
        return (
            f"{self.name}: took {self.took:.1f} s, longest without an acknowledged write {self.writing:.2f} s, "
            f"without a page {self.reading:.2f} s; failed requests: {failed}"
        )


@dataclass
class Load:
    """The load on one site. `read` has the moment of each page that came, `missed` moment and status of each other."""

    scene: Scene
    read: list[float] = field(default_factory=list)
    missed: list[tuple[float, int]] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    ending: bool = False

    async def during(self, name: str, work: Awaitable[None], settle: float = 1.0) -> Happening:
        """Do something to the site under load, wait until it is served again, and note what people saw."""
        began = time.time()
        await work
        took = time.time() - began
        await self._served_since(time.time())
        await asyncio.sleep(settle)
        ended = time.time()
        writes = [post.done for post in self.scene.book.acknowledged]
        failed = Counter(f"{kind} {status or 'broken'}" for kind, status in self._failed(began, ended))
        seen = Happening(name, took, gap(writes, began, ended), gap(self.read, began, ended), failed)
        self.happenings.append(seen)
        return seen

    async def _served_since(self, moment: float) -> None:
        """Wait until a write that began after the moment is acknowledged, and a page has come.

        Raises:
            TimeoutError: nobody is served.
        """
        async with asyncio.timeout(PATIENCE):
            while not any(post.done > moment for post in self.scene.book.posts) or not self.read[-1] > moment:
                await asyncio.sleep(0.02)

    def _failed(self, began: float, ended: float) -> Iterator[tuple[str, int]]:
        for kind, failures in (("write", self.scene.book.failed), ("read", self.missed)):
            yield from ((kind, status) for moment, status in failures if began <= moment <= ended)

    def wanted(self) -> Iterator[tuple[Person, int]]:
        """Who posts where next, until the load ends."""
        for pair in self.scene.replies(1_000_000):
            if self.ending:
                return
            yield pair

    async def write(self) -> None:
        """One writer."""
        chance = random.Random(self.scene.chance.random())
        await keep_posting(self.scene.book, self.scene.site.addresses, self._shared, chance)

    async def look(self) -> None:
        """One guest who reads one page after the other."""
        address = self.scene.site.addresses[0]
        paths = itertools.cycle(["/", *(f"/api/v1/threads/{thread}/replies" for thread in self.scene.openers)])
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            while not self.ending:
                status = 0
                with suppress(httpx.TransportError):
                    status = (await client.get(address + next(paths))).status_code
                if status == 200:
                    self.read.append(time.time())
                else:
                    self.missed.append((time.time(), status))
                await asyncio.sleep(PAUSE)

    def __post_init__(self) -> None:
        self._shared = self.wanted()


def gap(moments: list[float], began: float, ended: float) -> float:
    """The longest time without one of these moments, of the span and of the second before it."""
    inside = sorted(moment for moment in moments if began - 1 <= moment <= ended)
    ends = [began, *inside, ended] if not inside or inside[0] > began else [*inside, ended]
    return max((later - earlier for earlier, later in itertools.pairwise(ends)), default=ended - began)


@asynccontextmanager
async def under_load(scene: Scene) -> AsyncIterator[Load]:
    """Writers and readers, from the first line inside to the last; each ends with what it has begun."""
    load = Load(scene)
    tasks = [asyncio.create_task(load.write()) for _ in range(WRITERS)]
    tasks += [asyncio.create_task(load.look()) for _ in range(READERS)]
    try:
        yield load
    finally:
        load.ending = True
        await asyncio.gather(*tasks)
