"""What has happened so far, in numbers. Derived from evidence alone."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from probe.evidence import Evidence, Step
from probe.serve.calls import calls_of
from probe.serve.state import BUCKETS, Counts, Depth, Durations, Ending

NETWORK_STEPS = frozenset(
    {
        "web-identity.dns",
        "web-identity.connect",
        "web-identity.tls",
        "web-identity.assume-role",
        "container.connect",
        "container.agent",
        "container.credentials",
        "imds.route",
        "imds.connect",
        "imds.tokenless",
        "imds.token",
        "imds.role",
        "imds.credentials",
        "imds.metadata",
        "identity.environment",
        "identity.shared-config",
        "identity.web-identity",
        "identity.container",
        "identity.imds",
    }
)
"""Steps whose duration is somebody else's."""
Key = TypeVar("Key")


def counted(counts: Counts, depth: Depth, ending: Ending, walked: Evidence | None) -> Counts:
    """Return the counts after one more walk. `walked` is what the walk itself did, without what was taken over."""
    calls, durations = counts.calls, counts.durations
    for step in walked.steps if walked is not None else ():
        durations = _timed(durations, step)
    for call in calls_of(walked) if walked is not None else ():
        calls = _one_more(calls, call)
    return replace(counts, walks=_one_more(counts.walks, (depth, ending)), calls=calls, durations=durations)


def _one_more(numbers: Mapping[Key, int], key: Key) -> Mapping[Key, int]:
    return {**numbers, key: numbers.get(key, 0) + 1}


def _timed(durations: Mapping[str, Durations], step: Step) -> Mapping[str, Durations]:
    if step.id not in NETWORK_STEPS or not step.is_done or step.duration_ms is None:
        return durations
    seconds = step.duration_ms / 1000
    before = durations.get(step.id) or Durations(counts=(0,) * (len(BUCKETS) + 1), total_seconds=0.0)
    place = bisect_left(BUCKETS, seconds)
    counts = tuple(number + (place == at) for at, number in enumerate(before.counts))
    return {**durations, step.id: replace(before, counts=counts, total_seconds=before.total_seconds + seconds)}
