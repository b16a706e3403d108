"""The outermost ASGI layer: what is refused before any route is asked, and the headers every answer carries."""

import asyncio
import contextlib
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.kit.errors import BadRequest, BodyTooLarge, Invalid, Problem
from service.web.origin import check_origin
from service.web.problems import PageOfProblem, problem_response

MAX_BODY: Final = 1_000_000
MOST_DIGITS: Final = 18
LINGER: Final = 2.0
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
SECURITY: Final = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]


class BodyOverflow(BaseException):
    """Raised inside `receive`; a BaseException, so that nothing on the way takes it for a broken body (400)."""


class Gate:
    """Refuses oversize bodies, ambiguous framing, unstorable addresses and cross-site writes; adds security headers."""

    def __init__(self, app: ASGIApp, base_url: str, page: PageOfProblem) -> None:
        self.app = app
        self.page = page
        self.own_hosts = frozenset((urlsplit(base_url).netloc,))
        self.security = SECURITY + (
            [(b"strict-transport-security", b"max-age=31536000")] if base_url.startswith("https://") else []
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other kinds of scope pass untouched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False
        received = 0

        async def send_secured(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), *self.security]
            await send(message)

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise BodyOverflow
            return message

        try:
            self._check(scope)
            if scope["method"] == "HEAD":  # answered as GET; the server leaves the body out (RFC 9110 section 9.3.2)
                await self.app({**scope, "method": "GET"}, receive_counted, send_secured)
            else:
                await self.app(scope, receive_counted, send_secured)
        except BodyOverflow:
            if not started:
                await self._refuse(too_large(), scope, receive, send_secured)
        except Problem as problem:
            await self._refuse(problem, scope, receive, send_secured)

    def _check(self, scope: Scope) -> None:
        headers = dict(scope["headers"])
        if b"content-length" in headers and b"transfer-encoding" in headers:
            raise BadRequest("Content-Length and Transfer-Encoding together", headers={"Connection": "close"})
        length = headers.get(b"content-length", b"0")
        if not length.isdigit():
            raise BadRequest("Content-Length must be a number", headers={"Connection": "close"})
        if len(length) > MOST_DIGITS or int(length) > MAX_BODY:
            raise too_large()
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            raise Invalid("The address must not contain NUL")
        check_origin(scope["method"], headers, self.own_hosts)

    async def _refuse(self, problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/api/"):
            response = problem_response(problem, scope["path"])
        else:
            response = await self.page(Request(scope), problem)
        await response(scope, receive, lingering(receive, send) if isinstance(problem, BodyTooLarge) else send)


def lingering(receive: Receive, send: Send) -> Send:
    """A `send` that, before it ends the answer, reads and drops for a moment what the client is still sending.

    Closing a socket with unread bytes resets it, and the reset may overtake the answer (RFC 9112 section 9.6).
    """

    async def send_and_linger(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        await send({**message, "more_body": True})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                while (await receive()).get("more_body"):
                    pass
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return send_and_linger


def too_large() -> BodyTooLarge:
    """413, and the connection is closed so that the rest is not read."""
    return BodyTooLarge(f"At most {MAX_BODY} bytes", headers={"Connection": "close"})
