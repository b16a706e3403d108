"""`/metrics`: background work for Prometheus, in its text format 0.0.4: how much waits, how old it is, how it ends.

Not public: an admin's token with the scope `admin` opens it, or an address in `PARLEY_METRICS_ALLOW` that does not come
through a proxy (what a proxy passes on carries the proxy's own address). For everybody else there is no such page.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.accounts.current import Asking
from service.background.queries import LettersUnderway, letters_underway
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import NotFound
from service.kit.queue import Backlog, backlogs, ends, living_workers
from service.web.origin import comes_straight_from

router = APIRouter(include_in_schema=False)
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


class Reading(Collector):
    """What the database says of background work at one moment."""

    def __init__(self, session: Session) -> None:
        self.at: datetime = now(session)
        self.kinds: dict[str, Backlog] = backlogs(session)
        self.letters: list[LettersUnderway] = list(letters_underway(session))
        self.ends = ends(session)
        self.workers = living_workers(session)

    def collect(self) -> Iterator[Metric]:
        """Each metric with its samples."""
        yield GaugeMetricFamily("parley_workers", "Workers seen within the last 30 seconds.", self.workers)
        yield from self._jobs()
        yield from self._letters()
        ended = CounterMetricFamily(
            "parley_job_attempts",
            "Attempts at jobs, by how they ended, since the worker started.",
            labels=("worker", "kind", "outcome"),
        )
        for worker, kind, outcome, number in self.ends:
            ended.add_metric((worker, kind, outcome), number)
        yield ended

    def _jobs(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("parley_jobs", "Jobs by kind and state.", labels=("kind", "state"))
        age = GaugeMetricFamily("parley_job_oldest_seconds", "Age of the oldest due job.", labels=("kind",))
        for kind, each in self.kinds.items():
            for state in ("due", "held", "later", "dead"):
                jobs.add_metric((kind, state), getattr(each, state))
            age.add_metric((kind,), self._since(each.oldest))
        yield from (jobs, age)

    def _letters(self) -> Iterator[Metric]:
        letters = GaugeMetricFamily("parley_letters", "Letters that have not ended.", labels=("kind", "state"))
        late = GaugeMetricFamily(
            "parley_letter_overdue_seconds", "How long the oldest letter is overdue.", labels=("kind", "state")
        )
        for each in self.letters:
            letters.add_metric((each.kind, each.state), each.number)
            late.add_metric((each.kind, each.state), self._since(each.oldest))
        yield from (letters, late)

    def _since(self, instant: datetime | None) -> float:
        return max(0.0, (self.at - instant).total_seconds()) if instant else 0.0


@router.get("/metrics")
async def metrics(request: Request, asks: Asking) -> Response:
    """All of it. Raises NotFound for whom it is not meant."""
    open_to_peer = comes_straight_from(request, asks.settings.metrics_allow)

    def work(session: Session, actor: Actor) -> Reading:
        if not (open_to_peer or actor.administers):
            raise NotFound("There is no such page")
        return Reading(session)

    registry = CollectorRegistry(auto_describe=False)
    registry.register(await asks.read(work))
    return Response(generate_latest(registry), media_type=TEXT, headers={"Cache-Control": "no-store"})
