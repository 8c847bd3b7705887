"""What the controller needs, under the verdict: half of what ends in "it was credentials" was something else."""

from probe.report import Report
from probe.tell.layout import Style
from probe.tell.text.needed import needs_of, title_of
from probe.tell.text.steps import mark_of

_NAME_WIDTH = 17
"""As wide as `write permissions`."""


def needs_section(report: Report, style: Style) -> list[str]:
    """Return one line for each need; none where nobody asked."""
    needs = needs_of(report)
    if not needs:
        return []
    lines = [style.paint(style.clean(title_of(report.evidence)), "bold")]
    for need in needs:
        mark, colour = mark_of(need.outcome, style)
        head = f"  {mark} {need.name:<{_NAME_WIDTH}}  "
        first, *rest = style.wrap(need.text, head)
        lines += [first.replace(mark, style.paint(mark, colour), 1), *rest]
    return lines
