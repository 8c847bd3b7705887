"""What every teller says of a verdict, so that all of them say the same."""

from probe.findings.verdict import UNDECIDED
from probe.report import Finding, Report, Verdict

GOOD, BROKEN, UNKNOWN = "OK", "BROKEN", "COULD NOT FIND OUT"


def standing(verdict: Verdict) -> str:
    """Return the first word of everything told: the credentials work, they do not, or nobody could tell."""
    if verdict.is_good:
        return GOOD
    return UNKNOWN if verdict.exit_code == UNDECIDED else BROKEN


def label(verdict: Verdict) -> str:
    """Return what the verdict is about in one word: the finding's code, else the source that works."""
    return verdict.code or verdict.source or "none"


def decisive(report: Report) -> Finding | None:
    """Return the finding that the verdict rests on; None when there is none to fix."""
    verdict = report.verdict
    same_code = [finding for finding in report.findings if finding.code == verdict.code]
    return next((one for one in same_code if one.source == verdict.source), same_code[0] if same_code else None)
