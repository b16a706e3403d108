"""The shapes that metrics come in."""

from collections.abc import Iterable, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from service.kit.measures import Spread

Labels = tuple[str, ...]


def histogram(name: str, says: str, labels: Labels, spreads: Mapping[Labels, Spread]) -> HistogramMetricFamily:
    """One histogram of every spread, by its labels' values."""
    family = HistogramMetricFamily(name, says, labels=labels)
    for values, spread in spreads.items():
        family.add_metric(values, spread.buckets(), spread.total)
    return family


def counter(name: str, says: str, labels: Labels, numbers: Iterable[tuple[Labels, float]]) -> CounterMetricFamily:
    """A counter; `_total` is put behind the name."""
    family = CounterMetricFamily(name, says, labels=labels)
    for values, number in numbers:
        family.add_metric(values, number)
    return family


def gauge(name: str, says: str, labels: Labels, numbers: Iterable[tuple[Labels, float]]) -> GaugeMetricFamily:
    """A gauge."""
    family = GaugeMetricFamily(name, says, labels=labels)
    for values, number in numbers:
        family.add_metric(values, number)
    return family
