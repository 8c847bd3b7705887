"""One line for the verdict and one for every further error: for scripts, chat and `grep`."""

from collections.abc import Iterator

from probe.findings.catalogue.entry import Severity
from probe.report import Report
from probe.tell.layout import Style, text_of
from probe.tell.words import decisive, label, standing


def tell_short(report: Report, style: Style) -> str:
    """Return lines that are never wrapped."""
    return text_of(style.clean(line) for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    verdict = report.verdict
    certainty = f", {verdict.certainty}" if verdict.certainty else ""
    yield f"{standing(verdict)}: {verdict.summary} ({label(verdict)}{certainty}, exit code {verdict.exit_code})"
    cause = decisive(report)
    for finding in report.findings:
        if finding.severity is Severity.ERROR and finding is not cause:
            yield f"also: {finding.summary} ({finding.code}, {finding.certainty})"
