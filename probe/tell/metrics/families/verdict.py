"""What is wrong, if anything."""

from collections.abc import Iterator

from probe.evidence import Source
from probe.findings.catalogue import CATALOGUE
from probe.report import Certainty
from probe.serve.state import State
from probe.tell.metrics.family import Family, Kind, Sample, bare
from probe.tell.words import BROKEN, GOOD, UNKNOWN, standing

STANDINGS = {GOOD: "ok", BROKEN: "broken", UNKNOWN: "unknown"}
"""The tellers' first word to the label."""
SOURCES = ", ".join(f"`{source}`" for source in Source)


def _success(state: State) -> Iterator[Sample]:
    yield from bare(float(state.report is not None and state.report.verdict.is_good))


def _standing(state: State) -> Iterator[Sample]:
    now = UNKNOWN if state.report is None else standing(state.report.verdict)
    yield from (((label,), float(word == now)) for word, label in STANDINGS.items())


def _verdict(state: State) -> Iterator[Sample]:
    if state.report is not None:
        verdict = state.report.verdict
        yield (verdict.code or "", verdict.certainty or "", verdict.source or "", str(verdict.exit_code)), 1.0


def _findings(state: State) -> Iterator[Sample]:
    stand = {finding.code for finding in state.report.findings} if state.report else set()
    yield from (((code,), float(code in stand)) for code in CATALOGUE)


def _consecutive_failures(state: State) -> Iterator[Sample]:
    yield from bare(state.consecutive_failures)


FAMILIES = (
    Family(
        name="success",
        kind=Kind.GAUGE,
        help="Whether the pod has the credentials that it should have (1) or not, or not known (0).",
        question="Which pods have no working credentials?",
        example="aws_credential_probe_success == 0",
        read=_success,
    ),
    Family(
        name="standing",
        kind=Kind.GAUGE,
        help="1 for how the pod stands now: ok, broken, or unknown because the probe could not find out.",
        labels={"standing": "`ok`, `broken`, `unknown`; before the first whole walk has ended it is `unknown`"},
        most=len(STANDINGS),
        question="How many pods stand how?",
        example="sum by (standing) (aws_credential_probe_standing)",
        read=_standing,
    ),
    Family(
        name="verdict_info",
        kind=Kind.INFO,
        help="The present verdict.",
        labels={
            "code": "a code of the [findings](findings/README.md), `walk-cut`, or empty when there is nothing to fix",
            "certainty": ", ".join(f"`{certainty}`" for certainty in Certainty) + ", or empty",
            "source": f"{SOURCES}; `kubernetes` or `needs` for what lies beside the chain; or empty",
            "exit_code": "what `probe run` would end with (`probe explain --exit-codes`)",
        },
        present="once a whole walk has ended",
        question="What do pods suffer from, most frequent first?",
        example='sort_desc(count by (code) (aws_credential_probe_verdict_info{code!=""}))',
        read=_verdict,
    ),
    Family(
        name="finding",
        kind=Kind.GAUGE,
        help="1 for every finding that stands now, the verdict's and those beside it; 0 for all others.",
        labels={"code": "every code of the [findings](findings/README.md), always"},
        most=len(CATALOGUE),
        question="Which pods could still take the node's role?",
        example='aws_credential_probe_finding{code="imds-reachable"} == 1',
        read=_findings,
    ),
    Family(
        name="consecutive_failures",
        kind=Kind.GAUGE,
        help="Walks in a row, of any depth, whose verdict was not good.",
        question="Where is it no passing trouble?",
        example="aws_credential_probe_consecutive_failures >= 5",
        read=_consecutive_failures,
    ),
)
