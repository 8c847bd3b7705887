"""What a controller finds out by itself and could not: metadata, the VPC's id, subnets.

The profiles and the rules of discovery are imported only where a controller was named: every other run must not pay
for them.
"""

from collections.abc import Iterator

from probe.findings.case import Case, Rule
from probe.report import Finding


def metadata_needed(case: Case) -> Iterator[Finding]:
    """IMDS is needed for something else than credentials, and gives nothing."""
    if case.evidence.wanted.controller is not None:
        from probe.findings.metadata_needed import findings  # noqa: PLC0415 - see above

        yield from findings(case)


def vpc_id_unavailable(case: Case) -> Iterator[Finding]:
    """A place that was to give the VPC's id gives none, or a wrong one."""
    if case.evidence.wanted.controller is not None:
        from probe.findings.vpc_id import findings  # noqa: PLC0415 - see above

        yield from findings(case)


def subnets_not_discoverable(case: Case) -> Iterator[Finding]:
    """No subnets for load balancers, by the controller's own rules."""
    if case.evidence.wanted.controller is not None:
        from probe.findings.subnets import findings  # noqa: PLC0415 - see above

        yield from findings(case)


RULES: tuple[Rule, ...] = (metadata_needed, vpc_id_unavailable, subnets_not_discoverable)
