"""Who writes next: people, who wait for an answer, in order of arrival; and between them what works in the background.

A batch has units of one kind, so that nobody's answer waits for a step of a job. While people wait, one such step goes
between two batches of theirs, and only after PATIENCE: a step holds them up once, and no job starves.
"""

import asyncio
import queue
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from sqlmodel import Session

PATIENCE: Final = 0.1
"""Seconds that a unit of the background waits while people write; afterwards it is its turn after their batch."""

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
        self._was_patient = False

    def put(self, work: Work) -> None:
        """Queue a unit of work."""
        self._arrived.put(work)

    def end(self) -> None:
        """Let whoever takes end, once everything that was put before is taken."""
        self._arrived.put(None)

    def first(self) -> Work | None:
        """The first of the next batch, when there is one; None at the end."""
        self._look()
        while not (self._people or self._patient):
            if self._is_ending:
                return None
            self._sort(self._arrived.get())
        self._was_patient = not self._people or (not self._was_patient and self._is_due())
        return (self._patient if self._was_patient else self._people).popleft()

    def neighbour(self) -> Work | None:
        """One more for the same batch, of what waits already; None when there is none, or somebody else's turn."""
        self._look()
        if self._was_patient:
            return self._patient.popleft() if self._patient and not self._people else None
        return self._people.popleft() if self._people else None

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
