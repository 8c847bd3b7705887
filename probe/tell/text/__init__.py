"""The report for a person: verdict first, then how the walk went, what it means, and what each SDK would do."""

from probe.report import Report
from probe.tell.layout import Style, text_of
from probe.tell.text.findings import findings_section
from probe.tell.text.needs import needs_section
from probe.tell.text.sdks import sdks_section
from probe.tell.text.steps import steps_section
from probe.tell.text.verdict import verdict_section


def tell_text(report: Report, style: Style) -> str:
    """Return the whole report, 80 columns wide except for what is to be copied."""
    sections = (
        verdict_section(report, style),
        needs_section(report, style),
        steps_section(report.evidence, style),
        findings_section(report, style),
        sdks_section(report, style),
    )
    return text_of(line for section in sections if section for line in [*section, ""]).rstrip("\n") + "\n"
