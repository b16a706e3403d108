"""The server's protocol for answers that stay open: a connection is written to as events come, and has no task.

A task with its frames of every layer, its request and its timers took 33 KB for each reader; without them it is the
connection and what it may hear. One piece of bytes serves all readers of a thread.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.kit.streams import Stream

MOST_BUFFERED: Final = 32_768
"""Bytes that this process keeps for a reader who does not read, beside what the kernel keeps. Then letters wait, which
all readers share, and when too many do, the stream is cut (`kit.streams`)."""

LINGER: Final = 2.0
"""Seconds for which the end of a stream may take to leave; then the connection is dropped, so that nobody who does not
read delays the end of the process."""

END: Final = b"0\r\n\r\n"
"""The last chunk (RFC 9112 section 7.1)."""


class Held(HttpToolsProtocol):
    """One connection of uvicorn's, which can be handed over to a stream: then it is that stream's pipe."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.is_full = False
        self._stream: Stream | None = None
        self._leave: Callable[[Stream], None] | None = None

    def hold(self, stream: Stream, leave: Callable[[Stream], None]) -> bool:
        """Take over an answer that has begun: uvicorn knows of it no more, but closes the connection at the end.

        False where there is nobody to tell, nothing may follow the head (HEAD), or more requests wait behind this one:
        then `cycle` is the last one's, and they are to be answered.
        """
        cycle = self.cycle
        if self.pipeline or self.transport.is_closing() or cycle.disconnected or cycle.scope["method"] == "HEAD":
            return False
        cycle.response_complete = True  # so uvicorn does not miss its end
        self._stream, self._leave = stream, leave
        self._forget_request()
        self.transport.set_write_buffer_limits(high=MOST_BUFFERED)
        stream.attach(self)
        return True

    def _forget_request(self) -> None:
        """What served the request is not needed any more: it is most of what a connection weighs."""
        nothing: Any = None
        self.cycle = self.scope = self.headers = self.pipeline = self.parser = self.url = nothing

    def write(self, piece: bytes) -> None:
        """Send a piece; see `kit.streams.Pipe`."""
        self.transport.write(chunk(piece))

    def finish(self) -> None:
        """End the answer; the connection closes when it has left."""
        if not self.transport.is_closing():
            self.transport.write(END)
            self.transport.close()
            self.loop.call_later(LINGER, self.transport.abort)

    def abort(self) -> None:
        """Drop the connection."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """What the client sends while it listens is nothing to us."""
        if self._stream is None:
            super().data_received(data)

    def pause_writing(self) -> None:
        """The reader does not read."""
        super().pause_writing()
        self.is_full = True

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self.is_full = False
        if self._stream is not None:
            self._stream.write_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, whoever brought it about."""
        super().connection_lost(exc)
        stream, leave = self._stream, self._leave
        self._stream = self._leave = None
        if stream is not None and leave is not None:
            stream.detach()
            leave(stream)


@lru_cache(maxsize=256)
def chunk(piece: bytes) -> bytes:
    """A piece as a chunk of the body (RFC 9112 section 7.1): one object, however many readers are sent it."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)
