"""Evidence in, report out. Pure: the same evidence gives the same report on any machine, in any later version."""

from probe import __version__
from probe.evidence import Evidence
from probe.findings.case import Case
from probe.findings.rules import RULES
from probe.findings.verdict import verdict, weigh
from probe.report import Report


def judge(evidence: Evidence) -> Report:
    """Judge a walk."""
    case = Case(evidence)
    findings = weigh(case, tuple(finding for rule in RULES for finding in rule(case)))
    return Report(
        version=__version__,
        started=evidence.given.clock,
        duration_ms=evidence.duration_ms,
        verdict=verdict(case, findings),
        findings=findings,
        sdks=case.predictions,
        evidence=evidence,
    )
