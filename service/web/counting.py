"""The outermost ASGI layer: gives each request its id, counts it by its route, and logs it if that is wanted.

It must cost next to nothing (a kept page is answered in 30 µs), so it makes one object for a request and keeps plain
numbers; `/metrics` turns them into Prometheus' form when it is asked.

A request is named by its *route*, the template of its path (`/t/{thread_id}/{slug}`), never by the path itself: paths
are without number, and some of them are secrets (`/statement/…`, `/unsubscribe/…`).
"""

import logging
from time import perf_counter
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.kit.logs import CONTEXT
from service.kit.measures import Spread
from service.kit.tracing import Tracing
from service.web.request_ids import REQUEST_ID, Naming, parent_of
from service.web.routes import route_of
from service.web.streams import STREAM

log = logging.getLogger("parley.access")

METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Counted:
    """The requests of one method to one route: how many by status class (0: the answer never began), and how long
    they took; `streams` are those whose answer stays open.
    """

    __slots__ = ("classes", "seconds", "streams")

    def __init__(self) -> None:
        self.classes = [0] * 6
        self.seconds = Spread()
        self.streams = 0


class Traffic:
    """All requests of this process by (method, route), and how many are being answered now."""

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str], Counted] = {}
        self.underway = 0

    def counted(self, method: str, route: str) -> Counted:
        """The numbers of a route, made when it is first asked for."""
        key = (method if method in METHODS else "other", route)
        found = self.routes.get(key)
        if found is None:
            found = self.routes[key] = Counted()
        return found


class Noted:
    """One request on its way: sees the head of the answer pass, and puts the request's id on it."""

    __slots__ = ("id", "scope", "send", "status")

    def __init__(self, scope: Scope, send: Send, name: str) -> None:
        self.scope, self.send, self.id = scope, send, name
        self.status = 0

    async def pass_on(self, message: Message) -> None:
        """Send a piece of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self.id.encode("ascii"))]
        await self.send(message)

    def facts(self) -> dict[str, Any]:
        """What a log line says of it."""
        return {"request": self.id, "method": self.scope["method"], "route": route_of(self.scope)}


class Counting:
    """Counts every HTTP request in `traffic`. `naming` makes their ids; `tells` says whether each is logged."""

    def __init__(
        self, app: ASGIApp, traffic: Traffic, naming: Naming, *, tells: bool = False, tracing: Tracing | None = None
    ) -> None:
        self.app, self.traffic, self.naming = app, traffic, naming
        self.tells, self.tracing = tells, tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; other kinds of scope pass untouched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        name = self.naming.name(scope)
        noted = Noted(scope, send, name)
        scope[REQUEST_ID] = name
        self.traffic.underway += 1
        before = CONTEXT.set(noted.facts)
        try:
            if self.tracing is None:
                await self.app(scope, receive, noted.pass_on)
            else:
                parent = parent_of(scope) if self.naming.believes(scope) else None
                with self.tracing.request(scope["method"], parent) as span:
                    try:
                        await self.app(scope, receive, noted.pass_on)
                    finally:
                        span.answered(route_of(scope), noted.status)
        finally:
            CONTEXT.reset(before)
            self.traffic.underway -= 1
            self._count(scope, noted, perf_counter() - began)

    def _count(self, scope: Scope, noted: Noted, seconds: float) -> None:
        route = route_of(scope)
        counted = self.traffic.counted(scope["method"], route)
        counted.classes[noted.status // 100] += 1
        if STREAM in scope:
            counted.streams += 1
        else:
            counted.seconds.add(seconds)
        if self.tells:
            facts = {**noted.facts(), "status": noted.status, "milliseconds": round(seconds * 1000, 1)}
            log.info("answered", extra={"facts": facts})
