"""Server-sent events on the wire (WHATWG HTML, section 9.2): the messages, and the answer that stays open.

FastAPI has event streams of its own; they take three tasks and two memory channels for each reader, and know the
first event only after the head of the answer has left. Here the request ends as soon as its stream has begun: our
server (`web.held`) keeps the connection, and what is told is written to it without any task in between.
"""

import asyncio
import random
from collections.abc import Callable
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.kit.streams import Stream

MEDIA_TYPE: Final = "text/event-stream"
RETRY: Final = (1_000, 5_000)
"""Milliseconds from which each stream draws how long its client waits before it comes back: after a restart not all
come at once."""
STREAM: Final = "parley.stream"
"""The key of the scope that says: this answer stays open, so how long it took says nothing."""
HOLD: Final = "parley.hold"
"""The extension of the ASGI scope by which our server takes an answer over that has begun and stays open: called with
the stream and what is to be called when the connection is gone; False where it is gone, or has no body, already."""


MOST_PIECES: Final = 16
"""Letters that wait at once for a server that is not ours."""


def message(event: str, text: str, *, position: int | None = None, retry: int | None = None) -> bytes:
    """One message. `text` is one line (JSON)."""
    lines = [f"retry: {retry}"] if retry is not None else []
    lines += [f"id: {position}"] if position is not None else []
    return "\n".join([*lines, f"event: {event}", f"data: {text}", "", ""]).encode()


def draw_retry() -> int:
    """How many milliseconds one client is told to wait before it comes back."""
    return random.randint(*RETRY)


class EventStream(Response):
    """The beginning of an answer that stays open: `first` is sent at once, and then what its stream is told, until the
    stream ends or the client goes. `leave` is called at the end, whatever ended it.
    """

    media_type = MEDIA_TYPE

    def __init__(self, stream: Stream, first: bytes, leave: Callable[[Stream], None]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept"})
        del self.headers["content-length"]
        self._stream, self._first, self._leave = stream, first, leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin, and hand the connection over; under another server, which takes none, wait for the end."""
        scope[STREAM] = STREAM
        hold: Any = scope.get("extensions", {}).get(HOLD)
        held = False
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self._first, "more_body": True})
            held = hold is not None and hold(self._stream, self._leave)
            if hold is None:
                await Relay(self._stream).run(receive, send)
            elif not held:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            if not held:
                self._stream.detach()
                self._leave(self._stream)


class Relay:
    """A stream's pipe under any other server: its letters wait here, and its request sends them."""

    def __init__(self, stream: Stream) -> None:
        self.is_full = False
        self._stream = stream
        self._pieces: list[bytes] = []
        self._woken = asyncio.Event()

    def write(self, piece: bytes) -> None:
        """Send a piece; see `kit.streams.Pipe`. What comes while another is being sent waits with the stream."""
        self._pieces.append(piece)
        self.is_full = len(self._pieces) >= MOST_PIECES
        self._woken.set()

    def finish(self) -> None:
        """End the answer."""
        self._woken.set()

    def abort(self) -> None:
        """End it at once."""
        self._pieces.clear()
        self._woken.set()

    async def run(self, receive: Receive, send: Send) -> None:
        """Send until the stream ends or the client goes."""
        going = asyncio.create_task(gone(receive))
        going.add_done_callback(lambda _: self._stream.drop())
        self._stream.attach(self)
        try:
            while self._pieces or not self._stream.is_over:
                await self._woken.wait()
                self._woken.clear()
                body, self._pieces = b"".join(self._pieces), []
                await send({"type": "http.response.body", "body": body, "more_body": True})
                self.is_full = False
                self._stream.write_on()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            going.cancel()


async def gone(receive: Receive) -> None:
    """Return when the client has gone; what it sends meanwhile is nothing to us."""
    while (await receive())["type"] != "http.disconnect":
        pass
