"""The server's protocol, with a bound on what it leaves open: how long the head of a request may be."""

from typing import Any, Final

from service.web.held import Held
from service.web.request_ids import PEER
from service.web.streams import HOLD

MOST_HEAD: Final = 65_536
"""Bytes of request line and headers beyond what arrived first. A client that never ends its head would otherwise fill
the memory: httptools keeps all of it (RFC 6585 section 5 has the answer for it)."""

TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 35\r\nconnection: close\r\n\r\nThe head of the request is too long"
)
LINGER: Final = 2.0
"""Seconds for which what still comes is read and dropped: a reset would overtake the answer (RFC 9112 section 9.6)."""


class BoundedHead(Held):
    """One connection. A head that has not ended after MOST_HEAD further bytes is answered 431 and cut off."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._in_head = False
        self._waited_for = 0
        self._refused = False

    def on_message_begin(self) -> None:
        """A request begins. An answer may stay open; the other end of the connection is known."""
        super().on_message_begin()
        self.scope["extensions"] = {HOLD: self.hold, PEER: self.client}  # type: ignore[dict-item]
        self._in_head, self._waited_for = True, 0

    def on_headers_complete(self) -> None:
        """Its head has ended; what follows is counted by the gate."""
        self._in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head is too long. The piece in which it begins is not counted: it may end another."""
        if self._refused:
            return
        waiting = self._in_head
        super().data_received(data)
        if waiting and self._in_head and not self.transport.is_closing():
            self._waited_for += len(data)
            if self._waited_for > MOST_HEAD:
                self._refuse()

    def _refuse(self) -> None:
        self._refused = True
        self.transport.write(TOO_LARGE)
        self.loop.call_later(LINGER, self.transport.close)
