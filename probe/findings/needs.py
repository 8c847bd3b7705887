"""What is judged only of walks that asked AWS for more than credentials. Every other run must not pay for it."""

from collections.abc import Iterator

from probe.evidence import Beyond
from probe.findings.case import Case
from probe.report import Finding


def needs(case: Case) -> Iterator[Finding]:
    """Judge endpoints, permissions and second roles, where any of these was walked."""
    if not any(step.area is Beyond.NEEDS for step in case.evidence.steps):
        return
    from probe.findings import chained, endpoints, permissions  # noqa: PLC0415 - see above

    for rule in (*endpoints.RULES, *permissions.RULES, *chained.RULES):
        yield from rule(case)


RULES = (needs,)
