"""What has happened since the start."""

from collections.abc import Iterator

from probe import __version__
from probe.serve.state import OPERATIONS, RESULTS, Depth, Ending, State
from probe.tell.metrics.families.times import DEPTHS
from probe.tell.metrics.family import Family, Kind, Sample, bare


def _walks(state: State) -> Iterator[Sample]:
    for depth in Depth:
        yield from (((depth, ending), state.counts.walks.get((depth, ending), 0)) for ending in Ending)


def _calls(state: State) -> Iterator[Sample]:
    for operation in OPERATIONS:
        yield from (((operation, result), state.counts.calls.get((operation, result), 0)) for result in RESULTS)


def _build(state: State) -> Iterator[Sample]:
    del state
    yield (__version__,), 1.0


FAMILIES = (
    Family(
        name="walks_total",
        kind=Kind.COUNTER,
        help="Walks made, by depth and by how they ended.",
        labels={"depth": DEPTHS, "ending": "`finished`, `cut` (it overran its deadline), `failed` (the probe itself)"},
        most=len(Depth) * len(Ending),
        question="Where does the probe itself fail?",
        example='increase(aws_credential_probe_walks_total{ending!="finished"}[15m]) > 0',
        read=_walks,
    ),
    Family(
        name="aws_calls_total",
        kind=Kind.COUNTER,
        help="Calls that the probe made AWS answer.",
        labels={
            "operation": "`AssumeRoleWithWebIdentity`, `GetCallerIdentity`, and `AssumeRoleForPodIdentity`, which the "
            "Pod Identity agent makes for it; `needs` for all reads that --controller and --checks ask for",
            "result": "`answered`, `refused`, `throttled` or `failed` (no answer)",
        },
        most=len(OPERATIONS) * len(RESULTS),
        question="How many calls an hour does a fleet cost?",
        example="sum by (operation) (rate(aws_credential_probe_aws_calls_total[1h])) * 3600",
        read=_calls,
    ),
    Family(
        name="verdict_changes_total",
        kind=Kind.COUNTER,
        help="How often the verdict changed.",
        question="Which pods go back and forth?",
        example="increase(aws_credential_probe_verdict_changes_total[1h]) > 4",
        read=lambda state: bare(state.counts.transitions),
    ),
    Family(
        name="build_info",
        kind=Kind.INFO,
        help="The version of the probe.",
        labels={"version": "its version"},
        question="Which versions are running?",
        example="count by (version) (aws_credential_probe_build_info)",
        read=_build,
    ),
)
