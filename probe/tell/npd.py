"""For a custom plugin of the node problem detector: one short line, and 0, 1 or 2 as exit code.

The detector cuts the line at `max_output_length` bytes, 80 unless configured, and reads 0 as no problem, 1 as a
problem and anything else as unknown (kubernetes/node-problem-detector:docs/custom_plugin_monitor.md).
"""

from probe.report import Report
from probe.tell.layout import Style
from probe.tell.words import BROKEN, GOOD, label, standing

LONGEST = 80
_CODES = {GOOD: 0, BROKEN: 1}


def tell_npd(report: Report, style: Style) -> str:
    """Return one line of ASCII, cause first, line feed not counted in its 80 bytes."""
    del style
    verdict = report.verdict
    text = f"{label(verdict)}: {verdict.summary}" if verdict.code else verdict.summary
    line = Style(unicode=False).clean(text)
    return (line if len(line) <= LONGEST else line[: LONGEST - 3] + "...") + "\n"


def npd_exit_code(report: Report) -> int:
    """Return the detector's own code: OK, NonOK or Unknown."""
    return _CODES.get(standing(report.verdict), 2)
