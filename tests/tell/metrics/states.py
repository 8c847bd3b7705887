"""States of a sidecar, made by hand, and what a scrape of them says."""

from dataclasses import replace

from prometheus_client import Metric
from prometheus_client.openmetrics import parser

from probe.evidence import CredentialsAnswer, Ending, Exchange, InstanceMetadata
from probe.judge import judge
from probe.serve.state import Counts, Depth, Durations, Outlook, State
from probe.serve.state import Ending as WalkEnding
from probe.tell.metrics import PREFIX, exposition
from probe.tell.metrics.families.chain import NETWORK_STEPS
from tests.tell.samples import CLOCK, GET, broken, done, good, steps, undecided

OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
NOW = CLOCK + 60
BEFORE = State(begun=CLOCK, now=NOW, interval_seconds=30.0, deep_interval_seconds=900.0)
"""A sidecar whose first walk has not ended."""
WALKED = replace(BEFORE, walked=NOW - 5, walked_whole=NOW - 50)
GOOD = replace(WALKED, report=good(), succeeded=NOW - 5)
UNKNOWN = replace(WALKED, report=undecided(), consecutive_failures=1, failing_since=NOW - 5)
BROKEN = replace(
    WALKED,
    report=broken(),
    succeeded=NOW - 100,
    failing_since=NOW - 90,
    consecutive_failures=3,
    outlook=Outlook(earliest=NOW + 600, latest=NOW + 3600, sentence=""),
    counts=Counts(
        walks={(Depth.LIGHT, WalkEnding.FINISHED): 7},
        calls={("GetCallerIdentity", "throttled"): 2},
        durations={"imds.token": Durations(counts=(0, 1, 2, *(0,) * 11, 3), total_seconds=30.5)},
        transitions=4,
    ),
)
EVERY_STEP = {step: Durations(counts=(1,) * 15, total_seconds=9.0) for step in NETWORK_STEPS}
_METADATA = InstanceMetadata(exchange=Exchange(method="GET", url="", ending=Ending.ANSWERED, status=200))


def handed_out(*, expires: float) -> State:
    """Return a state in which keys came from IMDS, whose clock is 90 s ahead."""
    answer = replace(GET, status=200, clock_skew_seconds=90.0)
    keys = CredentialsAnswer(exchange=answer, has_keys=True, expires=expires)
    walked = steps(imds__credentials=done(keys), imds__metadata=done(_METADATA, milliseconds=2.0))
    return replace(BROKEN, report=judge(replace(broken().evidence, steps=walked)))


FULL = replace(handed_out(expires=NOW + 3600), counts=replace(BROKEN.counts, durations=EVERY_STEP))
"""Every step that goes over the network has been made."""
ALL = {"before the first walk": BEFORE, "good": GOOD, "broken": BROKEN, "unknown": UNKNOWN, "full": FULL}

Labels = tuple[tuple[str, str], ...]


def families(state: State) -> dict[str, Metric]:
    """Scrape in OpenMetrics, as the client library's own parser reads it; it is strict."""
    body, _ = exposition(state, OPENMETRICS)
    read = parser.text_string_to_metric_families(body.decode())  # type: ignore[no-untyped-call]  # untyped there
    return {family.name: family for family in read}


def samples(state: State, name: str) -> dict[Labels, float]:
    """Return the samples of that name, without the prefix, by their labels."""
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in families(state).values()
        for sample in family.samples
        if sample.name == PREFIX + name
    }


def value(state: State, name: str, **labels: str) -> float | None:
    """Return the value of one series; None where there is none."""
    return samples(state, name).get(tuple(sorted(labels.items())))
