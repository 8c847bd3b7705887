"""States of a sidecar around real walks of the lab."""

from dataclasses import replace
from functools import cache
from typing import Any

from probe.judge import judge
from probe.lab.run import run_in, world_of
from probe.lab.scenario import load
from probe.report import Report
from probe.saved import load_evidence
from probe.serve.state import Counts, Depth, Ending, Outlook, Span, State
from probe.tell.state_document import state_document
from probe.tell.words import BROKEN, GOOD, UNKNOWN, standing

NOW = 1_763_730_131.0
"""2025-11-21T13:02:11Z."""
HOUR = 3600.0


@cache
def walked(scenario: str) -> Report:
    """Return the judged walk of a pod in one of the lab's worlds."""
    with world_of(load(scenario)) as world:
        return judge(load_evidence(run_in(world).stdout.encode()))


def state(report: Report | None) -> State:
    """Return what a sidecar that has watched for a day says of such a walk."""
    begun = NOW - 26 * HOUR
    first = State(begun=begun, now=NOW, interval_seconds=30.0, deep_interval_seconds=900.0)
    if report is None:
        return replace(first, begun=NOW - 3)
    is_good = report.verdict.is_good
    return replace(
        first,
        report=report,
        walked=NOW - 7,
        walked_whole=NOW - 184,
        next_walk=NOW + 23,
        next_whole_walk=NOW + 700,
        because="interval" if is_good else "changed",
        succeeded=NOW - 7 if is_good else NOW - 2 * HOUR,
        failing_since=None if is_good else NOW - 2 * HOUR,
        consecutive_failures=0 if is_good else 240,
        outlook=None if is_good else OUTLOOK,
        history=_history(report),
        counts=Counts(
            walks={
                (Depth.LIGHT, Ending.FINISHED): 3012,
                (Depth.WHOLE, Ending.FINISHED): 108,
                (Depth.WHOLE, Ending.CUT): 1,
                (Depth.WHOLE, Ending.FAILED): 0,
            },
            calls={("GetCallerIdentity", "answered"): 27, ("AssumeRoleForPodIdentity", "refused"): 4},
            transitions=3,
        ),
    )


OUTLOOK = Outlook(
    earliest=NOW + 36 * 60,
    latest=NOW + 4.2 * HOUR,
    sentence="Applications may still hold credentials until 17:14 UTC at the latest (in 4 h); "
    "after that their calls fail. That is the end of the last credentials that the probe saw handed out; "
    "who starts now gets none.",
)


def _history(report: Report) -> tuple[Span, ...]:
    verdict = report.verdict
    edges = (24.0, 15.5, 15.1, 9.0, 8.7, 2.0, 0.0)
    codes = (None, "walk-cut", None, "container-agent-refused", None, verdict.code)
    standings = (GOOD, UNKNOWN, GOOD, BROKEN, GOOD, standing(verdict))
    return tuple(
        Span(
            begun=NOW - begun * HOUR,
            ended=NOW - ended * HOUR,
            standing=word,
            code=code,
            summary=verdict.summary if ended == 0 else f"It was like this for {begun - ended:.1f} h.",
        )
        for begun, ended, word, code in zip(edges, edges[1:], standings, codes, strict=False)
    )


def document(scenario: str) -> dict[str, Any]:
    """Return the state document of a walk in one of the lab's worlds."""
    return state_document(state(walked(scenario)))
