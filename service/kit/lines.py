"""Lines in which requests wait for something scarce: they have an end, where whoever comes is told to come again.

What piled up instead would take memory, and its askers would have gone long before their turn came.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from service.kit.errors import NotReady


class Line:
    """At most `most` may wait at once. `waiting` do so now, and so many were `refused`, for tests and metrics."""

    def __init__(self, what: str, most: int) -> None:
        self.what, self.most = what, most
        self.waiting = self.refused = 0

    @contextmanager
    def place(self, *, sure: bool = False) -> Iterator[None]:
        """A place for as long as the block takes. Raises NotReady (503, with Retry-After) when there is none; who is
        `sure` of one is counted all the same: the work in the background, whose number has a bound of its own.
        """
        if self.waiting >= self.most and not sure:
            self.refused += 1
            raise NotReady(f"Too many requests wait for {self.what}; nothing was stored. Try again.")
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1
