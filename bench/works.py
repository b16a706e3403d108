"""What is measured: each work, how it is asked for, and its budget."""

from dataclasses import dataclass
from typing import Literal

from bench.load import Requests, get, post
from bench.seed import Seeded, a_reply

READERS, WRITERS = 8, 16
"""Connections."""
CALIBRATION_SIZE = 20_000
"""Bytes of the calibration's answer beside a reply; beside a page it is as long as the page."""


@dataclass(frozen=True, slots=True)
class Budget:
    """One bound: `ratio` (to the calibration) is at least it; `cpu` (ms a request) and `p99` (ms) are at most it."""

    of: Literal["ratio", "cpu", "p99"]
    bound: float

    def __str__(self) -> str:
        if self.of == "ratio":
            return f"ratio ≥ {self.bound}"
        return f"{'CPU' if self.of == 'cpu' else 'p99'} ≤ {self.bound:g} ms"

    def holds(self, value: float) -> bool:
        """Whether a measured value keeps it."""
        return value >= self.bound if self.of == "ratio" else value <= self.bound


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of request. `path` and `headers` are for a generator that can only repeat itself; a work without a
    path is driven by our own. With `jobs` its follow-up is waited for and weighed apart.
    """

    name: str
    requests: Requests
    budgets: tuple[Budget, ...]
    status: int = 200
    connections: int = READERS
    path: str = ""
    headers: tuple[str, ...] = ()
    jobs: bool = False


KEPT = (Budget("ratio", 0.20), Budget("cpu", 0.12))
"""A page that is still true since it was last rendered."""
FIRST = (Budget("cpu", 8),)
"""A page's first rendering: ten times less than the lightest peer's page would be 1.7 to 14 ms."""


LISTED = (Budget("ratio", 0.15), Budget("ratio", 0.03))
"""Warm, and cold."""


def repeated(name: str, path: str, *headers: str, budgets: tuple[Budget, ...], status: int = 200) -> Work:
    """A GET."""
    return Work(name, get(path, *headers), budgets, status, path=path, headers=headers)


def reads(seeded: Seeded, etag: str | None) -> list[Work]:
    """Everything that is read; `etag` is that of the thread's page, if it has one."""
    page, signed_in = seeded.page, f"Cookie: {seeded.cookie}"
    works = [repeated("thread page, 50 replies, guest", page, budgets=KEPT + FIRST)]
    if etag:
        same = f"If-None-Match: {etag}"
        works.append(repeated("the same, If-None-Match", page, same, budgets=(Budget("ratio", 0.25),), status=304))
    return [
        *works,
        repeated("thread page, 50 replies, signed in", page, signed_in, budgets=(Budget("ratio", 0.04),)),
        repeated("thread list, 30 threads, guest", "/", budgets=LISTED),
        repeated("JSON of 50 replies", seeded.json_replies, budgets=LISTED),
    ]


def a_durable_reply(seeded: Seeded, where: str, budgets: tuple[Budget, ...]) -> Work:
    """A reply by token, in as many threads as there are clients, each with its event and its jobs."""
    threads = seeded.written_in
    requests = post(
        lambda number: f"/api/v1/threads/{threads[number % len(threads)]}/replies",
        a_reply,
        f"Authorization: Bearer {seeded.token}",
    )
    return Work(f"a durable reply, {where}", requests, budgets, 201, WRITERS, jobs=True)


ON_SQLITE = (Budget("cpu", 0.7), Budget("ratio", 0.03), Budget("p99", 60))
ON_POSTGRESQL = (Budget("ratio", 0.025),)
