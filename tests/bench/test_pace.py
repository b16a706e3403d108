"""A steady pace does not wait for the server, and every answer is counted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bench.load import get
from bench.pace import Pacer

pytestmark = [pytest.mark.anyio, pytest.mark.no_database]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


@asynccontextmanager
async def server(first: bytes, *, waits_for: int, closes: bool = False) -> AsyncIterator[tuple[int, asyncio.Event]]:
    """Answers nobody until so many have asked, which sets the event; the first gets the answer that is named."""
    asked, enough = 0, asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            asked += 1
            answer = first if asked == 1 else OK
            if asked == waits_for:
                enough.set()
            elif not closes:
                await enough.wait()
            writer.write(answer)
            await writer.drain()
            if closes:
                break
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield int(listening.sockets[0].getsockname()[1]), enough


async def test_requests_go_out_while_earlier_ones_wait_and_wrong_answers_count() -> None:
    async with server(BUSY, waits_for=5) as (port, enough):
        pacer = Pacer(port, get("/"), 200, per_second=20)
        async with asyncio.timeout(60):
            felt = await pacer.during(enough)
        pacer.close()
    assert len(felt.times) >= 5
    assert felt.wrong == 1
    assert 0 < felt.p50 <= felt.p99 <= felt.longest


async def test_a_connection_that_the_server_closed_is_not_used_again() -> None:
    async with server(OK, waits_for=4, closes=True) as (port, enough):
        pacer = Pacer(port, get("/"), 200, per_second=4)
        async with asyncio.timeout(60):
            felt = await pacer.during(enough)
        pacer.close()
    assert len(felt.times) >= 4
    assert felt.wrong == 0
