"""`python -m bench.streams`: what 5,000 readers of server-sent events cost one process, and how soon a reply is theirs.

python -m bench.streams [--readers 5000] [--rounds 5]     about a minute

Half of the readers have one thread open, the others a hundred more. A reader's time counts from when whoever posted had
the answer (201). Each reader is a socket here and one there: `ulimit -n` must allow both, and a machine has some 28,000
ports for connections to one address (`net.ipv4.ip_local_port_range`).
"""

import argparse
import asyncio
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Final, cast

import uvloop

from bench.load import percentiles
from bench.seed import Person
from bench.servers import Server, cores, on_cores, parley, temporary_folder

OTHERS: Final = 100
"""Threads beside the hot one, over which the other half of the readers is spread."""

AT_ONCE: Final = 32
"""Streams that are being opened at a time."""

PATIENCE: Final = 60.0
"""Seconds until a stream is open, or a reply with everybody; what is not there by then is counted as missing."""

IDLE: Final = 6.0
"""Seconds in which nothing happens, to see what open streams cost by themselves."""

WARM: Final = 100
"""Streams that are opened and closed again first, so that what is made once weighs on nobody."""

NUMBERS: Final = count(1)
"""Nobody may say the same twice."""

POSTED: Final = b"event: reply.posted"


@dataclass
class Crowd:
    """Everybody who reads: how many have begun, and when each was told, in seconds of `time.perf_counter`."""

    ready: int = 0
    refused: int = 0
    lost: int = 0
    bytes: int = 0
    told: list[float] = field(default_factory=list)


