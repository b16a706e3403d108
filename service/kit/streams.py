"""One open stream: what it may hear, what it was told, and what waits while its reader does not read."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from service.kit.actor import Actor

MOST_WAITING: Final = 256
"""Letters that wait for a slow stream before it is cut off; it comes back and resumes, which costs less."""

Letter = tuple[int | None, bytes]
"""Its event's position (None: it has none), and what is sent. The bytes are shared by all streams."""


class Pipe(Protocol):
    """The way to one reader. What does not fit into the machine's buffers makes it full, until it can be written on."""

    is_full: bool

    def write(self, piece: bytes) -> None:
        """Send a piece. Never waits."""

    def finish(self) -> None:
        """End the answer in good order, with what was written before."""

    def abort(self) -> None:
        """Drop the connection at once with whatever it holds back."""


@dataclass(eq=False, slots=True)
class Stream:
    """One open stream: who listens with which credential, to what.

    `secret` is ("session" or "token", its hash), None for guests; `key` is what its streams are counted under.
    `position` is the last event that it was told, or that it need not be told; `told_at` the monotonic time at which
    something was last sent. Until it has its pipe, letters wait.
    """

    topic: int
    actor: Actor
    secret: tuple[str, str] | None
    key: str
    position: int = 0
    is_over: bool = False
    is_cut: bool = False
    told_at: float = field(default_factory=time.monotonic)
    _pipe: Pipe | None = None
    _waiting: list[Letter] | None = None

    @property
    def is_attached(self) -> bool:
        """Whether what it is told leaves at once; what it begins with is still being found otherwise."""
        return self._pipe is not None

    @property
    def is_stuck(self) -> bool:
        """Whether its reader does not read."""
        return self._pipe is not None and self._pipe.is_full

    def attach(self, pipe: Pipe) -> None:
        """From now on letters leave by this pipe, at first those that wait."""
        self._pipe = pipe
        self.write_on()
        if self.is_over:
            pipe.abort() if self.is_cut else pipe.finish()

    def detach(self) -> None:
        """The pipe is gone; so nothing holds on to the other."""
        self._pipe, self._waiting, self.is_over = None, None, True

    def offer(self, position: int | None, letter: bytes) -> None:
        """Let `letter` be sent, unless its position was told already. Too many waiting: cut."""
        if self.is_over or self._is_old(position):
            return
        if self._pipe is not None and not self._pipe.is_full:
            self._send(position, letter)
            return
        waiting = self._waiting = self._waiting or []
        if len(waiting) < MOST_WAITING:
            waiting.append((position, letter))
        else:
            self.cut()

    def say(self, letter: bytes) -> None:
        """Send what is worth nothing later, if it can be sent now."""
        if self._pipe is not None and not self._pipe.is_full and not self.is_over:
            self._send(None, letter)

    def write_on(self) -> None:
        """The pipe takes letters again: send what waits, without what was told meanwhile."""
        waiting, self._waiting = self._waiting, None
        for position, letter in waiting or ():
            if not self._is_old(position):
                self._send(position, letter)

    def end(self) -> None:
        """Nothing more is told; what waits is still sent, unless the reader does not read."""
        if self.is_over:
            return
        if self.is_stuck:
            self.cut()
            return
        self.is_over = True
        if self._pipe is not None:
            self._pipe.finish()

    def drop(self) -> None:
        """As `end`, at once: what waits is dropped, and the connection with it."""
        self._waiting = None
        if not self.is_over:
            self.is_over = True
            if self._pipe is not None:
                self._pipe.abort()

    def cut(self) -> None:
        """Drop it because its reader does not read."""
        self.is_cut = self.is_cut or not self.is_over
        self.drop()

    def _send(self, position: int | None, letter: bytes) -> None:
        if self._pipe is not None:
            self._pipe.write(letter)
        self.told_at = time.monotonic()
        if position is not None:
            self.position = position

    def _is_old(self, position: int | None) -> bool:
        return position is not None and position <= self.position


def offer_all(streams: Iterable[Stream], letters: list[Letter]) -> None:
    """Offer these letters, in order, to all these streams: as one piece to those who need all of them."""
    first = next((position for position, _ in letters if position is not None), None)
    last = max((position for position, _ in letters if position is not None), default=None)
    whole = b"".join(letter for _, letter in letters)
    for stream in streams:
        if not stream.is_attached or (first is not None and stream.position >= first):
            for position, letter in letters:
                stream.offer(position, letter)
        else:
            stream.offer(last, whole)
