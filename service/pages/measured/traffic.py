"""Rate, errors and duration of requests, by method and route; streams apart, because they stay open."""

from collections.abc import Iterator
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.pages.measured.shapes import counter, histogram
from service.web.counting import Traffic

CLASSES: Final = ("unanswered", "1xx", "2xx", "3xx", "4xx", "5xx")


class Requests(Collector):
    """This process's requests, those of `/metrics` before this one among them."""

    def __init__(self, traffic: Traffic, open_streams: int) -> None:
        self.traffic, self.open_streams = traffic, open_streams

    def collect(self) -> Iterator[Metric]:
        """Each metric with its samples."""
        routes = self.traffic.routes
        yield counter(
            "parley_requests", "Requests answered, by the class of their status.", ("method", "route", "status"),
            (
                ((method, route, word), number)
                for (method, route), each in routes.items()
                for word, number in zip(CLASSES, each.classes, strict=True)
                if number
            ),
        )  # fmt: skip
        yield histogram(
            "parley_request_seconds", "From a request's head to the end of its answer, streams left out.",
            ("method", "route"), {key: each.seconds for key, each in routes.items() if each.seconds.number},
        )  # fmt: skip
        yield GaugeMetricFamily("parley_requests_underway", "Requests being answered now.", self.traffic.underway)
        yield GaugeMetricFamily("parley_streams_open", "Event streams that are open or arriving.", self.open_streams)
        ended = [((route,), each) for (_, route), each in routes.items() if each.streams]
        yield counter(
            "parley_streams_ended", "Event streams that have ended.", ("route",),
            ((label, each.streams) for label, each in ended),
        )  # fmt: skip
        yield counter(
            "parley_streams_cut", "Of those, broken off because their client did not read.", ("route",),
            ((label, each.cut) for label, each in ended),
        )  # fmt: skip
