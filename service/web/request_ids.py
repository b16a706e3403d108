"""The name of a request: what its answer carries as `X-Request-Id`, and every log line that it causes."""

import ipaddress
import itertools
import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from starlette.types import Scope

from service.web.origin import Network

PLAIN: Final = re.compile(rb"[A-Za-z0-9_-]{1,64}")
"""What a proxy's id may look like: nothing that could break a header, a log line or a label."""

TRACEPARENT: Final = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
"""W3C Trace Context, section 3.2: version, trace, span, flags. A later version may add to it."""

REQUEST_ID: Final = "parley.request_id"
"""The key of the scope that has the id, for whoever answers."""

PEER: Final = "parley.peer"
"""The extension of the ASGI scope in which our server tells the other end of the connection itself: `client` is by
then what a trusted proxy said in `X-Forwarded-For`."""


class Naming:
    """Gives ids: a trusted proxy's own, else one of ours, which no other process gives as well."""

    def __init__(self, trusted: Iterable[Network] = ()) -> None:
        self._trusted = tuple(trusted)
        self._prefix = secrets.token_hex(5)
        self._next = itertools.count(1).__next__
        self._is_trusted = lru_cache(maxsize=256)(self._lies_within)

    def name(self, scope: Scope) -> str:
        """The request's id."""
        if self._trusted and (given := self._given(scope)):
            return given
        return f"{self._prefix}-{self._next():x}"

    def believes(self, scope: Scope) -> bool:
        """Whether the request comes from a trusted proxy, whose word on ids and traces counts."""
        if not self._trusted:
            return False
        peer = scope.get("extensions", {}).get(PEER) or scope.get("client")
        return peer is not None and self._is_trusted(peer[0])

    def _given(self, scope: Scope) -> str:
        """What the proxy calls it: its `X-Request-Id`, or else the trace of its `traceparent`; empty if neither."""
        given = header(scope, b"x-request-id")
        trace = TRACEPARENT.fullmatch(header(scope, b"traceparent"))
        if not (PLAIN.fullmatch(given) or trace) or not self.believes(scope):
            return ""
        return (given if PLAIN.fullmatch(given) else trace[1] if trace else b"").decode("ascii")

    def _lies_within(self, address: str) -> bool:
        try:
            peer = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(peer in network for network in self._trusted)


def parent_of(scope: Scope) -> dict[str, str]:
    """What the request says of the trace that it is a part of (W3C Trace Context), for whoever may be believed."""
    names = (b"traceparent", b"tracestate")
    return {name.decode(): found.decode("latin-1") for name in names if (found := header(scope, name))}


def header(scope: Scope, name: bytes) -> bytes:
    """The first header of that name (in lower case); empty where there is none."""
    return next((value for given, value in scope["headers"] if given == name), b"")