class Reader(asyncio.Protocol):
    """One open stream, which notes when it is told of a reply."""

    __slots__ = ("_begun", "_crowd", "_path", "_rest", "transport")

    def __init__(self, crowd: Crowd, thread_id: int) -> None:
        self._crowd, self._path, self._begun, self._rest = crowd, f"/api/v1/threads/{thread_id}/events", False, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's are none by type
        head = f"GET {self._path} HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n"
        self.transport.write(f"{head}Accept-Encoding: gzip, br\r\nUser-Agent: a browser\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Part of the stream; a message may come in two."""
        crowd, text = self._crowd, self._rest + data
        crowd.bytes += len(data)
        if not self._begun and b"event: position" in text:
            self._begun, crowd.ready = True, crowd.ready + 1
        elif not self._begun and not text.startswith(b"HTTP/1.1 200"):
            crowd.refused += 1
        crowd.told.extend([time.perf_counter()] * text.count(POSTED))
        self._rest = text[-len(POSTED) + 1 :] if self._begun else text[-1000:]

    def connection_lost(self, error: Exception | None) -> None:
        """The end of the stream."""
        self._crowd.lost += 1


@dataclass(frozen=True)
class Heard:
    """What came of some replies: how many readers heard of them, how soon (ms), and CPU µs of the server for each."""

    what: str
    letters: int
    missing: int
    p50: float
    p99: float
    longest: float
    cpu: float


@dataclass
class Scene:
    """A running Parley, who posts there, and the readers of its threads: the first is the hot one."""

    server: Server
    writer: Person
    threads: list[int]
    crowd: Crowd = field(default_factory=Crowd)
    readers: list[tuple[int, Reader]] = field(default_factory=list)

    def thread_of(self, number: int) -> int:
        """Where the n-th reader reads."""
        return self.threads[0] if number % 2 else self.threads[1 + number // 2 % (len(self.threads) - 1)]

    async def open(self, count: int) -> None:
        """So many more streams; returns when all have begun. Raises RuntimeError when some were refused."""
        wanted = self.crowd.ready + count
        for start in range(0, count, AT_ONCE):
            made = [self._connect(number) for number in range(start, min(count, start + AT_ONCE))]
            self.readers += await asyncio.gather(*made)
            await until(lambda: self.crowd.ready >= min(wanted, len(self.readers)))
        if self.crowd.ready != wanted or self.crowd.refused:
            raise RuntimeError(f"{self.crowd.ready} of {wanted} streams are open, {self.crowd.refused} were refused")

    async def _connect(self, number: int) -> tuple[int, Reader]:
        thread_id, loop = self.thread_of(number), asyncio.get_running_loop()
        _, reader = await loop.create_connection(lambda: Reader(self.crowd, thread_id), "127.0.0.1", self.server.port)
        return thread_id, reader

    async def close(self) -> None:
        """All streams are closed by their readers."""
        readers, self.readers = self.readers, []
        wanted = self.crowd.lost + len(readers)
        for _, reader in readers:
            reader.transport.close()
        self.crowd.ready -= len(readers)
        await until(lambda: self.crowd.lost >= wanted)

    async def hear(self, what: str, threads: list[int]) -> Heard:
        """One reply in each of these threads, one after the other; each is waited for until all its readers have it."""
        times: list[float] = []
        letters = missing = 0
        before = self.server.cpu()
        for thread_id in threads:
            expected = sum(1 for reads, _ in self.readers if reads == thread_id)
            self.crowd.told.clear()
            await asyncio.to_thread(
                self.writer.post, f"/threads/{thread_id}/replies", body=f"To all who read, {next(NUMBERS)}."
            )
            answered = time.perf_counter()
            await until(lambda wanted=expected: len(self.crowd.told) >= wanted)  # type: ignore[misc]
            times += [max(0.0, at - answered) for at in self.crowd.told]
            letters, missing = letters + expected, missing + expected - len(self.crowd.told)
        cpu = (self.server.cpu() - before) / max(1, letters) * 1e6
        return Heard(what, letters, missing, *percentiles(times), max(times, default=0.0) * 1000, cpu)


async def until(condition: Callable[[], bool]) -> None:
    """Return when it holds, or after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        await asyncio.sleep(0.005)


async def measure(server: Server, readers: int, rounds: int) -> None:
    """Everything, printed as soon as it is known."""
    writer = Person(server.port, "alice")
    threads = [writer.post("/threads", title=f"Thread {number}", body="…")["id"] for number in range(OTHERS + 1)]
    scene = Scene(server, writer, threads)
    await scene.open(WARM)
    await scene.hear("warming up", threads[:3])
    await scene.close()
    await asyncio.sleep(1)
    server.settle(10)
    idle = await at_rest(server)
    before, began, cpu = server.memory(), time.perf_counter(), server.cpu()
    await scene.open(readers)
    took, cpu = time.perf_counter() - began, server.cpu() - cpu
    print(f"{readers:,} streams opened in {took:.1f} s, {cpu / readers * 1e3:.2f} CPU ms each", flush=True)
    await asyncio.sleep(1)
    opened = server.memory()
    busy = await at_rest(server)
    print(f"CPU while nothing happens: {idle:.2%} without streams, {busy:.2%} with them", flush=True)
    print(
        "| a reply in | heard by | missing | p50 ms | p99 ms | longest ms | CPU µs a letter |",
        "|---" * 7 + "|",
        sep="\n",
    )
    for heard in (
        await scene.hear("the hot thread", threads[:1] * rounds),
        await scene.hear("the others", threads[1:]),
    ):
        print(line(heard), flush=True)
    told = server.memory()
    await scene.close()
    await asyncio.sleep(2)
    each, later = ((weight - before) * 1e3 / readers for weight in (opened, told))
    gone = server.memory()
    print(f"memory: {before:.0f} MB without, {opened:.0f} with, {told:.0f} after the replies, {gone:.0f} when all went")
    print(f"a stream: {each:.1f} KB when it is open, {later:.1f} KB after the replies (budget 40)")


async def at_rest(server: Server) -> float:
    """The share of a core that the server takes while nobody does anything."""
    before, began = server.cpu(), time.perf_counter()
    await asyncio.sleep(IDLE)
    return (server.cpu() - before) / (time.perf_counter() - began)


def line(heard: Heard) -> str:
    """A row of the table."""
    cells = (heard.what, f"{heard.letters:,}", str(heard.missing), f"{heard.p50:.0f}", f"{heard.p99:.0f}",
             f"{heard.longest:.0f}", f"{heard.cpu:.1f}")  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main() -> int:
    """Read the arguments, measure, print. Exit code 2 where the machine allows too few open files."""
    parser = argparse.ArgumentParser(prog="python -m bench.streams", description="What open streams cost")
    parser.add_argument("--readers", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5, help="replies in the hot thread")
    chosen = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= most < chosen.readers + 200:
        print(f"this machine allows {most} open files in a process (ulimit -Hn): too few for {chosen.readers} readers")
        return 2
    resource.setrlimit(resource.RLIMIT_NOFILE, (chosen.readers + 200, most))
    core, own = cores()
    with temporary_folder() as folder:
        with on_cores(core):
            context = parley(folder)
            server = context.__enter__()
        try:
            with on_cores(own):
                uvloop.run(measure(server, chosen.readers, chosen.rounds))
        finally:
            context.__exit__(None, None, None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
