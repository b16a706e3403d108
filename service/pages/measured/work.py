"""What the database says of background work, and of what waits for people, at one moment."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.background.queries import LettersUnderway, letters_underway, standing
from service.kit.clock import now
from service.kit.database import Session
from service.kit.queue import Backlog, backlogs, ends, living_workers
from service.kit.queue.overview import measured
from service.pages.measured.shapes import counter, gauge, histogram

CHANNELS: Final = {
    "notifications.deliver": "mail",
    "notifications.push": "push",
    "moderation.ask_outside": "webhook",
    "moderation.tell_outside": "webhook",
}
"""The kinds of job whose attempts reach out to somebody, by the way they take."""


class Background(Collector):
    """What was read in one unit of work. Every process of a forum tells the same."""

    def __init__(self, session: Session) -> None:
        self.at: datetime = now(session)
        self.kinds: dict[str, Backlog] = backlogs(session)
        self.letters: list[LettersUnderway] = list(letters_underway(session))
        self.ends = ends(session)
        self.workers = living_workers(session)
        self.lateness = measured(session, "closing.told")
        self.standing = standing(session)

    def collect(self) -> Iterator[Metric]:
        """Each metric with its samples."""
        yield GaugeMetricFamily("parley_workers", "Workers seen within the last 30 seconds.", self.workers)
        yield from self._jobs()
        yield from self._letters()
        yield from self._ended()
        yield histogram(
            "parley_closing_lag_seconds", "How long after its deadline a closing was told, by each worker.",
            ("worker",), {(worker,): spread for worker, spread in self.lateness},
        )  # fmt: skip
        yield from self._standing()

    def _jobs(self) -> Iterator[Metric]:
        states = ("due", "held", "later", "dead")
        rows = [((kind, state), getattr(each, state)) for kind, each in self.kinds.items() for state in states]
        yield gauge("parley_jobs", "Jobs by kind and state.", ("kind", "state"), rows)
        ages = [((kind,), self._since(each.oldest)) for kind, each in self.kinds.items()]
        yield gauge("parley_job_oldest_seconds", "Age of the oldest due job.", ("kind",), ages)

    def _letters(self) -> Iterator[Metric]:
        labels: Any = ("kind", "state")
        rows = [((each.kind, each.state), each.number) for each in self.letters]
        yield gauge("parley_letters", "Letters that have not ended.", labels, rows)
        late = [((each.kind, each.state), self._since(each.oldest)) for each in self.letters]
        yield gauge("parley_letter_overdue_seconds", "How long the oldest letter is overdue.", labels, late)

    def _ended(self) -> Iterator[Metric]:
        yield counter(
            "parley_job_attempts", "Attempts at jobs, by how they ended, since the worker started.",
            ("worker", "kind", "outcome"), (((worker, kind, word), number) for worker, kind, word, number in self.ends),
        )  # fmt: skip
        brought: dict[tuple[str, ...], int] = {}
        for worker, kind, word, number in self.ends:
            if kind in CHANNELS:
                key = (worker, CHANNELS[kind], word)
                brought[key] = brought.get(key, 0) + number
        yield counter(
            "parley_deliveries", "Attempts to reach somebody, by the way and how they ended, since the worker started.",
            ("worker", "channel", "outcome"), brought.items(),
        )  # fmt: skip

    def _standing(self) -> Iterator[Metric]:
        waits = self.standing
        yield GaugeMetricFamily("parley_reviews_open", "Posts that wait for a moderator.", waits.reviews)
        yield GaugeMetricFamily(
            "parley_review_oldest_seconds", "How long the oldest has waited.", self._since(waits.oldest_review)
        )
        yield GaugeMetricFamily("parley_events_unsequenced", "Events that have no place in the log yet.", waits.events)
        yield GaugeMetricFamily(
            "parley_event_unsequenced_oldest_seconds", "Age of the oldest.", self._since(waits.oldest_event)
        )

    def _since(self, instant: datetime | None) -> float:
        return max(0.0, (self.at - instant).total_seconds()) if instant else 0.0
