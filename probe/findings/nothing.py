"""Nothing is configured: every SDK ends at IMDS, and people read its error as the cause."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import Outcome, Source
from probe.findings.asked_of_aws import association_lines
from probe.findings.case import CERTAIN, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.identity_remedies import identity_remedies
from probe.findings.kubernetes_remedies import debug_profile
from probe.findings.kubernetes_view import KubernetesView
from probe.findings.spoken import listed
from probe.report import Finding


def nothing_configured(case: Case) -> Iterator[Finding]:
    """No keys, no profile, no web identity, no container endpoint."""
    wanted = case.evidence.wanted.source
    if not case.nothing_configured() or wanted in {Source.IMDS, "none"}:
        return
    finding = found(
        "nothing-configured",
        certainty=CERTAIN,
        step="environment.keys",
        summary=_summary(case, wanted),
        evidence=[
            "AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE and AWS_CONTAINER_CREDENTIALS_* are not set",
            "no static keys in the environment, no profile in any file",
            _imds_state(case),
            *_account_line(case),
            *_unseen(case),
            *association_lines(case),
        ],
        remedies=(debug_profile(case),) if KubernetesView(case).neighbours else identity_remedies(case),
    )
    if wanted is None and _runs_as_node(case):
        yield replace(finding, severity=Severity.WARNING)
    else:
        yield finding


def _account_line(case: Case) -> Iterator[str]:
    """Say that web identity was not meant, where the ServiceAccount could be read."""
    view = KubernetesView(case)
    if view.names_no_role:
        yield (
            "the ServiceAccount has no eks.amazonaws.com/role-arn annotation: no web identity is meant; a Pod Identity "
            "association would not show there"
        )


def _unseen(case: Case) -> Iterator[str]:
    """Say what an ephemeral container cannot see: it has no token of its own either."""
    if case.given.pod.service_account is None:
        yield "an ephemeral container (kubectl debug) gets neither token nor identity, whatever its pod has"


def _summary(case: Case, wanted: str | None) -> str:
    named = f"{case.namespace}/{case.service_account}" if case.given.pod.service_account else None
    neighbours = KubernetesView(case).neighbours
    if neighbours:
        tail = "; it runs as the node role" if wanted is None and _runs_as_node(case) else ""
        return f"This container was given no identity; its pod has one in {listed(neighbours)}{tail}."
    if wanted is not None:
        return f"No credential source is configured in this container, and {wanted} is expected for {named or 'it'}."
    here = f"this container of {named}" if named else "this container"
    if _runs_as_node(case):
        return f"No identity was injected into {here}; it runs as the node role."
    return f"No credential source is configured: nothing was injected into {here}."


def _runs_as_node(case: Case) -> bool:
    """Whether SDKs get the node role in the place of an identity."""
    return case.gave_keys(Source.IMDS) and not (case.imds is not None and case.imds.disabled)


def _imds_state(case: Case) -> str:
    switch = ", but AWS_EC2_METADATA_DISABLED keeps SDKs from asking" if case.imds and case.imds.disabled else ""
    if case.works(Source.IMDS):
        return f"IMDS gives the node role, which STS accepts{switch}"
    if case.gave_keys(Source.IMDS):
        return f"IMDS gives keys{switch}"
    steps = [step for step in case.evidence.steps if step.source is Source.IMDS]
    failed = next((step.id for step in steps if step.outcome is Outcome.FAIL), None)
    if failed is not None:
        return f"IMDS gives no keys either: {failed} failed"
    cut = next((f"{step.id}: {step.reason}" for step in steps if step.outcome is Outcome.SKIPPED), "it was not asked")
    return f"whether IMDS gives keys is not known ({cut})"


RULES = (nothing_configured,)
