"""Server-sent events on the wire (WHATWG HTML, section 9.2): the messages, and the answer that stays open.

FastAPI has event streams of its own; they take three tasks and two memory channels for each reader, and know the
first event only after the head of the answer has left. Here a stream is one task that waits, and one that hears the
client go.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.kit.broadcast import Stream, nothing

MEDIA_TYPE: Final = "text/event-stream"
HEARTBEAT: Final = 13.0
"""Seconds after which a stream that has nothing to tell says that it is alive, for proxies and for the client."""
COMMENT: Final = b":\n\n"
RETRY: Final = (1_000, 5_000)
"""Milliseconds from which each stream draws how long its client waits before it comes back: after a restart not all
come at once."""
STREAM: Final = "parley.stream"
"""The key of the scope that says: this answer stays open, so how long it took says nothing."""
CUT: Final = "cut"
"""Its value where the stream was broken off because its client did not read."""
ABORT: Final = "parley.abort"
"""The extension of the ASGI scope by which our server lets a connection be dropped with what it holds back."""


def message(event: str, text: str, *, position: int | None = None, retry: int | None = None) -> bytes:
    """One message. `text` is one line (JSON)."""
    lines = [f"retry: {retry}"] if retry is not None else []
    lines += [f"id: {position}"] if position is not None else []
    return "\n".join([*lines, f"event: {event}", f"data: {text}", "", ""]).encode()


def draw_retry() -> int:
    """How many milliseconds one client is told to wait before it comes back."""
    return random.randint(*RETRY)


class EventStream(Response):
    """An answer that sends what its stream is told, until the stream ends or the client goes.

    `first` is sent at once; `leave` is called at the end, whatever ended it. A client that does not read is dropped
    when its stream is cut: what it holds back would stay in memory for as long as it likes.
    """

    media_type = MEDIA_TYPE

    def __init__(self, stream: Stream, first: bytes, leave: Callable[[Stream], None]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept"})
        del self.headers["content-length"]
        self._stream, self._first, self._leave = stream, first, leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the end; returns when nothing of the stream is left in this process."""
        scope[STREAM] = STREAM
        going = asyncio.create_task(gone(receive))
        try:
            async with asyncio.timeout(None) as limit:
                self._stream.on_cut = lambda: limit.reschedule(0)
                going.add_done_callback(lambda _: self._stream.cut())
                await self._send_all(send)
        except TimeoutError:
            scope[STREAM] = STREAM if going.done() else CUT
            await drop(scope, going)
        finally:
            self._stream.on_cut = nothing
            going.cancel()
            self._leave(self._stream)

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        piece: bytes | None = self._first
        while piece is not None:
            await send({"type": "http.response.body", "body": piece or COMMENT, "more_body": True})
            piece = await self._stream.take(HEARTBEAT)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def gone(receive: Receive) -> None:
    """Return when the client has gone; what it sends meanwhile is nothing to us."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def drop(scope: Scope, going: "asyncio.Task[None]") -> None:
    """Break the connection off and wait for a moment until the server has noticed."""
    abort: Any = scope.get("extensions", {}).get(ABORT)
    if abort is not None and not going.done():
        abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.wait({going})
