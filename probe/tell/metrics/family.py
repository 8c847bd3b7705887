"""What describes a family of metrics."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from enum import StrEnum

from probe.records import dataclass
from probe.serve.state import Durations, State

PREFIX = "aws_credential_probe_"

Sample = tuple[tuple[str, ...], float | Durations]
"""Label values, in the order of the family's labels, and the value: durations for a histogram."""

LATEST = 253_402_300_799.0
"""The last second of the year 9999; a later one is a mistake or a lie of the other side."""


class Kind(StrEnum):
    """The types of metrics in use."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"
    INFO = "info"
    """A gauge that is always 1 and tells by its labels; a type of its own in OpenMetrics."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """One family: what it is, how it is read, and how it is asked for."""

    name: str
    """Without the prefix."""
    kind: Kind
    unit: str = ""
    help: str
    """One sentence: the HELP line."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Label name to what its values are."""
    most: int = 1
    """Upper bound of label combinations in one pod. A scrape never has more."""
    present: str = "always"
    """When it is there."""
    question: str
    """What the example answers."""
    example: str
    """A query."""
    read: Callable[[State], Iterable[Sample]]


def bare(value: float | None) -> Iterable[Sample]:
    """Return the only sample of a family without labels, or none."""
    return () if value is None else (((), value),)


def moment(value: float | None) -> float | None:
    """Return a unix time, or None for what can be none."""
    return value if value is not None and math.isfinite(value) and 0 <= value <= LATEST else None
