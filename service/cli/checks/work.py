"""Background work: whether anybody does it, what waits, what was given up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from service.cli.checks.findings import FAIL, Finding, judge
from service.kit.clock import now
from service.kit.database import Session
from service.kit.database.migrations import version_of
from service.kit.queue import backlog, living_workers

LONG: Final = timedelta(minutes=5)
"""A job that is due starts within seconds."""


def look(session: Session) -> Iterator[Finding]:
    """All of it."""
    if version_of(session) is None:
        return
    workers, waits = living_workers(session), backlog(session)
    yield judge(
        "workers", workers > 0, f"{workers} seen within the last 30 seconds",
        "Start `parley work` (with SQLite `parley serve` works too): no closing is told and no mail goes out.",
        otherwise=FAIL,
    )  # fmt: skip
    age = now(session) - waits.oldest if waits.oldest else timedelta(0)
    yield judge(
        "queue", age <= LONG, f"{waits.due} due, the oldest for {age.total_seconds():.0f} s",
        "Start another `parley work`, or see what holds it up: `parley jobs list`.",
    )  # fmt: skip
    yield judge(
        "given up", not waits.dead, f"{waits.dead} jobs",
        "See why with `parley jobs list`; then `parley jobs retry` or `parley jobs discard`.",
    )  # fmt: skip
