"""The report as JSON: a contract. Fields may be added, never changed; `schema/report.schema.json` describes them."""

import json
from datetime import UTC, datetime
from typing import Any

from probe.evidence import Step
from probe.report import Expected, Finding, Identity, Prediction, Report, Verdict
from probe.saved import evidence_document, facts_document
from probe.tell.layout import Style

SCHEMA = 1
"""Raised only by a change that would break a reader."""


def tell_json(report: Report, style: Style) -> str:
    """Return the report as one indented JSON document, in ASCII for a stream that takes no more."""
    return json.dumps(document(report), indent=2, ensure_ascii=not style.unicode, allow_nan=False) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Return the report as JSON values."""
    return {
        "schema": SCHEMA,
        "probe": {"version": report.version},
        "started": started(report.started),
        "duration_ms": report.duration_ms,
        "verdict": _verdict(report.verdict),
        "steps": [_step(step) for step in report.evidence.steps],
        "findings": [_finding(finding) for finding in report.findings],
        "sdks": [_prediction(prediction) for prediction in report.sdks],
        "evidence": evidence_document(report.evidence),
    }


def started(clock: float) -> str:
    """Return unix seconds as RFC 3339 in UTC, to the millisecond."""
    return datetime.fromtimestamp(clock, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "code": verdict.code,
        "exit_code": verdict.exit_code,
        "certainty": verdict.certainty,
        "summary": verdict.summary,
        "source": verdict.source,
        "identity": _identity(verdict.identity),
        "expected": _expected(verdict.expected),
    }


def _identity(identity: Identity | None) -> dict[str, Any] | None:
    return None if identity is None else {"arn": identity.arn, "account": identity.account}


def _expected(expected: Expected) -> dict[str, Any]:
    return {
        "source": expected.source,
        "role_arn": expected.role_arn,
        "inferred": expected.inferred,
        "because": expected.because,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "source": step.area,
        "outcome": step.outcome,
        "reason": step.reason,
        "duration_ms": step.duration_ms,
        "evidence": facts_document(step.facts),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "certainty": finding.certainty,
        "source": finding.source,
        "step": finding.step,
        "summary": finding.summary,
        "evidence": list(finding.evidence),
        "told_apart_from": list(finding.told_apart_from),
        "becomes_certain_with": finding.becomes_certain_with,
        "remedies": [
            {"text": one.text, "command": one.command, "tool": one.tool, "privileged": one.privileged}
            for one in finding.remedies
        ],
        "sdks": list(finding.sdks),
    }


def _prediction(prediction: Prediction) -> dict[str, Any]:
    return {
        "sdk": prediction.sdk,
        "versions": prediction.versions,
        "outcome": prediction.outcome,
        "source": prediction.source,
        "access_key_hint": prediction.access_key_hint,
        "error": prediction.error,
        "because": prediction.because,
        "identity": prediction.identity,
        "falls_through": prediction.falls_through,
        "wait_seconds": prediction.wait_seconds,
        "waits_for_ever": prediction.waits_for_ever,
        "caches": prediction.caches,
        "proxied": prediction.proxied,
        "proven": prediction.proven,
    }
