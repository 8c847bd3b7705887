"""Since when, and how long still."""

from collections.abc import Iterator

from probe.serve.state import Depth, State
from probe.tell.metrics.family import Family, Kind, Sample, bare

DEPTHS = ", ".join(f"`{depth}`" for depth in Depth)


def _last_walks(state: State) -> Iterator[Sample]:
    times = {Depth.LIGHT: state.walked, Depth.WHOLE: state.walked_whole}
    yield from (((depth,), ended) for depth, ended in times.items() if ended is not None)


def _until_outage(state: State) -> Iterator[Sample]:
    if state.outlook is not None:
        bounds = {"earliest": state.outlook.earliest, "latest": state.outlook.latest}
        yield from (((bound,), moment - state.now) for bound, moment in bounds.items() if moment is not None)


def _intervals(state: State) -> Iterator[Sample]:
    yield (Depth.LIGHT,), state.interval_seconds
    yield (Depth.WHOLE,), state.deep_interval_seconds


FAMILIES = (
    Family(
        name="seconds_until_outage",
        kind=Kind.GAUGE,
        unit="seconds",
        help="How long applications can live on credentials that they may still hold; negative once that has passed.",
        labels={
            "bound": "`earliest`: from then on one may be without credentials. `latest`: by then the last credentials "
            "that the probe saw handed out have expired"
        },
        most=2,
        present="while the verdict is not good and the times are known",
        question="Which pods lose their credentials within the hour if nobody acts?",
        example='aws_credential_probe_seconds_until_outage{bound="earliest"} < 3600',
        read=_until_outage,
    ),
    Family(
        name="failing_since_timestamp_seconds",
        kind=Kind.GAUGE,
        unit="seconds",
        help="Unix time at which the verdict stopped being good.",
        present="while the verdict is not good",
        question="What has been broken longest?",
        example="topk(10, time() - aws_credential_probe_failing_since_timestamp_seconds)",
        read=lambda state: bare(state.failing_since),
    ),
    Family(
        name="last_success_timestamp_seconds",
        kind=Kind.GAUGE,
        unit="seconds",
        help="Unix time at which the verdict was last found good.",
        present="once it has been good",
        question="What has not been good for a quarter of an hour?",
        example="time() - aws_credential_probe_last_success_timestamp_seconds > 900",
        read=lambda state: bare(state.succeeded),
    ),
    Family(
        name="last_walk_timestamp_seconds",
        kind=Kind.GAUGE,
        unit="seconds",
        help="Unix time at which the last walk ended by itself. A whole walk counts as a light one too.",
        labels={"depth": DEPTHS},
        most=len(Depth),
        present="once there was one",
        question="Where is the probe itself stuck?",
        example="time() - aws_credential_probe_last_walk_timestamp_seconds "
        "> 3 * aws_credential_probe_walk_interval_seconds",
        read=_last_walks,
    ),
    Family(
        name="walk_interval_seconds",
        kind=Kind.GAUGE,
        unit="seconds",
        help="How often walks are made, as configured with --interval and --deep-interval.",
        labels={"depth": DEPTHS},
        most=len(Depth),
        question="Are all pods configured alike?",
        example="count by (depth) (count_values by (depth) "
        '("seconds", aws_credential_probe_walk_interval_seconds)) > 1',
        read=_intervals,
    ),
)
