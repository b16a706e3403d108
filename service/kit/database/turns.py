"""Who writes next: people, who wait for an answer, in order of arrival; and between them what works in the background.

A batch has units of one kind, so that nobody's answer waits for a step of a job. While people write, steps of jobs wait
for PATIENCE, gather meanwhile, and go between two batches: so they hold people up for a SHARE at most (one step, if it
takes longer), no job starves, and a commit that steps share costs little.
"""

import asyncio
import contextlib
import queue
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from sqlmodel import Session

PATIENCE: Final = 0.1
QUIET: Final = 0.01
SHARE: Final = 0.01
"""Seconds: that a unit of the background waits while people write, and afterwards it is its turn after their batch; how
long ago their last batch may be for them to count as writing, because who is answered writes again; and after which the
background lets them go on.
"""

in_background: Final[ContextVar[bool]] = ContextVar("in_background", default=False)
"""Whether what runs here is a job's: whoever runs jobs sets it, in the task that it gives them."""


@dataclass(slots=True)
class Work:
    """One unit of work and the future its caller awaits; `put_at` is by the monotonic clock."""

    unit: Callable[[Session], Any]
    future: asyncio.Future[Any]
    is_patient: bool = field(default_factory=in_background.get)
    put_at: float = field(default_factory=time.monotonic)
    result: Any = None
    error: BaseException | None = None


class Turns:
    """A queue that many threads put into and one takes from."""

    def __init__(self) -> None:
        self._arrived: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._people: deque[Work] = deque()
        self._patient: deque[Work] = deque()
        self._is_ending = False
        self._was_patient = True
        self._quiet_from = self._until = 0.0

    def put(self, work: Work) -> None:
        """Queue a unit of work."""
        self._arrived.put(work)

    def end(self) -> None:
        """Let whoever takes end, once everything that was put before is taken."""
        self._arrived.put(None)

    def first(self) -> Work | None:
        """The first of the next batch, when there is one; None at the end."""
        if not self._was_patient:
            self._quiet_from = time.monotonic() + QUIET
        self._look()
        while not self._people and (wait := self._pause()) != 0:
            with contextlib.suppress(queue.Empty):
                self._sort(self._arrived.get(timeout=wait))
        self._was_patient = not self._people or (not self._was_patient and self._is_due())
        self._until = time.monotonic() + SHARE
        line = self._patient if self._was_patient else self._people
        return line.popleft() if line else None

    def neighbour(self) -> Work | None:
        """One more for the same batch, of what waits already; None when there is none, or somebody else's turn."""
        self._look()
        if self._was_patient:
            goes = self._patient and (not self._people or time.monotonic() < self._until)
            return self._patient.popleft() if goes else None
        return self._people.popleft() if self._people else None

    def _pause(self) -> float | None:
        """For how long it is nobody's turn while no person comes; None: for good."""
        if self._is_ending:
            return 0
        if not self._patient:
            return None
        return max(0.0, min(self._quiet_from, self._patient[0].put_at + PATIENCE) - time.monotonic())

    def _is_due(self) -> bool:
        return bool(self._patient) and time.monotonic() - self._patient[0].put_at >= PATIENCE

    def _look(self) -> None:
        while not self._is_ending and not self._arrived.empty():
            self._sort(self._arrived.get())

    def _sort(self, arrived: Work | None) -> None:
        if arrived is None:
            self._is_ending = True
        else:
            (self._patient if arrived.is_patient else self._people).append(arrived)
