"""Our own load generator: keep-alive connections on one event loop, each asking again as soon as it is answered.

It times every request and checks every status, and can make each request anew. It costs about 0.05 CPU ms a request,
so it drives whatever takes Parley longer than that; what is faster is driven by `wrk` where there is one.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httptools

Requests = Callable[[int], bytes]
"""Gives the n-th request of a run as the bytes to send."""


@dataclass(frozen=True, slots=True)
class Driven:
    """What a generator saw: how many answers in how many seconds, the two percentiles in ms, and what was wrong."""

    answers: int
    seconds: float
    p50: float
    p99: float
    wrong: int = 0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds


@dataclass(slots=True)
class Course:
    """One run, shared by its connections: what is still to be sent, and what came of it."""

    requests: Requests
    status: int
    until: float
    sent: int = 0
    wrong: int = 0
    times: list[float] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One client. It asks, waits for the whole answer, and asks again until the run's time is over: on the same
    connection, or on a new one where the server wants each to be closed.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._began = 0.0
        self._again: asyncio.Task[object] | None = None
        self._closes = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self._began = time.perf_counter()
        self.transport.write(self.course.requests(self.course.sent))
        self.course.sent += 1

    def data_received(self, data: bytes) -> None:
        """Part of an answer."""
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Httptools calls it at the end of an answer."""
        now, course = time.perf_counter(), self.course
        course.times.append(now - self._began)
        course.wrong += self.parser.get_status_code() != course.status
        loop = asyncio.get_running_loop()
        self._closes = now < course.until and not self.parser.should_keep_alive()
        if now < course.until and not self._closes:
            loop.call_soon(self._ask)
        elif self._closes:
            self.transport.close()
            self._began = now
            host, port = self.transport.get_extra_info("peername")[:2]
            self._again = loop.create_task(loop.create_connection(lambda: self, host, port))
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """The end, ours or the server's."""
        if self._closes:
            self._closes = False
        elif not self.ended.done():
            self.ended.set_result(None)


def get(path: str, *headers: str) -> Requests:
    """The same GET again and again."""
    request = head("GET", path, headers) + b"\r\n"
    return lambda _: request


def post(path_of: Callable[[int], str], body_of: Callable[[int], bytes], *headers: str) -> Requests:
    """A POST of JSON whose path and body depend on its number."""

    def request(number: int) -> bytes:
        body = body_of(number)
        lines = (*headers, "Content-Type: application/json", f"Content-Length: {len(body)}")
        return head("POST", path_of(number), lines) + b"\r\n" + body

    return request


def head(method: str, path: str, headers: Sequence[str]) -> bytes:
    """The request line and the header fields, without the empty line that ends them."""
    return "".join(f"{line}\r\n" for line in (f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers)).encode()


async def drive(port: int, requests: Requests, *, status: int, connections: int, seconds: float) -> Driven:
    """Ask on so many connections for so long; every connection's last answer is waited for."""
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    course = Course(requests, status, began + seconds)
    opened = [await loop.create_connection(lambda: Connection(course), "127.0.0.1", port) for _ in range(connections)]
    await asyncio.gather(*(connection.ended for _, connection in opened))
    taken = time.perf_counter() - began
    wrong = course.wrong + course.sent - len(course.times)
    return Driven(len(course.times), taken, *percentiles(course.times), wrong=wrong)


def percentiles(times: Sequence[float]) -> tuple[float, float]:
    """Median and 99th percentile, nearest rank, of seconds as milliseconds."""
    ordered = sorted(times) or [0.0]
    return tuple(ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000 for part in (0.5, 0.99))  # type: ignore[return-value]
