"""In which content coding an answer travels: gzip where that is wanted, else as it is (RFC 9110 section 12.5.3)."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipResponder, IdentityResponder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web.cache import packed_tag

SMALLEST: Final = 800
LEVEL: Final = 4
"""Bytes below which nothing is compressed unless it must be, and how hard what is compressed for one reader is."""

LONGEST: Final = 200
"""Bytes of Accept-Encoding that are looked at: ours is remembered, and browsers send thirty."""

QVALUE: Final = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")
Headers = Iterable[tuple[bytes, bytes]]


def accepted(headers: Headers) -> bytes:
    """The request's Accept-Encoding; what stands in several lines is one list (RFC 9110 section 5.3)."""
    return b",".join(value for name, value in headers if name == b"accept-encoding")


def packed_from(said: bytes) -> int | None:
    """From how many bytes on an answer is compressed for who sent this Accept-Encoding; None: it is not."""
    return _packed_from(said) if said and len(said) <= LONGEST else None


@lru_cache(200)
def _packed_from(said: bytes) -> int | None:
    """The same, remembered. gzip must be at least as welcome as no coding; where that is refused, an answer of one byte
    is compressed too. Where nothing is acceptable, the answer comes as it is.
    """
    weights = dict(_weighed(each) for each in said.decode("latin-1").lower().split(","))
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    plain = weights.get("identity")
    if gzip == 0 or (plain is not None and plain > gzip):
        return None
    return 1 if plain == 0 else SMALLEST


def _weighed(element: str) -> tuple[str, float]:
    """A coding and its weight: 1 where none is said, 0 where it cannot be read."""
    name, *parameters = element.split(";")
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            return name.strip(), float(value) if QVALUE.fullmatch(value := value.strip()) else 0.0
    return name.strip(), 1.0


class Packing:
    """The ASGI layer that compresses what the doors answer, where its reader wants that. A compressed answer's strong
    ETag is another than that of the plain one (RFC 9110 section 8.8.3.3), and 304 says what 200 would vary by.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _named(message["status"], message["headers"])
            await send(message)

        smallest = packed_from(accepted(scope["headers"]))
        plain = smallest is None
        layer = IdentityResponder(self.app, SMALLEST) if plain else GZipResponder(self.app, smallest or 0, LEVEL)
        await layer(scope, receive, send_named)


def _named(status: int, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer as it leaves."""
    if status == 304:
        named = MutableHeaders(raw=headers)
        named.add_vary_header("Accept-Encoding")
        return named.raw
    if (b"content-encoding", b"gzip") not in headers:
        return headers
    return [(name, packed_tag(value.decode("latin-1")).encode("latin-1") if name == b"etag" else value)
            for name, value in headers]  # fmt: skip
