"""From the families and a state to what the client library writes."""

from collections.abc import Iterator
from itertools import accumulate, islice

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from probe.secret import printable
from probe.serve.state import BUCKETS, Durations, State
from probe.tell.metrics.families import FAMILIES
from probe.tell.metrics.family import PREFIX, Family, Kind

LONGEST_LABEL = 300
"""Characters. The longest ARN of a role session has fewer than 200."""
_PROCESS = ProcessCollector(registry=None)
_BOUNDS = (*map(floatToGoString, BUCKETS), "+Inf")


class Snapshot(Collector):
    """All metrics of one state, and those of this process. Made for one scrape."""

    def __init__(self, state: State) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """Yield every family; one that has no sample now is announced all the same."""
        yield from (_metric(family, self._state) for family in FAMILIES)
        yield from _PROCESS.collect()


def _metric(family: Family, state: State) -> Metric:
    made = _empty(family)
    seen: set[tuple[str, ...]] = set()
    for labels, value in islice(family.read(state), family.most):
        told = tuple(printable(label, LONGEST_LABEL) for label in labels)
        # Two samples with the same labels would cost the whole scrape.
        if told not in seen:
            seen.add(told)
            _add(made, told, value)
    return made


_Made = GaugeMetricFamily | CounterMetricFamily | InfoMetricFamily | HistogramMetricFamily


def _empty(family: Family) -> _Made:
    name, labels = PREFIX + family.name, tuple(family.labels)
    if family.kind is Kind.INFO:
        return InfoMetricFamily(name.removesuffix("_info"), family.help, labels=labels)
    if family.kind is Kind.COUNTER:
        return CounterMetricFamily(name, family.help, labels=labels)
    # A unit must end the name, or the library would put it there.
    unit = family.unit if name.endswith(f"_{family.unit}") else ""
    if family.kind is Kind.HISTOGRAM:
        return HistogramMetricFamily(name, family.help, labels=labels, unit=unit)
    return GaugeMetricFamily(name, family.help, labels=labels, unit=unit)


def _add(made: _Made, labels: tuple[str, ...], value: float | Durations) -> None:
    if isinstance(made, InfoMetricFamily):
        made.add_metric(labels, {})
    elif isinstance(value, Durations):
        assert isinstance(made, HistogramMetricFamily), made.name
        counts = map(float, accumulate(value.counts))
        made.add_metric(labels, list(zip(_BOUNDS, counts, strict=True)), value.total_seconds)
    elif not isinstance(made, HistogramMetricFamily):
        made.add_metric(labels, value)
