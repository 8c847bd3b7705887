"""STS knows the token and refuses the role: the trust policy, or a role that does not exist."""

import re
from collections.abc import Iterator

from probe.evidence import StsAnswer
from probe.findings.addresses import is_private
from probe.findings.case import LIKELY, Case, found
from probe.findings.web_identity_remedies import mend_trust
from probe.findings.web_identity_view import WebIdentityView, claim_lines, quote
from probe.report import Finding, Remedy

HASH_SUFFIX = re.compile(r"-(?=[0-9a-f]*[0-9])[0-9a-f]{8,}$")
"""As generated names end, those of Crossplane's providers among them (crossplane/crossplane#5578)."""


def trust_denied(case: Case) -> Iterator[Finding]:
    """STS knows the token and refuses the role; it does not say whether the role exists."""
    view = WebIdentityView(case)
    refused = view.sts_said("AccessDenied", "sts:AssumeRoleWithWebIdentity")
    if refused is None or view.partitions_differ:
        return
    role = view.variables.role_arn if view.variables else None
    subject = view.claims.subject if view.claims else None
    yield found(
        "web-identity-trust-denied",
        certainty=LIKELY,
        step="web-identity.assume-role",
        summary=f"STS refuses {role} to {subject}: the trust policy does not let this token in, or there is no such "
        "role.",
        evidence=[
            quote(refused),
            *claim_lines(view),
            "STS checks provider, audience, signature and expiry first, as far as it shows: those have passed",
            *_hash_suffix(view),
            *_session_name(view),
            *_endpoint_policy(refused),
        ],
        remedies=(*mend_trust(view), *_wildcard(view)),
    )


def _account_name(view: WebIdentityView) -> str:
    return (view.claims.subject or "").rpartition(":")[2] if view.claims else ""


def _hash_suffix(view: WebIdentityView) -> Iterator[str]:
    if HASH_SUFFIX.search(_account_name(view)):
        yield "the ServiceAccount's name ends in a generated suffix; a * under StringEquals never matches it"


def _wildcard(view: WebIdentityView) -> Iterator[Remedy]:
    if HASH_SUFFIX.search(_account_name(view)):
        yield Remedy(
            text="For a generated name: use StringLike for :sub instead of StringEquals, or better give the "
            "ServiceAccount a fixed name (Crossplane: DeploymentRuntimeConfig, serviceAccountTemplate)."
        )


def _session_name(view: WebIdentityView) -> Iterator[str]:
    told = view.variables
    if told is not None and told.session_name and told.session_name != told.probe_session_name:
        yield (
            f"the probe called its session {told.probe_session_name}, the application's is {told.session_name}: "
            "matters only if the policy demands sts:RoleSessionName"
        )


def _endpoint_policy(refused: StsAnswer) -> Iterator[str]:
    address = refused.exchange.address
    if address is not None and is_private(address):
        yield f"STS was reached at a private address ({address}): the VPC endpoint's policy can refuse as well"


RULES = (trust_denied,)
