"""The gate behind the real server: bytes that no HTTP library would send."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import uvicorn
from fastapi import FastAPI

pytestmark = pytest.mark.anyio
HEAD = b"POST /api/v1/threads HTTP/1.1\r\nHost: forum.example\r\nContent-Type: application/json\r\n"
PATIENCE = 30.0


@pytest.fixture(params=["httptools", "h11"])
async def port(request: pytest.FixtureRequest, app: FastAPI) -> AsyncIterator[int]:
    """The application behind uvicorn, with either of its two readers of HTTP."""
    config = uvicorn.Config(app, port=0, lifespan="off", http=request.param, log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def say(port: int, *pieces: bytes) -> tuple[int, bytes]:
    """Send the pieces; the status and the rest of what comes back until the server closes or rests."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
    heard = b""
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(PATIENCE):
            while b"\r\n\r\n" not in heard or not complete(heard):
                if not (more := await reader.read(65_536)):
                    break
                heard += more
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return int(heard.split(b" ", 2)[1]) if heard.startswith(b"HTTP/1.1 ") else 0, heard


def complete(heard: bytes) -> bool:
    """Whether the whole answer is there, by its Content-Length."""
    head, _, body = heard.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(lengths) and len(body) >= lengths[0]


async def test_odd_bytes_are_refused_and_the_next_request_is_answered(port: int) -> None:
    smuggled = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: forum.example\r\n\r\n"
    both = HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled
    for sent, statuses in (
        (both, {400}),
        (HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + smuggled, {400}),
        (HEAD + b"Content-Length: 100000000\r\n\r\n{", {413}),
        (HEAD + b"Content-Length: five\r\n\r\n{}", {400}),
        (HEAD + b"Content-Length: -5\r\n\r\n{}", {400}),
        (HEAD + b"Content-Length: 2\r\nX-A: \x00\r\n\r\n{}", {400, 401}),
        (b"GET /api/v1/threads/%00 HTTP/1.1\r\nHost: x\r\n\r\n", {404, 422}),
        (b"GET /api/v1/threads/\xff HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404}),
        (b"GET /api/v1/threads?cursor=%ff HTTP/1.1\r\nHost: x\r\n\r\n", {422}),
        (b"GET /api/v1/threads HTTP/1.1\r\nHost: x\r\nCookie: parley=\xff\xfe\r\n\r\n", {200}),
        (b"GET /api/v1/threads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\n\r\n", {401}),
        (b"GET /api/v1/threads HTTP/1.1\r\nHost: x\r\nIf-None-Match: \xff\r\n\r\n", {200}),
        (b"nonsense\r\n\r\n", {400}),
    ):
        status, heard = await say(port, sent)
        assert status in statuses, (sent[:200], heard[:200])
        assert heard.count(b"HTTP/1.1 ") == 1, "what is hidden in a body is no request"
    status, _ = await say(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert status == 200


async def test_a_body_without_a_length_is_cut_off_at_the_limit(port: int) -> None:
    chunk = b"%x\r\n%s\r\n" % (100_000, b" " * 100_000)
    status, heard = await say(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 20, b"0\r\n\r\n")
    assert status == 413
    assert b"connection: close" in heard.lower()
    assert json.loads(heard.partition(b"\r\n\r\n")[2])["code"] == "body-too-large"
