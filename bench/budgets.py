"""Every budget, as a list: what is bounded, by how much, and which figure of a run it is about."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound. `key` names the figure (see `record.Record.figures`); `what` says what the figure counts.

    The figure is at least the limit, or with `at_most` at most it.
    """

    key: str
    work: str
    what: str
    limit: float
    at_most: bool = False

    def holds(self, figure: float) -> bool:
        """Whether a measured figure keeps it."""
        return figure <= self.limit if self.at_most else figure >= self.limit

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.limit:,g}"


def most(key: str, work: str, what: str, limit: float) -> Bound:
    """A figure that is at most the limit."""
    return Bound(key, work, what, limit, at_most=True)


RATIO: Final = "of the calibration's rate"
CPU: Final = "CPU ms each"
GUEST: Final = "thread page, 50 replies, guest, unchanged since it was drawn"
KNOWN: Final = "the same with If-None-Match, 304"
FIRST: Final = "the same, drawn for the first time"
SIGNED_IN: Final = "thread page, 50 replies, signed in"
ON_SQLITE: Final = "a durable reply, SQLite, 16 clients"
ON_POSTGRESQL: Final = "a durable reply, PostgreSQL, 16 clients"
MILLION: Final = "a thread of 1,000,000 replies"
TELLING: Final = "one reply told to 100,000 people"
TOLD_ON_POSTGRESQL: Final = f"{TELLING}, PostgreSQL"
HOT: Final = "reading a thread with 1,000 replies a minute"
STREAMS: Final = "5,000 open streams, one process"
REST: Final = "one process"
WIRE: Final = "a first visit to a thread with 2 replies"
PROCESSES: Final = "2 app and 2 worker processes, PostgreSQL"
AS_SMALL: Final = "times the CPU of a thread of 100"
AS_ONE: Final = "times the rate of 1 and 1"

BUDGETS: Final[tuple[Bound, ...]] = (
    Bound("guest.ratio", GUEST, RATIO, 0.20),
    most("guest.cpu", GUEST, CPU, 0.12),
    Bound("guest.nodebb", GUEST, "times NodeBB's page of 20, by CPU", 150),
    Bound("guest.wordpress", GUEST, "times WordPress's page of 50, by CPU", 1000),
    most("guest.stale", GUEST, "answers older than an acknowledged write, same process", 0),
    most("guest.elsewhere", GUEST, "s until another process shows a write, longest", 1),
    Bound("known.ratio", KNOWN, RATIO, 0.25),
    most("first.cpu", FIRST, CPU, 8),
    Bound("first.peers", FIRST, "times the lightest peer's page, by CPU", 10),
    Bound("signed_in.ratio", SIGNED_IN, RATIO, 0.04),
    Bound("signed_in.peers", SIGNED_IN, "times the lightest peer's page, by CPU", 20),
    Bound("list.ratio", "thread list, 30 threads, unchanged", RATIO, 0.15),
    Bound("list_first.ratio", "the same, drawn for the first time", RATIO, 0.03),
    Bound("json.ratio", "JSON of 50 replies, unchanged", RATIO, 0.15),
    Bound("json_first.ratio", "the same, made for the first time", RATIO, 0.03),
    most("reply.cpu", ON_SQLITE, CPU, 0.7),
    Bound("reply.ratio", ON_SQLITE, RATIO, 0.03),
    Bound("reply.isso", ON_SQLITE, "times Isso's comments per s", 4),
    Bound("reply.remark42", ON_SQLITE, "times Remark42's comments per s", 2.5),
    most("reply.p99", ON_SQLITE, "ms, 99th percentile", 60),
    Bound("reply_postgresql.ratio", ON_POSTGRESQL, RATIO, 0.025),
    most("size.first", f"{MILLION}: first page", AS_SMALL, 1.3),
    most("size.middle", f"{MILLION}: middle page", AS_SMALL, 1.3),
    most("size.last", f"{MILLION}: last page", AS_SMALL, 1.3),
    most("size.list", "a list of 1,000,000 threads", "times the CPU of a list of 100", 1.3),
    most("telling.latency", TELLING, "times the median of posting at rest", 1.1),
    most("telling.seconds", TELLING, "s until the last one is told on the site", 20),
    most("telling.memory", TELLING, "times the memory before", 1.1),
    most("telling_postgresql.latency", TOLD_ON_POSTGRESQL, "times the median of posting at rest", 1.1),
    most("telling_postgresql.seconds", TOLD_ON_POSTGRESQL, "s until the last one is told on the site", 20),
    most("telling_postgresql.memory", TOLD_ON_POSTGRESQL, "times the memory before", 1.1),
    most("hot.guests", HOT, "ms for guests, 99th percentile", 100),
    most("hot.members", HOT, "ms for members, 99th percentile", 100),
    most("hot.wrong", HOT, "replies lost, doubled or misnumbered; wrong answers", 0),
    most("streams.seconds", STREAMS, "s until the last one has a reply", 1),
    most("streams.memory", STREAMS, "KB each", 40),
    most("rest.idle", REST, "MB resident, idle", 110),
    most("rest.loaded", REST, "MB resident, after the load", 200),
    most("rest.start", REST, "s from start to the first 200", 2),
    most("rest.cpu", REST, "% of a core, idle", 0.5),
    most("wire.page", WIRE, "KB of the page, compressed", 12),
    most("wire.visit", WIRE, "KB with all its CSS and JS, compressed", 40),
    most("wire.requests", WIRE, "requests", 6),
    most("wire.shift", WIRE, "layout shift", 0),
    Bound("wire.lighthouse", WIRE, "Lighthouse, the least of its four", 100),
    Bound("processes.kept", f"{PROCESSES}: pages unchanged", AS_ONE, 1.6),
    Bound("processes.drawn", f"{PROCESSES}: pages drawn", AS_ONE, 1.6),
    Bound("processes.reply", f"{PROCESSES}: durable replies", AS_ONE, 1.6),
    most("processes.wrong", PROCESSES, "replies lost, doubled or misnumbered", 0),
)  # fmt: skip
"""In the order in which they are printed. Peers that are not run beside are compared by `peers.MEASURED`."""
