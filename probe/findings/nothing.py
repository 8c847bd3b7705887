"""Nothing is configured: every SDK ends at IMDS, and people read its error as the cause."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import Source
from probe.findings.case import CERTAIN, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.identity_remedies import identity_remedies
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
        ],
        remedies=identity_remedies(case),
    )
    if wanted is None and case.gave_keys(Source.IMDS):
        yield replace(finding, severity=Severity.WARNING)
    else:
        yield finding


def _summary(case: Case, wanted: str | None) -> str:
    who = f"{case.namespace}/{case.service_account}" if case.given.pod.service_account else "this pod"
    if wanted is not None:
        return f"No credential source is configured in this container, and {wanted} is expected for {who}."
    if case.gave_keys(Source.IMDS):
        return f"No identity was injected into {who}; it runs as the node role."
    return f"No credential source is configured in this container: nothing was injected into {who}."


def _imds_state(case: Case) -> str:
    if case.works(Source.IMDS):
        return "IMDS gives the node role, which STS accepts"
    return "IMDS gives keys" if case.gave_keys(Source.IMDS) else "IMDS gives no keys either"


RULES = (nothing_configured,)
