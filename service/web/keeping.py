"""Answers for guests, kept as bytes: drawn once, given again until they are not true any more (decision 19).

Only what nobody in particular asks for is kept: a GET without a session's cookie and without a token, from a door that
says of which subjects its answer tells (`keep`). Such an answer has an ETag, and 304 costs no drawing.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from service.kit import events
from service.kit.clock import now
from service.kit.database import Session
from service.kit.kept import Kept, Offer, Subject, Terms
from service.web.cache import known_as, packed_tag
from service.web.packing import packed_from
from service.web.routes import ROUTE, route_of

OFFER: Final = "parley.offer"
LEVEL: Final = 6
"""How hard an answer is compressed: it is done once."""

Key = tuple[str, str]
"""A path, and of its query what the door reads."""
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
        if (known := asked.knows(self.etag)) is not None:
            headers = renamed(self.headers, known, without=b"content-type")
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        body, headers = self.body, self.headers
        if asked.packed_from is not None and len(body) >= asked.packed_from:
            if self.packed is None:
                self.packed = gzip.compress(body, LEVEL, mtime=0)
                kept.grow(asked.key, len(self.packed))
            body = self.packed
            headers = [*renamed(headers, packed_tag(self.etag)), (b"content-encoding", b"gzip")]
        headers = [*headers, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@dataclass(frozen=True, slots=True)
class Asked:
    """A guest's GET, as far as kept answers depend on it. `anew` says that it wants none and leaves none."""

    key: Key
    if_none_match: str | None
    packed_from: int | None
    anew: bool

    def knows(self, etag: str) -> str | None:
        """The ETag under which the guest has the answer with this one already."""
        return None if self.if_none_match is None else known_as(etag, self.if_none_match)


def renamed(headers: Headers, etag: str, without: bytes = b"") -> Headers:
    """The headers with another ETag, and without one of them."""
    return [(name, etag.encode() if name == b"etag" else value) for name, value in headers if name != without]


class Keeping:
    """The ASGI layer that answers guests from what is kept, and has the rest drawn. Inside the gate, whose checks and
    headers every answer needs; outside of compression, which kept answers bring along. `reads` tells of a path what its
    door reads of the query: what else stands there is nobody's, and makes no answer of its own.
    """

    def __init__(self, app: ASGIApp, kept: Kept, cookie: str, reads: Callable[[str], frozenset[str]]) -> None:
        self.app = app
        self.kept = kept
        self.reads = reads
        self.cookie = cookie.encode()  # without its "=", before which a cookie may have spaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked = self._asked(scope) if self.kept.room and scope["type"] == "http" else None
        if asked is None:
            await self.app(scope, receive, send)
        elif not asked.anew and (found := self.kept.get(asked.key)) is not None:
            await found.send(asked, self.kept, scope, send)
        else:
            with self.kept.offer() as offer:
                scope[OFFER] = offer, asked
                await self.app(scope, receive, send)

    def _asked(self, scope: Scope) -> Asked | None:
        """The guest's GET; None for what somebody in particular asks, and for what more than its address decides."""
        if scope["method"] != "GET":
            return None
        accepted, known, anew = b"", None, False
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                accepted = accepted + b"," + value if accepted else value
            elif name == b"if-none-match":
                known = value if known is None else known + b"," + value
            elif name == b"cache-control":
                anew = anew or b"no-store" in value.lower()
            elif name in DECISIVE or (name == b"cookie" and self.cookie in value):
                return None
        said = None if known is None else known.decode("latin-1")
        return Asked(self._key(scope), said, packed_from(accepted), anew)

    def _key(self, scope: Scope) -> Key:
        """The request's key. A query is read as the doors read it; in what order the names come is all the same."""
        path, query = scope["path"], scope["query_string"]
        if not query:
            return path, ""
        names = self.reads(path)
        read = [pair for pair in parse_qsl(query.decode("latin-1"), keep_blank_values=True) if pair[0] in names]
        return path, urlencode(sorted(read, key=itemgetter(0)))


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
    if not asked.anew:
        request.app.state.kept.put(asked.key, answer, size, terms, offer)
    if (known := asked.knows(answer.etag)) is None:
        return response
    rest = {name: value for name, value in lasting.items() if name != "content-type"}
    return Response(status_code=304, headers=rest | {"etag": known})
