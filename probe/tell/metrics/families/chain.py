"""The steps of the walk, and what they measured."""

from collections.abc import Callable, Iterator

from probe.evidence import (
    FACTS_OF_STEP,
    Attempts,
    Connection,
    Connections,
    CredentialsAnswer,
    Evidence,
    Handshakes,
    InstanceMetadata,
    NameLookups,
    Outcome,
    PlainAnswer,
    RoleListing,
    Route,
    Source,
    StsAnswers,
    TokenFile,
)
from probe.findings.case import Case
from probe.findings.clock import Clock
from probe.serve.state import State
from probe.tell.metrics.families.verdict import SOURCES
from probe.tell.metrics.family import Family, Kind, Sample, bare, moment

_NETWORK = (
    *(Attempts, Connection, Connections, CredentialsAnswer, Handshakes, InstanceMetadata),
    *(NameLookups, PlainAnswer, RoleListing, Route, StsAnswers),
)
NETWORK_STEPS = tuple(step for step, facts in FACTS_OF_STEP.items() if facts in _NETWORK)
"""Steps whose time is that of somebody else's answer."""


def _outcomes(state: State) -> Iterator[Sample]:
    steps = {step.id: step for step in state.report.evidence.steps} if state.report else {}
    for step_id in FACTS_OF_STEP:
        if step_id in steps:
            yield (step_id, steps[step_id].area, steps[step_id].outcome), 1.0


def _durations(state: State) -> Iterator[Sample]:
    known = state.counts.durations
    yield from (((step,), known[step]) for step in NETWORK_STEPS if step in known)


def _by_source(expiry: Callable[[Evidence, Source], float | None], state: State) -> Iterator[Sample]:
    if state.report is None:
        return
    for source in Source:
        ends = moment(expiry(state.report.evidence, source))
        if ends is not None:
            yield (source,), ends


def _credentials_expire(evidence: Evidence, source: Source) -> float | None:
    if source is Source.WEB_IDENTITY:
        assumed = evidence.facts("web-identity.assume-role", StsAnswers)
        answer = (assumed.second or assumed.first) if assumed else None
        return answer.expires if answer else None
    handed_out = evidence.facts(f"{source}.credentials", CredentialsAnswer)
    return handed_out.expires if handed_out and handed_out.has_keys else None


def _token_expires(evidence: Evidence, source: Source) -> float | None:
    token = evidence.facts(f"{source}.token", TokenFile)
    return token.claims.expires if token and token.claims else None


def _skew(state: State) -> Iterator[Sample]:
    yield from bare(Clock(Case(state.report.evidence)).skew if state.report else None)


def _hops(state: State) -> Iterator[Sample]:
    route = state.report.evidence.facts("imds.route", Route) if state.report else None
    yield from bare(route.hops if route else None)


FAMILIES = (
    Family(
        name="step_outcome",
        kind=Kind.GAUGE,
        help="1 for what every step came to; each step has one series. Those beside the chain are there where "
        "they were asked for.",
        labels={
            "step": "the step's id, such as `imds.token`",
            "source": f"the source that it belongs to: {SOURCES}; beside the chain `kubernetes` and `needs`",
            "outcome": ", ".join(f"`{outcome}`" for outcome in Outcome),
        },
        most=len(FACTS_OF_STEP),
        present="once a whole walk has ended",
        question="Where do chains break?",
        example='sum by (step) (aws_credential_probe_step_outcome{outcome="fail"})',
        read=_outcomes,
    ),
    Family(
        name="step_duration_seconds",
        kind=Kind.HISTOGRAM,
        unit="seconds",
        help="How long the steps that go over the network took, over all walks since the start.",
        labels={"step": ", ".join(f"`{step}`" for step in NETWORK_STEPS)},
        most=len(NETWORK_STEPS),
        present="for each step that has been made",
        question="How long do the slowest tenth of token requests to IMDS take?",
        example="histogram_quantile(0.9, sum by (le) "
        '(rate(aws_credential_probe_step_duration_seconds_bucket{step="imds.token"}[1h])))',
        read=_durations,
    ),
    Family(
        name="credential_expiry_timestamp_seconds",
        kind=Kind.GAUGE,
        unit="seconds",
        help="Unix time at which the credentials end that the probe itself was handed out last. With web-identity "
        "these are sessions of 15 minutes of its own; an application's session is another.",
        labels={"source": "`web-identity`, `container`, `imds`"},
        most=3,
        present="while the last walk was handed out credentials that end",
        question="How long does the agent's answer still hold?",
        example='aws_credential_probe_credential_expiry_timestamp_seconds{source="container"} - time()',
        read=lambda state: _by_source(_credentials_expire, state),
    ),
    Family(
        name="token_expiry_timestamp_seconds",
        kind=Kind.GAUGE,
        unit="seconds",
        help="Unix time at which the projected token expires. The kubelet replaces it after 80 % of its life.",
        labels={"source": "`web-identity`, `container`"},
        most=2,
        present="while a token can be read that tells it",
        question="Which tokens are not being replaced?",
        example="aws_credential_probe_token_expiry_timestamp_seconds - time() < 600",
        read=lambda state: _by_source(_token_expires, state),
    ),
    Family(
        name="clock_skew_seconds",
        kind=Kind.GAUGE,
        unit="seconds",
        help="AWS' time minus this node's, by the Date header of STS, else of IMDS; positive when the node is slow.",
        present="while STS or IMDS has told its time",
        question="Which nodes' clocks are off by more than a minute?",
        example="abs(aws_credential_probe_clock_skew_seconds) > 60",
        read=_skew,
    ),
    Family(
        name="imds_hops",
        kind=Kind.GAUGE,
        help="Measured distance to IMDS: the smallest HttpPutResponseHopLimit that reaches this pod.",
        present="while IMDS could be reached",
        question="Which hop limit does each node group need?",
        example="max by (node_group) (aws_credential_probe_imds_hops)",
        read=_hops,
    ),
)
