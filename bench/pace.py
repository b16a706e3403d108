"""Requests at a steady pace, whether or not the ones before were answered: what a person feels who posts now and then.

A closed loop asks less while the server is slow, and so hides the slowness; here a request's time counts from when it
was due.
"""

import asyncio
import time
from dataclasses import dataclass, field

import httptools

from bench.load import Requests, percentiles


@dataclass
class Felt:
    """What was felt: how many answers, their percentiles in ms, the longest, and how many had the wrong status."""

    times: list[float] = field(default_factory=list)
    wrong: int = 0

    @property
    def p50(self) -> float:
        """The median, ms."""
        return percentiles(self.times)[0]

    @property
    def p99(self) -> float:
        """The 99th percentile, ms."""
        return percentiles(self.times)[1]

    @property
    def longest(self) -> float:
        """The slowest answer, ms."""
        return max(self.times, default=0.0) * 1000


class Answers(asyncio.Protocol):
    """One kept-alive connection that asks one thing at a time."""

    def __init__(self) -> None:
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    async def ask(self, request: bytes) -> int:
        """The status of the answer; 0 when the connection broke."""
        self._parser = httptools.HttpResponseParser(self)
        self._answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._answered

    def data_received(self, data: bytes) -> None:
        """Part of an answer."""
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Httptools calls it at the end of an answer."""
        self._settle(self._parser.get_status_code())

    def connection_lost(self, error: Exception | None) -> None:
        """The end."""
        self._settle(0)

    def _settle(self, status: int) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(status)


class Pacer:
    """Asks a server so many times a second, over as many connections as are needed for that."""

    def __init__(self, port: int, requests: Requests, status: int, per_second: float) -> None:
        self._port, self._requests, self._status, self._gap = port, requests, status, 1 / per_second
        self._free: list[Answers] = []
        self._sent = 0

    async def during(self, until: asyncio.Event | asyncio.Task[None]) -> Felt:
        """Ask until the event is set or the task is done; every answer is waited for."""
        felt, asking = Felt(), set()
        due = time.perf_counter()
        while not (until.is_set() if isinstance(until, asyncio.Event) else until.done()):
            asking.add(asyncio.create_task(self._ask(felt, due)))
            due += self._gap
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            asking = {task for task in asking if not task.done()}
        await asyncio.gather(*asking)
        return felt

    async def _ask(self, felt: Felt, due: float) -> None:
        self._sent += 1
        request = self._requests(self._sent)
        connection = await self._connected()
        status = await connection.ask(request)
        felt.times.append(time.perf_counter() - due)
        felt.wrong += status != self._status
        if status:
            self._free.append(connection)

    async def _connected(self) -> Answers:
        """A connection that nobody uses, and that the server has not closed because nobody did for a while."""
        while self._free:
            connection = self._free.pop()
            if not connection.transport.is_closing():
                return connection
        _, made = await asyncio.get_running_loop().create_connection(Answers, "127.0.0.1", self._port)
        return made

    def close(self) -> None:
        """End every connection."""
        for connection in self._free:
            connection.transport.close()
