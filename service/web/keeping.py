"""Answers for guests, kept as bytes: drawn once, given again until they are not true any more (decision 19).

Only what nobody in particular asks for is kept: a GET without a session's cookie and without a token, from a door that
says of which subjects its answer tells (`keep`). Such an answer has an ETag, and 304 costs no drawing.
"""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from service.kit import events
from service.kit.clock import now
from service.kit.database import Session
from service.kit.kept import Kept, Offer, Subject, Terms
from service.web.cache import is_known
from service.web.routes import ROUTE, route_of

OFFER: Final = "parley.offer"
SMALLEST: Final = 800
LEVEL: Final = 6
"""Bytes below which nothing is compressed, and how hard the rest is: it is done once."""

Key = tuple[str, bytes]
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is noted before anything is read of a page that may be kept: when, and what had happened by then. On
    PostgreSQL each statement sees a later moment, so whoever asked afterwards would claim to know of too much.
    """

    at: datetime
    position: int

    @classmethod
    def begin(cls, session: Session) -> "Drawing":
        """Note it; the first statement of the unit of work."""
        return cls(now(session), events.last_position(session))

    def terms(self, subjects: Iterable[Subject], moments: Iterable[datetime | None] = ()) -> Terms:
        """The terms of a page of these subjects that time changes at these moments; past ones do not count."""
        to_come = [moment for moment in moments if moment is not None and moment > self.at]
        return Terms(frozenset(subjects), self.position, self.at, min(to_come, default=None))


@dataclass(eq=False, slots=True)
class KeptAnswer:
    """An answer as bytes: its headers without its length, its ETag, and its compressed form once somebody asked."""

    headers: Headers
    etag: str
    body: bytes
    route: str
    packed: bytes | None = None

    async def send(self, asked: "Asked", kept: Kept, scope: Scope, send: Send) -> None:
        """Answer with it: 304 to one who has it, else in an encoding that is accepted."""
        scope[ROUTE] = self.route
        if asked.if_none_match is not None and is_known(self.etag, asked.if_none_match.decode("latin-1")):
            headers = [each for each in self.headers if each[0] != b"content-type"]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        body, headers = self.body, self.headers
        if asked.packed and len(body) >= SMALLEST:
            if self.packed is None:
                self.packed = gzip.compress(body, LEVEL, mtime=0)
                kept.grow(asked.key, len(self.packed))
            body, headers = self.packed, [*headers, (b"content-encoding", b"gzip")]
        headers = [*headers, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@dataclass(frozen=True, slots=True)
class Asked:
    """A guest's GET, as far as kept answers depend on it."""

    key: Key
    if_none_match: bytes | None
    packed: bool


class Keeping:
    """The ASGI layer that answers guests from what is kept, and has the rest drawn. Inside the gate, whose checks and
    headers every answer needs; outside of compression, which kept answers bring along.
    """

    def __init__(self, app: ASGIApp, kept: Kept, cookie: str) -> None:
        self.app = app
        self.kept = kept
        self.cookie = cookie.encode()  # without its "=", before which a cookie may have spaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked = self._asked(scope) if self.kept.room and scope["type"] == "http" else None
        if asked is None:
            await self.app(scope, receive, send)
        elif (found := self.kept.get(asked.key)) is not None:
            await found.send(asked, self.kept, scope, send)
        else:
            with self.kept.offer() as offer:
                scope[OFFER] = offer, asked
                await self.app(scope, receive, send)

    def _asked(self, scope: Scope) -> Asked | None:
        """The guest's GET; None for what somebody in particular asks, and for what more than its address decides."""
        if scope["method"] != "GET":
            return None
        known, packed = None, False
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                packed = b"gzip" in value
            elif name == b"if-none-match":
                known = value
            elif name in DECISIVE or (name == b"cookie" and self.cookie in value):
                return None
        return Asked((scope["path"], scope["query_string"]), known, packed)


DECISIVE: Final = frozenset({b"authorization", b"if-modified-since", b"content-length", b"transfer-encoding", b"range"})


def keep_nothing(request: Request) -> None:
    """The request shows a credential: whatever this layer made of its headers, the answer is one person's."""
    request.scope.pop(OFFER, None)


def begin(request: Request, session: Session) -> Drawing | None:
    """Note what a drawing begins with, where its answer may be kept; the first line of the unit of work."""
    return Drawing.begin(session) if OFFER in request.scope else None


def keep(request: Request, response: Response, terms: Terms | None) -> Response:
    """The answer, kept under its terms where it may be (status 200, asked by a guest). It has an ETag then; whoever has
    it already gets 304.
    """
    found: tuple[Offer, Asked] | None = request.scope.get(OFFER)
    if found is None or terms is None or response.status_code != 200:
        return response
    offer, asked = found
    body = bytes(response.body)
    if "etag" not in response.headers:  # weak (RFC 9110 section 8.8.1): the compressed form has the same
        response.headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
    lasting = MutableHeaders(raw=[each for each in response.raw_headers if each[0] != b"content-length"])
    lasting.add_vary_header("Accept-Encoding")
    answer = KeptAnswer(lasting.raw, lasting["etag"], body, route_of(request.scope))
    size = len(body) + len(asked.key[0]) + len(asked.key[1])  # an address may be longer than the answer
    request.app.state.kept.put(asked.key, answer, size, terms, offer)
    if asked.if_none_match is None or not is_known(answer.etag, asked.if_none_match.decode("latin-1")):
        return response
    rest = {name: value for name, value in lasting.items() if name != "content-type"}
    return Response(status_code=304, headers=rest)
