"""STS knows the token and refuses the role: the trust policy, or a role that does not exist.

STS never says which. Where the role could be read with other keys (`needs.trust`), its policy does.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from probe.evidence import StsAnswer
from probe.evidence.trust import RoleTrust
from probe.findings.addresses import is_private
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.web_identity_remedies import annotate_with, mend_trust
from probe.findings.web_identity_view import WebIdentityView, claim_lines, quote
from probe.report import Finding, Remedy

if TYPE_CHECKING:
    from probe.findings.trust_policy import TrustReading
    from probe.parse.denial import PolicyKind

HASH_SUFFIX = re.compile(r"-(?=[0-9a-f]*[0-9])[0-9a-f]{8,}$")
"""As generated names end, those of Crossplane's providers among them (crossplane/crossplane#5578)."""


def trust_denied(case: Case) -> Iterator[Finding]:
    """STS knows the token and refuses the role; it does not say whether the role exists."""
    view = WebIdentityView(case)
    refused = view.sts_said("AccessDenied", "sts:AssumeRoleWithWebIdentity")
    if refused is None or view.partitions_differ:
        return
    trust = _reading(view)
    is_known = trust is not None and trust.is_known
    yield found(
        "web-identity-trust-denied",
        certainty=CERTAIN if is_known else LIKELY,
        step="web-identity.assume-role",
        summary=_summary(view, trust, refused),
        evidence=[
            quote(refused),
            *claim_lines(view),
            *(trust.lines() if trust else ()),
            "STS checks provider, audience, signature and expiry first, as far as it shows: those have passed",
            *([] if is_known else _doubts(view, refused)),
        ],
        remedies=_remedies(view, trust),
    )


def _reading(view: WebIdentityView) -> "TrustReading | None":
    """Return the role as it was read. Policies are understood where one was read: other runs must not pay for it."""
    if view.case.evidence.facts("needs.trust", RoleTrust) is None:
        return None
    from probe.findings.trust_policy import of_web_identity  # noqa: PLC0415 - see above

    return of_web_identity(view)


def _summary(view: WebIdentityView, trust: "TrustReading | None", refused: StsAnswer) -> str:
    role = view.variables.role_arn if view.variables else None
    subject = view.claims.subject if view.claims else None
    other = _names_another(refused)
    if other is not None and (trust is None or not trust.is_known):
        return f"STS refuses {role} to {subject}, and names a {other}, not the trust policy, as the reason."
    if trust is None or (not trust.is_known and trust.judgement is None):
        return (
            f"STS refuses {role} to {subject}: the trust policy does not let this token in, or there is no such role."
        )
    if trust.is_missing and trust.role is not None:
        return f"There is no role {trust.role.name} in account {trust.role.account}: STS refuses {role} to {subject}."
    if trust.other_path is not None:
        return f"STS refuses {role} to {subject}: the role has another path, its ARN is {trust.other_path}."
    if trust.clause is not None:
        return f"The trust policy of {role} keeps {subject} out: {trust.clause}."
    return f"STS refuses {role} to {subject}, and its trust policy does not show why."


def _names_another(refused: StsAnswer) -> "PolicyKind | None":
    """Return the kind of policy that STS gives as the reason, where it gives one that is not the role's own."""
    from probe.parse.denial import PolicyKind, read_denial  # noqa: PLC0415 - only where STS refused

    policy = read_denial(refused.message).policy
    return None if policy in {PolicyKind.TRUST, PolicyKind.RESOURCE} else policy


def _remedies(view: WebIdentityView, trust: "TrustReading | None") -> tuple[Remedy, ...]:
    if trust is not None and trust.other_path is not None:
        return annotate_with(view, trust.other_path)
    return (*mend_trust(view), *_wildcard(view))


def _doubts(view: WebIdentityView, refused: StsAnswer) -> Iterator[str]:
    yield from _hash_suffix(view)
    yield from _session_name(view)
    yield from _endpoint_policy(refused)


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
