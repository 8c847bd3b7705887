"""What the walk means, and what to do: errors, then warnings, then notes."""

from collections import Counter
from collections.abc import Iterable, Iterator

from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding, Remedy, Report, Tool
from probe.tell.layout import Style
from probe.tell.units import counted

_COLOUR = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "bold"}
CHANGED_BY: dict[Tool | None, str] = {
    Tool.AWS: "changes AWS",
    Tool.EKSCTL: "changes AWS and the cluster",
    Tool.TERRAFORM: "changes AWS",
    Tool.KUBECTL: "changes the cluster",
    Tool.HELM: "changes the cluster",
    Tool.SHELL: "on the node, as root",
}
"""What a privileged remedy changes, or takes, by what runs its command."""


def findings_section(report: Report, style: Style) -> list[str]:
    """Return the lines about the findings; none when there is nothing to say."""
    if not report.findings:
        return []
    lines = [style.paint("Findings", "bold") + f" ({_census(report.findings)})"]
    told: set[Remedy] = set()
    for finding in report.findings:
        lines += [*_finding(finding, report, style, told), ""]
    return lines[:-1]


def _census(findings: Iterable[Finding]) -> str:
    severities = [str(finding.severity) for finding in findings]
    return ", ".join(counted(severities.count(name), name) for name in dict.fromkeys(severities))


def _is_aside(finding: Finding, report: Report) -> bool:
    """Whether a note is about a source that this pod does not depend on: one sentence of it is enough."""
    return finding.severity is Severity.NOTE and finding.source != report.verdict.source


def _finding(finding: Finding, report: Report, style: Style, told: set[Remedy]) -> Iterator[str]:
    yield _head(finding, style)
    # The verdict has told it already; once is enough for a tired reader.
    if finding.summary != report.verdict.summary:
        yield from style.wrap(finding.summary, "    ")
    if finding.sdks:
        yield from style.wrap(", ".join(finding.sdks), "    Concerns  ")
    brief = _is_aside(finding, report) and not style.details
    if not brief:
        yield from _listed("Seen", _counted(finding.evidence), style)
        if style.details:
            yield from _listed("Told apart from", finding.told_apart_from, style)
        if finding.becomes_certain_with:
            title = "Certain with" if finding.certainty is Certainty.LIKELY else "Know more with"
            yield from style.wrap(f"{title}: {finding.becomes_certain_with}", "    ")
        yield from _remedies(finding.remedies, style, told)
    yield from style.wrap(f"probe explain {finding.code}{', or -v' if brief else ''}", "    More: ")


def _head(finding: Finding, style: Style) -> str:
    severity = finding.severity
    word = severity.upper() if severity is Severity.ERROR else str(severity)
    place = f", at {finding.step}" if finding.step else ""
    return "  " + style.paint(word, _COLOUR[severity]) + style.clean(f" {finding.code}, {finding.certainty}{place}")


def _counted(facts: Iterable[str]) -> Iterator[str]:
    """Tell equal facts, such as two tries with the same end, once."""
    return (fact if times == 1 else f"{fact} ({times} times)" for fact, times in Counter(facts).items())


def _listed(title: str, facts: Iterable[str], style: Style) -> Iterator[str]:
    for number, fact in enumerate(facts):
        if number == 0:
            yield f"    {title}:"
        yield from style.wrap(fact, "      - ")


def _remedies(remedies: tuple[Remedy, ...], style: Style, told: set[Remedy]) -> Iterator[str]:
    """Tell what to do; what stands under an earlier finding already is not told twice."""
    fresh = [remedy for remedy in remedies if remedy not in told]
    told.update(fresh)
    if remedies:
        above = "" if len(fresh) == len(remedies) else " what is said above, and" if fresh else " what is said above"
        yield f"    What to do:{above}"
    for number, remedy in enumerate(fresh, start=1):
        change = f" [{CHANGED_BY.get(remedy.tool, 'changes AWS or the cluster')}]" if remedy.privileged else ""
        yield from style.wrap(remedy.text + change, f"      {number}. ")
        if remedy.command:
            yield from _command(remedy.command, style)


def _command(command: str, style: Style) -> list[str]:
    """Print a command or document as it is. A here-document ends only where its mark begins a line."""
    indent = "" if "<<" in command and "\n" in command else "         "
    return style.block(command.strip("\n"), indent)
