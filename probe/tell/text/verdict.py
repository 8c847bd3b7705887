"""The head of the text report: the verdict, what it was measured against, and where the probe ran."""

from collections.abc import Iterator

from probe.evidence import Evidence, Given, Outcome, Source, StsAnswers
from probe.report import Expected, Report, Verdict
from probe.tell.layout import Style
from probe.tell.units import milliseconds
from probe.tell.words import BROKEN, GOOD, UNKNOWN, label, standing

_COLOUR = {GOOD: "green", BROKEN: "red", UNKNOWN: "yellow"}


def verdict_section(report: Report, style: Style) -> list[str]:
    """Return the lines that a reader in a hurry needs; the first is the verdict and looks the same in every report."""
    verdict = report.verdict
    return [
        _headline(verdict, style),
        *style.wrap(verdict.summary),
        "",
        *style.wrap(expectation_text(verdict.expected), "Expected  "),
        *(line for name, text in surroundings_of(report) for line in style.wrap(text, f"{name:<10}")),
    ]


def _headline(verdict: Verdict, style: Style) -> str:
    word = standing(verdict)
    certainty = f" ({verdict.certainty})" if verdict.certainty else ""
    rest = style.clean(f": {label(verdict)}{certainty}, exit code {verdict.exit_code}")
    return style.paint(style.paint(word, _COLOUR[word]), "bold") + rest


def expectation_text(expected: Expected) -> str:
    """Say what the verdict was measured against, and whether somebody said so."""
    role = f" as {expected.role_arn}" if expected.role_arn else ""
    what = "no credentials at all" if expected.source == "none" else f"{expected.source}{role}"
    if expected.inferred:
        return f"{what} (inferred: {expected.because}; say otherwise with --expect)"
    return f"{what} ({expected.because})"


def surroundings_of(report: Report) -> Iterator[tuple[str, str]]:
    """Return what is known of the place, as names and texts."""
    evidence, verdict = report.evidence, report.verdict
    if verdict.identity and not verdict.is_good:
        yield "Identity", f"{verdict.identity.arn} ({_how_it_works(evidence, verdict.identity.arn)})"
    place = _place(evidence.given)
    if place:
        yield "Pod", place
    if evidence.given.lab:
        yield "Lab", f"scenario {evidence.given.lab}: an imitation, not a cluster"
    yield "Walked", _walks(evidence, report.version)


def _how_it_works(evidence: Evidence, arn: str | None) -> str:
    """Say whose keys they are, and that they work; the verdict may be about another source, or about one endpoint."""
    for source in Source:
        answers = evidence.facts(f"identity.{source}", StsAnswers)
        if answers is not None and arn in {answers.first.arn, answers.second and answers.second.arn}:
            if not answers.first.succeeded and evidence.outcome(f"identity.{source}") is Outcome.FAIL:
                return f"from {source}; only one of two STS endpoints accepts these credentials"
            return f"from {source}; these credentials do work here"
    return "these credentials do work here"


def _place(given: Given) -> str:
    pod = given.pod
    named = "/".join(part for part in (pod.namespace, pod.name) if part)
    account = f"ServiceAccount {pod.service_account}" if pod.service_account else None
    node = f"node {pod.node}" if pod.node else None
    return ", ".join(part for part in (named, account, node) if part)


def _walks(evidence: Evidence, version: str) -> str:
    took = f" in {milliseconds(evidence.duration_ms)}" if evidence.duration_ms is not None else ""
    earlier = f", after {', '.join(evidence.earlier_verdicts)}" if evidence.earlier_verdicts else ""
    times = "" if evidence.attempts == 1 else f"; walk {evidence.attempts} of --wait{earlier}"
    return f"the whole chain{took}{times} (probe {version})"
