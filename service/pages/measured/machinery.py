"""The process itself: memory and processor, its event loop, kept answers, and its way to the database."""

import platform
from collections.abc import Iterator
from typing import Any

from prometheus_client import ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service import __version__
from service.kit.database.pool import MeasuredPool
from service.kit.kept import Kept
from service.kit.measures import Measures
from service.pages.measured.shapes import counter, gauge, histogram


class Machinery(Collector):
    """`kept`, the measures and the pools are the process's own; `database_up` says whether it answered just now."""

    def __init__(self, database: Any, kept: Kept, *, database_up: bool, is_draining: bool) -> None:
        self.database, self.kept = database, kept
        self.database_up, self.is_draining = database_up, is_draining
        self.measures = Measures.of(database)

    def collect(self) -> Iterator[Metric]:
        """Each metric with its samples."""
        labels = ("version", "python", "database")
        yield gauge(
            "parley_build_info", "Which Parley this is.", labels,
            [((__version__, platform.python_version(), self.database.dialect), 1)],
        )  # fmt: skip
        yield GaugeMetricFamily("parley_database_up", "Whether the database answered.", self.database_up)
        yield GaugeMetricFamily(
            "parley_database_stores", "Whether the last write was committed.", self.database.storing.works
        )
        yield GaugeMetricFamily("parley_draining", "Whether the process is about to stop.", self.is_draining)
        yield from self._measured()
        yield from self._pools()
        yield from self._kept()
        yield from ProcessCollector(registry=None).collect()

    def _measured(self) -> Iterator[Metric]:
        for name, metric, says in (
            ("loop.lag", "parley_event_loop_lag_seconds", "How late the event loop came to a timer, once a second."),
            ("commit", "parley_commit_seconds", "SQLite: how long a batch of units of work took, with its COMMIT."),
            ("commit.wait", "parley_write_wait_seconds", "SQLite: how long a unit of work waited for the writer."),
            ("commit.units", "parley_commit_units", "SQLite: how many units of work shared a commit."),
        ):
            if name in self.measures:
                yield histogram(metric, says, (), {(): self.measures[name]})

    def _pools(self) -> Iterator[Metric]:
        pools = pools_of(self.database)
        if not pools:
            return
        uses = [((name,), float(pool.checkedout())) for name, pool in pools.items()]
        yield gauge("parley_pool_in_use", "PostgreSQL: connections in use.", ("pool",), uses)
        sizes = [((name,), float(pool.size())) for name, pool in pools.items()]
        yield gauge("parley_pool_size", "PostgreSQL: connections that there may be.", ("pool",), sizes)
        yield histogram(
            "parley_pool_wait_seconds", "PostgreSQL: until a connection was had.", ("pool",),
            {(name,): pool.waits for name, pool in pools.items()},
        )  # fmt: skip

    def _kept(self) -> Iterator[Metric]:
        counts = self.kept.counts
        yield counter(
            "parley_kept_lookups", "Answers for guests looked for among those kept.", ("found",),
            [(("yes",), counts.hits), (("no",), counts.misses)],
        )  # fmt: skip
        yield counter("parley_kept_stored", "Answers that were kept.", (), [((), counts.kept)])
        yield counter(
            "parley_kept_ended", "Kept answers that ended, because something changed or for want of room.", ("cause",),
            [(("change",), counts.dropped), (("room",), counts.evicted)],
        )  # fmt: skip
        yield GaugeMetricFamily("parley_kept_bytes", "Bytes of kept answers.", self.kept.size)
        yield GaugeMetricFamily("parley_kept_room_bytes", "Bytes that they may have.", self.kept.room)


def pools_of(database: Any) -> dict[str, MeasuredPool]:
    """The pools of a PostgreSQL database by name; none for SQLite."""
    engines = {"primary": getattr(database, "engine", None), "replica": getattr(database, "replica_engine", None)}
    pools = {name: engine.pool for name, engine in engines.items() if engine is not None}
    return {name: pool for name, pool in pools.items() if isinstance(pool, MeasuredPool)}
