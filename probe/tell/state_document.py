"""What the sidecar knows as JSON values: the report, the words that the text teller has for it, and the loop's times.

The page shows words and never makes them: whoever reads the page and whoever reads the log read the same sentences.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from probe.evidence import Beyond, Evidence, Outcome, Source, Step
from probe.report import Finding, Prediction, Remedy, Report
from probe.serve.state import Counts, State
from probe.tell.document import document
from probe.tell.layout import Style
from probe.tell.text.findings import CHANGED_BY
from probe.tell.text.key_fact import key_fact
from probe.tell.text.needed import needs_of, title_of
from probe.tell.text.sdks import ending_of, names_of
from probe.tell.text.steps import folded_steps, is_unconfigured, span_of, why_left_out
from probe.tell.text.verdict import expectation_text, surroundings_of
from probe.tell.units import milliseconds
from probe.tell.words import decisive, label, standing

SCHEMA = 1
"""Raised only by a change that would break the page of another version: it asks people to load it again."""
_GIVES_KEYS = {
    Source.ENVIRONMENT: "environment.keys",
    Source.SHARED_CONFIG: "shared-config.profile",
    Source.WEB_IDENTITY: "web-identity.assume-role",
    Source.CONTAINER: "container.credentials",
    Source.IMDS: "imds.credentials",
}
_PLAIN = Style()


def state_document(state: State) -> dict[str, Any]:
    """Return everything that the page shows. Times are unix seconds; texts came from anywhere and are only text."""
    report = state.report
    return {
        "schema": SCHEMA,
        "report": None if report is None else _without_evidence(report),
        "told": None if report is None else _told(report),
        "serve": _serve(state),
    }


def _without_evidence(report: Report) -> dict[str, Any]:
    return {name: value for name, value in document(report).items() if name != "evidence"}


def _told(report: Report) -> dict[str, Any]:
    verdict, finding = report.verdict, decisive(report)
    return {
        "standing": standing(verdict),
        "label": label(verdict),
        "about": [{"name": name, "text": text} for name, text in _about(report)],
        "decisive": None if finding is None else report.findings.index(finding),
        "breaks_at": None if verdict.is_good or finding is None else finding.step,
        "gives": verdict.source if verdict.is_good else None,
        "lanes": [_lane(source, report) for source in Source],
        "kubernetes": _lines(Beyond.KUBERNETES, report.evidence),
        "needs": _needs(report),
        "findings": [_finding(finding) for finding in report.findings],
        "sdks": list(_sdks(report.sdks)),
    }


def _about(report: Report) -> Iterator[tuple[str, str]]:
    verdict = report.verdict
    yield "Expected", expectation_text(verdict.expected)
    if verdict.identity and verdict.is_good:
        yield "Identity", verdict.identity.arn
    yield from surroundings_of(report)


def _lane(source: Source, report: Report) -> dict[str, Any]:
    """Return one source of the chain. What the pod does not depend on is an aside, however it ended."""
    evidence, verdict = report.evidence, report.verdict
    steps = [step for step in evidence.steps if step.source is source]
    unconfigured = is_unconfigured(steps)
    depends_on = {verdict.source, verdict.expected.source} & set(Source)
    return {
        "source": source,
        "state": (steps[0].reason or "not configured") if unconfigured else _state(source, evidence),
        "configured": not unconfigured,
        "aside": bool(depends_on) and source not in depends_on,
        "lines": [] if unconfigured else _lines(source, evidence),
    }


def _lines(area: Source | Beyond, evidence: Evidence) -> list[dict[str, Any]]:
    steps = [step for step in evidence.steps if step.area is area]
    return [_line(group, evidence.given.clock) for group in folded_steps(steps, _PLAIN)]


def _needs(report: Report) -> dict[str, Any]:
    return {"title": title_of(report.evidence), "rows": [asdict(need) for need in needs_of(report)]}


def _state(source: Source, evidence: Evidence) -> str:
    """Return how far a source came, in the words of its steps' outcomes."""
    if evidence.outcome(f"identity.{source}") is Outcome.OK:
        return "gives keys, and STS accepts them"
    if evidence.outcome(_GIVES_KEYS[source]) is Outcome.OK:
        return "gives keys"
    failed = [step.id for step in evidence.steps if step.source is source and step.outcome is Outcome.FAIL]
    if failed:
        return f"no keys: {failed[-1]} failed"
    return "no keys" if any(step.is_done for step in evidence.steps if step.source is source) else "left out"


def _line(steps: list[Step], clock: float) -> dict[str, Any]:
    """Return one line of the walk: a step that ran, or neighbours that were left out for the same reason."""
    first = steps[0]
    return {
        "steps": [step.id for step in steps],
        "name": span_of(steps),
        "outcome": first.outcome,
        "text": _telling(first, clock) if first.is_done else why_left_out(first),
        "took": milliseconds(first.duration_ms),
    }


def _telling(step: Step, clock: float) -> str:
    fact = key_fact(step.facts, clock) if step.facts is not None else ""
    return "; ".join(part for part in (fact, step.reason) if part)


def _finding(finding: Finding) -> dict[str, Any]:
    """Return the words for one finding; equal evidence, such as two tries with the same end, once."""
    return {
        "seen": [f if times == 1 else f"{f} ({times} times)" for f, times in Counter(finding.evidence).items()],
        "remedies": [_remedy(remedy) for remedy in finding.remedies],
    }


def _remedy(remedy: Remedy) -> dict[str, Any]:
    """Return what a remedy changes, and its command as it is to be pasted: nothing invisible is copied."""
    command = remedy.command
    return {
        "changes": CHANGED_BY.get(remedy.tool, "changes AWS or the cluster") if remedy.privileged else None,
        "command": None if command is None else "\n".join(_PLAIN.block(command.strip("\n"))),
    }


def _sdks(predictions: tuple[Prediction, ...]) -> Iterator[dict[str, Any]]:
    """Yield one row for all SDKs that end alike."""
    alike: dict[str, list[Prediction]] = {}
    for prediction in predictions:
        alike.setdefault(ending_of(prediction), []).append(prediction)
    for ending, those in alike.items():
        yield {
            "names": list(names_of(those)),
            "outcome": those[0].outcome,
            "ending": ending,
            "because": list(dict.fromkeys(prediction.because for prediction in those)),
        }


def _serve(state: State) -> dict[str, Any]:
    return {
        "begun": state.begun,
        "now": state.now,
        "interval_seconds": state.interval_seconds,
        "deep_interval_seconds": state.deep_interval_seconds,
        "walked": state.walked,
        "walked_whole": state.walked_whole,
        "because": state.because,
        "next_walk": state.next_walk,
        "next_whole_walk": state.next_whole_walk,
        "succeeded": state.succeeded,
        "failing_since": state.failing_since,
        "consecutive_failures": state.consecutive_failures,
        "outlook": None if state.outlook is None else asdict(state.outlook),
        "history": [asdict(span) for span in state.history],
        "counts": _counts(state.counts),
    }


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "walks": [
            {"depth": depth, "ending": ending, "number": number} for (depth, ending), number in counts.walks.items()
        ],
        "calls": [
            {"operation": operation, "result": result, "number": number}
            for (operation, result), number in counts.calls.items()
        ],
        "transitions": counts.transitions,
    }
