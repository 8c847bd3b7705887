"""Every IMDS rule. What keeps the pod from a token is one finding, and only behind it comes what keeps it from keys."""

from collections.abc import Iterator
from itertools import chain

from probe.findings import imds_answers, imds_endpoint, imds_hop_limit, imds_path, imds_proxy, imds_reachable, imds_role
from probe.findings.case import Case, Rule, first
from probe.findings.catalogue.entry import Severity
from probe.report import Finding

_PICTURES: tuple[Rule, ...] = (
    imds_endpoint.unusable,
    imds_path.no_connection,
    imds_answers.with_token,
    imds_endpoint.wrong_path,
    imds_answers.refusals,
    imds_hop_limit.stalls,
    imds_path.broken_off,
    imds_answers.strangers,
    imds_answers.unsteady,
)
"""Pictures that exclude each other; the clearest first, and at the end what fits nowhere else."""
VERSION_1_ALLOWED = "imds-hop-limit-v1-allowed"
_BEHIND_VERSION_1 = frozenset(
    {"imds-no-role", "imds-role-unauthorized", "imds-response-malformed", "imds-credentials-expired"}
)
"""What IMDSv1 shows of the role when no token comes; everything else would only repeat that none comes."""


def token_stage(case: Case) -> Iterator[Finding]:
    """Say what is wrong with the endpoint, the way to it, or the token: one finding at most."""
    return first(chain.from_iterable(look(case) for look in _PICTURES))


def role_stage(case: Case) -> Iterator[Finding]:
    """Say what is wrong with the role or its keys: one finding at most."""
    before = next(token_stage(case), None)
    blocked_by = before.code if before is not None and before.severity is Severity.ERROR else None
    if blocked_by not in {None, VERSION_1_ALLOWED}:
        return
    for finding in first(chain(imds_role.role_listing(case), imds_role.role_keys(case))):
        if blocked_by is None or finding.code in _BEHIND_VERSION_1:
            yield finding


RULES: tuple[Rule, ...] = (
    token_stage,
    role_stage,
    imds_endpoint.mode_spelling,
    imds_reachable.reachable,
    *imds_proxy.RULES,
)
