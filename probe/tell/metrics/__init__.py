"""Metrics of one moment of the sidecar, for Prometheus.

Every family is described once, as data with a function that reads it from the state (`FAMILIES`); the collector and
`docs/metrics.md` come from that. There is no registry, and nothing is kept between scrapes.
"""

from collections.abc import Callable

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, choose_encoder
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from probe.records import dataclass
from probe.serve.state import State
from probe.tell.metrics.collector import Snapshot
from probe.tell.metrics.families import FAMILIES
from probe.tell.metrics.family import PREFIX

__all__ = ["FAMILIES", "PREFIX", "exposition"]

_OPENMETRICS = "application/openmetrics-text"
_VERSIONS = frozenset({"", "1.0.0"})
_LONGEST_ACCEPT = 2048


@dataclass(frozen=True, kw_only=True)
class _Format:
    encode: Callable[[Collector], bytes]
    content_type: str


_PLAIN = _Format(encode=choose_encoder("")[0], content_type=CONTENT_TYPE_PLAIN_0_0_4)
# No name of ours needs escaping; with this scheme the library does not spend half of its time on looking for one.
_OPEN = _Format(
    encode=choose_encoder(f"{_OPENMETRICS}; version=1.0.0; escaping=allow-utf-8")[0], content_type=CONTENT_TYPE_LATEST
)


def exposition(state: State, accept: str) -> tuple[bytes, str]:
    """Return all metrics and their content type: OpenMetrics 1.0.0 for whoever accepts it, else text 0.0.4."""
    wanted = _OPEN if _accepts_openmetrics(accept) else _PLAIN
    return wanted.encode(Snapshot(state)), wanted.content_type


def _accepts_openmetrics(accept: str) -> bool:
    """Whether a header names the one version that is spoken here.

    The client library's own `choose_encoder` raises at a version that is no number, answers with any other that is
    asked for, and escapes names that need none.
    """
    for media_range in accept[:_LONGEST_ACCEPT].split(","):
        kind, *parameters = (part.strip().lower() for part in media_range.split(";"))
        version = next((part.removeprefix("version=") for part in parameters if part.startswith("version=")), "")
        if kind == _OPENMETRICS and version.strip('"') in _VERSIONS:
            return True
    return False
