"""Rate, errors and duration of requests, by method and route; streams apart, because they stay open."""

from collections.abc import Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.kit.broadcast import Broadcaster
from service.pages.measured.shapes import counter, histogram
from service.web.counting import Traffic

CLASSES: Final = ("unanswered", "1xx", "2xx", "3xx", "4xx", "5xx")


class Requests(Collector):
    """This process's requests, those of `/metrics` before this one among them."""

    def __init__(self, traffic: Traffic, live: Broadcaster) -> None:
        self.traffic, self.live = traffic, live

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
        live = self.live
        yield GaugeMetricFamily("parley_streams_open", "Event streams that are open or arriving.", live.open_streams)
        yield CounterMetricFamily("parley_streams_opened", "Event streams that were let in.", live.opened)
        yield CounterMetricFamily("parley_streams_cut", "Streams cut off: their client did not read.", live.cut)
        yield CounterMetricFamily("parley_stream_letters", "Messages told, one for each stream.", live.letters)
        yield CounterMetricFamily("parley_stream_looks", "Looks at the database for all streams.", live.looks)
