"""The outermost ASGI layer: what is refused before any route is asked, and the headers every answer carries."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.kit.errors import BadRequest, BodyTooLarge, Invalid, Problem
from service.web.origin import check_origin
from service.web.problems import PageOfProblem, Unexpected, problem_response
from service.web.request_ids import REQUEST_ID
from service.web.routes import note_route, route_of

log = logging.getLogger(__name__)
MAX_BODY: Final = 1_000_000
MAX_FILE: Final = 200_000_000
FILES: Final = frozenset({"/admin/import"})
"""Bytes that a request may have; and that it may have where a form sends a file, which is written to the disk as it
arrives. Those screens look who is asking before they read on."""

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
UNKEPT: Final = ((b"cache-control", b"private, no-cache"),)
"""For answers that say nothing of caches: what one reader may see is for nobody else's."""


class BodyOverflow(BaseException):
    """Raised inside `receive`; a BaseException, so that nothing on the way takes it for a broken body (400)."""


@dataclass(slots=True)
class Exchange:
    """One request's two directions: what comes in is counted, what goes out is secured.

    `started` says that the head of the answer is on its way, so that no other can follow.
    """

    receive: Receive
    send: Send
    security: list[tuple[bytes, bytes]]
    most: int = MAX_BODY
    started: bool = False
    received: int = 0

    async def receive_counted(self) -> Message:
        """The next piece of the body. Raises BodyOverflow beyond the limit."""
        message = await self.receive()
        self.received += len(message.get("body", b""))
        if self.received > self.most:
            raise BodyOverflow
        return message

    async def send_secured(self, message: Message) -> None:
        """Send a piece of the answer, its head with the security headers."""
        if message["type"] == "http.response.start":
            self.started = True
            given = message.get("headers", ())
            kept = () if any(name == b"cache-control" for name, _ in given) else UNKEPT
            message["headers"] = [*given, *kept, *self.security]
        await self.send(message)


class Gate:
    """Refuses oversize bodies, ambiguous framing, unstorable addresses and cross-site writes; adds security headers.

    What nobody foresaw is logged and answered 500 here: Starlette's own place for that lies outside of every
    middleware, so its answer would carry no security headers.
    """

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
        most = most_of(scope)
        exchange = Exchange(receive, send, self.security, most)
        inner = as_get(scope)
        try:
            self._check(scope, most)
            try:
                await self.app(inner, exchange.receive_counted, exchange.send_secured)
            finally:
                note_route(inner, scope)
        except (BodyOverflow, Exception) as error:
            if not exchange.started:
                await self._refuse(problem_of(error, scope, most), scope, receive, exchange.send_secured)
            elif not isinstance(error, BodyOverflow):
                raise

    def _check(self, scope: Scope, most: int) -> None:
        headers = dict(scope["headers"])
        if b"content-length" in headers and b"transfer-encoding" in headers:
            raise BadRequest("Content-Length and Transfer-Encoding together", headers={"Connection": "close"})
        length = headers.get(b"content-length", b"0")
        if not length.isdigit():
            raise BadRequest("Content-Length must be a number", headers={"Connection": "close"})
        if len(length) > MOST_DIGITS or int(length) > most:
            raise too_large(most)
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            raise Invalid("The address must not contain NUL")
        check_origin(scope["method"], headers, self.own_hosts)

    async def _refuse(self, problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/api/"):
            response = problem_response(problem, scope["path"])
        else:
            response = await self.page(Request(scope), problem)
        await response(scope, receive, lingering(receive, send) if isinstance(problem, BodyTooLarge) else send)


def as_get(scope: Scope) -> Scope:
    """HEAD is answered as GET; the server leaves the body out (RFC 9110 section 9.3.2)."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


def most_of(scope: Scope) -> int:
    """How many bytes the request's body may have."""
    if scope["path"] not in FILES or scope["method"] != "POST":
        return MAX_BODY
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return MAX_FILE if kind.partition(b";")[0].strip().lower() == b"multipart/form-data" else MAX_BODY


def problem_of(error: BaseException, scope: Scope, most: int = MAX_BODY) -> Problem:
    """What to answer for an error that no route answered; what nobody foresaw is logged here, once."""
    if isinstance(error, BodyOverflow):
        return too_large(most)
    if isinstance(error, Problem):
        return error
    log.error("unexpected %s at %s %s", type(error).__name__, scope["method"], route_of(scope), exc_info=error)
    name = scope.get(REQUEST_ID)
    return Unexpected(extra={"request_id": name} if name else None)


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


def too_large(most: int = MAX_BODY) -> BodyTooLarge:
    """413, and the connection is closed so that the rest is not read."""
    return BodyTooLarge(f"At most {most} bytes", headers={"Connection": "close"})
