"""What arrives on a bare socket: bodies that are too large and requests whose length is ambiguous, on every route."""

import asyncio
import re
import time

import pytest
from fastapi.routing import APIRoute

from service import wiring
from service.web.gate import MAX_BODY

pytestmark = pytest.mark.anyio

HUGE = 100_000_000


def unsafe_routes() -> list[tuple[str, str]]:
    """Method and a filled-in path of every route that may change something, JSON and forms."""
    found = set()
    for prefix, routers in (("/api/v1", wiring.ROUTERS), ("", wiring.PAGES)):
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute):
                    path = prefix + route.path
                    for name in route.param_convertors:
                        path = re.sub(r"\{" + name + r"(:\w+)?\}", "1", path)
                    found |= {(method, path) for method in route.methods or set() if method not in ("GET", "HEAD")}
    return sorted(found)


async def exchange(address: tuple[str, int], head: str, *chunks: bytes) -> tuple[int, bytes, bytes]:
    """Send a head and then chunks while the server takes them; returns status, head and body of the answer."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(head.encode("latin-1"))
        try:
            for chunk in chunks:
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            pass  # the server has answered and closed
        async with asyncio.timeout(10):
            top = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = re.search(rb"content-length: (\d+)", top)
            body = await reader.readexactly(int(length[1])) if length else b""
    finally:
        writer.close()
    return int(top.split()[1]), top, body


def request_head(method: str, path: str, *lines: str) -> str:
    """The head of a request, with these further header lines."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: forum.example", *lines, "", ""])


PIECE = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
"""64 KB of a chunked body (RFC 9112 section 7.1)."""


async def test_a_huge_body_is_refused_before_it_is_sent(address: tuple[str, int]) -> None:
    wrong = []
    for method, path in unsafe_routes():
        head = request_head(method, path, "Content-Type: application/json", f"Content-Length: {HUGE}")
        status, top, body = await exchange(address, head)
        if status != 413 or b"connection: close" not in top or b"body-too-large" not in body:
            wrong.append(f"{method} {path}: {status} {body[:200]!r}")
    assert not wrong, "\n".join(wrong)


async def test_a_body_that_grows_too_large_is_refused_on_the_way(address: tuple[str, int]) -> None:
    wrong = []
    for method, path in unsafe_routes():
        kind = "application/json" if path.startswith("/api/") else "application/x-www-form-urlencoded"
        head = request_head(method, path, f"Content-Type: {kind}", "Transfer-Encoding: chunked")
        started = time.monotonic()
        status, top, body = await exchange(address, head, *[PIECE] * (HUGE // 0x10000))
        if status == 413 and (b"connection: close" not in top or b"body-too-large" not in body):
            wrong.append(f"{method} {path}: 413, but {top!r}")
        if (status != 413 and reads_a_body(path, method)) or status >= 500 or time.monotonic() - started > 10:
            wrong.append(f"{method} {path}: {status} after {time.monotonic() - started:.1f} s: {body[:200]!r}")
    assert not wrong, "\n".join(wrong)


def reads_a_body(path: str, method: str) -> bool:
    """Whether the route takes a body: all forms do, and JSON operations that have a request model."""
    if not path.startswith("/api/"):
        return True
    routes = [route for router in wiring.ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    found = [
        route
        for route in routes
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", route.path), path.removeprefix("/api/v1"))
    ]
    return any(route.body_field is not None and method in (route.methods or ()) for route in found)


@pytest.mark.parametrize("path", ["/api/v1/threads", "/sign-in"])
async def test_a_request_with_two_lengths_is_refused(address: tuple[str, int], path: str) -> None:
    """Two readers of one stream must not disagree where a request ends (RFC 9112 section 6.3)."""
    for lines in (
        ["Content-Length: 4", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 4"],
        ["Content-Length: 4", "Content-Length: 5"],
        ["Content-Length: -1"],
        ["Content-Length: four"],
        ["Transfer-Encoding: chunked, gzip"],
    ):
        status, top, body = await exchange(address, request_head("POST", path, *lines), b"0\r\n\r\n")
        assert status in (400, 501), f"{lines}: {status} {body!r}"
        assert b"connection: close" in top, f"{lines}: {top!r}"


async def test_a_head_without_end_is_cut_off(address: tuple[str, int]) -> None:
    long = "Cookie: " + "x" * 60_000
    assert (await exchange(address, request_head("GET", "/healthz", long, "Connection: close")))[0] == 200
    head = request_head("GET", "/healthz", "Connection: close")[:-2] + "X-Long: "
    status, top, _ = await exchange(address, head, *[b"x" * 0x10000] * 200)
    assert status == 431
    assert b"connection: close" in top


async def test_the_server_still_answers_after_all_of_this(address: tuple[str, int]) -> None:
    for _ in range(20):
        head = request_head("POST", "/api/v1/threads", "Transfer-Encoding: chunked")
        await exchange(address, head, PIECE, b"this is no chunk\r\n")
    status, _, body = await exchange(address, request_head("GET", "/healthz", "Connection: close"))
    assert (status, body) == (200, b'{"status":"alive"}')


def test_the_limit_is_that_of_the_contract() -> None:
    assert MAX_BODY == 1_000_000
