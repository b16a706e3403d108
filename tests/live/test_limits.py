"""How many may listen, what happens to one who does not read, and that nothing stays behind of one who went."""

import asyncio
import gc
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from fastapi import FastAPI

from service.kit import broadcast, streams
from service.kit.streams import MOST_WAITING, Stream
from service.settings import Settings
from service.web.held import MOST_BUFFERED
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.live.listening import PATIENCE, Json, Listen, Listener

pytestmark = pytest.mark.anyio


async def until(condition: Any) -> None:
    """Wait until `condition()` is true."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


def in_memory() -> Iterator[Stream]:
    """Every stream that is still in memory."""
    return (found for found in gc.get_objects() if isinstance(found, Stream))


async def test_one_account_and_one_address_have_so_many_streams(
    app: FastAPI, listen: Listen, alice: Person, bob: Person
) -> None:
    app.state.live.most_each = 2
    thread = await a_thread(by=alice)
    for by in (None, bob):
        opened = [await listen(thread, by=by) for _ in range(2)]
        refused = await listen(thread, by=by)
        assert refused.status == 429
        assert int(refused.head["retry-after"]) > 0
        assert (await refused.body())["code"] == "rate-limited"
        opened[0].writer.close()
        await until(lambda: app.state.live.open_streams % 2 == 1)
        assert (await listen(thread, by=by)).status == 200
    assert (await listen(thread, by=alice)).status == 200, "another account has its own"


async def test_a_process_has_so_many_streams(app: FastAPI, listen: Listen, alice: Person, bob: Person) -> None:
    app.state.live.most = 2
    thread = await a_thread(by=alice)
    assert [(await listen(thread, by=by)).status for by in (None, bob)] == [200, 200]
    refused = await listen(thread, by=alice)
    assert (refused.status, (await refused.body())["code"]) == (503, "not-ready")
    assert int(refused.head["retry-after"]) > 0
    page = await alice.get(f"/api/v1/threads/{thread['id']}/events")
    assert page.status_code == 200, "who gets no stream can still ask"


class TestWithoutLimits:
    """As for benchmarks."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"rate_limits": "off"})

    async def test_nobody_is_counted(self, app: FastAPI, listen: Listen, alice: Person) -> None:
        app.state.live.most_each = 1
        thread = await a_thread(by=alice)
        assert [(await listen(thread)).status for _ in range(3)] == [200, 200, 200]


async def test_of_a_client_that_went_nothing_is_left(app: FastAPI, port: int, alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    opened = [await Listener.open(port, thread) for _ in range(50)]
    assert app.state.live.open_streams == 50
    for number, listener in enumerate(opened):
        if number % 2:
            listener.writer.transport.abort()  # as when the client is killed
        else:
            listener.writer.close()
    await until(lambda: app.state.live.open_streams == 0)
    await a_reply(bob, thread)
    gc.collect()
    await until(lambda: not list(in_memory()))


async def deaf(port: int, thread: Json) -> socket.socket:
    """A client that asks for the stream and never reads, with as little room for what is sent as there can be."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    await asyncio.to_thread(client.connect, ("127.0.0.1", port))
    asked = f"GET /api/v1/threads/{thread['id']}/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
    await asyncio.to_thread(client.sendall, asked.encode())
    return client


async def test_one_who_does_not_read_is_cut_off_and_nobody_waits(
    app: FastAPI, port: int, listen: Listen, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is held back for one stream has a bound: the others go on, and the deaf one's connection is dropped."""
    monkeypatch.setattr(streams, "MOST_WAITING", 8)
    long = b"event: long\nid: 0\ndata: {" + b" " * 300_000 + b"}\n\n"
    live, thread = app.state.live, await a_thread(by=alice)
    client = await deaf(port, thread)
    await until(lambda: live.streams and all(each.is_attached for each in live.streams))
    (stream,) = live.streams
    connection, heard = stream._pipe, await listen(thread, by=bob)
    offered = most = 0
    while not stream.is_over:
        assert offered < 1_000, "more than kernel and server hold back for a connection"
        stream.offer(None, long)
        offered += 1
        most = max(most, connection.transport.get_write_buffer_size())
        await asyncio.sleep(0)
    assert most < MOST_BUFFERED + 2 * len(long), "what the kernel does not take is not copied for one reader"
    assert stream._waiting is None, "what waited went with the stream"
    await until(lambda: live.open_streams == 1)
    assert live.cut == 1
    await a_reply(bob, thread)
    assert (await heard.event()).kind == "reply.posted"
    client.settimeout(PATIENCE)
    received = await asyncio.to_thread(read_all, client)
    assert received < offered * len(long), "what waited was dropped with the connection, not kept for it"
    client.close()


async def test_one_who_has_read_nothing_for_long_is_cut_off_though_little_waits(
    app: FastAPI, port: int, listen: Listen, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BEAT", "HEARTBEAT", "DEAF"):
        monkeypatch.setattr(broadcast, name, 0.05)
    live, thread = app.state.live, await a_thread(by=alice)
    client = await deaf(port, thread)
    await until(lambda: live.streams and all(each.is_attached for each in live.streams))
    (stream,) = live.streams
    offered = 0
    while not stream.is_stuck and not stream.is_over:
        stream.offer(None, b":" + b" " * 300_000 + b"\n\n")
        await asyncio.sleep(0)
        offered += 1
    await until(lambda: not live.open_streams)
    assert (live.cut, stream.is_cut) == (1, True)
    assert offered < MOST_WAITING
    client.close()


def read_all(client: socket.socket) -> int:
    """Read until the server has ended the connection; how many bytes came."""
    received = 0
    with suppress(ConnectionError):
        while piece := client.recv(65_536):
            received += len(piece)
    return received


async def test_when_the_process_stops_every_stream_ends_at_once(app: FastAPI, listen: Listen, alice: Person) -> None:
    thread = await a_thread(by=alice)
    opened = [await listen(thread) for _ in range(5)]
    app.state.live.end_all()
    for heard in opened:
        await heard.end()
        assert heard.ended_well
    refused = await listen(thread)
    assert (refused.status, (await refused.body())["code"]) == (503, "not-ready")


async def test_a_request_behind_a_streams_on_one_connection_is_answered(app: FastAPI, port: int, alice: Person) -> None:
    """Pipelined (RFC 9112 section 9.3.2): the stream tells its position and ends, so that the next one's turn comes."""
    thread = await a_thread(by=alice)
    path, host = f"/api/v1/threads/{thread['id']}", "HTTP/1.1\r\nHost: forum.example\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = f"GET {path}/events {host}Accept: text/event-stream\r\n\r\nGET {path} {host}Connection: close\r\n\r\n"
    writer.write(asked.encode())
    async with asyncio.timeout(PATIENCE):
        answers = await reader.read()
    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert b"event: position" in answers
    assert b'"last_reply_at"' in answers
    await until(lambda: not app.state.live.open_streams)
    writer.close()
