"""STS does not take the token: what its answer says of issuer, audience and key."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import StsAnswer
from probe.findings.asked_of_aws import provider_lines, providers
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.shell import quoted
from probe.findings.web_identity_remedies import accept_audience, check_issuer, create_provider
from probe.findings.web_identity_view import STS_AUDIENCE, WebIdentityView, claim_lines, quote
from probe.report import Finding, Remedy, Tool

STEP = "web-identity.assume-role"
INVALID = "InvalidIdentityToken"
KEY_TEXT = "verification key"


def provider_missing(case: Case) -> Iterator[Finding]:
    """IAM in the role's account does not know the issuer."""
    view = WebIdentityView(case)
    refused = view.sts_said(INVALID, "No OpenIDConnect provider")
    if refused is None or view.partitions_differ:
        return
    account = view.role.account if view.role else "the role's account"
    issuer = view.claims.issuer if view.claims else None
    yield found(
        "web-identity-provider-missing",
        certainty=CERTAIN,
        step=STEP,
        summary=f"IAM in account {account} has no OIDC provider for this cluster's issuer {issuer}.",
        evidence=[
            quote(refused),
            *claim_lines(view),
            *_other_account(view),
            *(provider_lines(case) if providers(case) else _dual_stack(issuer)),
        ],
        remedies=create_provider(view),
    )


def _other_account(view: WebIdentityView) -> Iterator[str]:
    instance = view.case.instance
    here = instance.account if instance else None
    if here and view.role and here != view.role.account:
        yield (
            f"this node is in account {here} and the role in {view.role.account}: the provider must be in the role's"
        )


def _dual_stack(issuer: str | None) -> Iterator[str]:
    if issuer and issuer.startswith("https://oidc.eks."):
        yield "a provider under the dual-stack host (oidc-eks.…api.aws) does not match: tokens carry the classic host"


def audience_rejected(case: Case) -> Iterator[Finding]:
    """The provider does not list the audience that EKS tokens carry."""
    view = WebIdentityView(case)
    refused = view.sts_said(INVALID, "audience")
    if refused is None or view.claims is None or STS_AUDIENCE not in view.claims.audiences:
        return
    yield found(
        "web-identity-audience-rejected",
        certainty=CERTAIN,
        step=STEP,
        summary=f"The IAM OIDC provider does not accept the audience {STS_AUDIENCE} of this token.",
        evidence=[quote(refused), *claim_lines(view)],
        remedies=accept_audience(view),
    )


def key_unavailable(case: Case) -> Iterator[Finding]:
    """STS has no key to check the signature with."""
    view = WebIdentityView(case)
    first = view.answers.first if view.answers else None
    if first is None or first.code != INVALID or not _is_about_key(first):
        return
    if view.claims is not None and STS_AUDIENCE not in view.claims.audiences and not view.accepted:
        return  # a token for somebody else has a finding of its own
    certain = KEY_TEXT in (first.message or "") and view.sts_said(INVALID, KEY_TEXT) is not None
    finding = found(
        "web-identity-key-unavailable",
        certainty=CERTAIN if certain and view.answers and view.answers.second else LIKELY,
        step=STEP,
        summary="STS could not get the issuer's key at first, and could a moment later."
        if view.accepted
        else "STS cannot get the key that signed this token from the issuer.",
        evidence=[quote(first), *_second(view), *claim_lines(view)],
        remedies=check_issuer(view),
    )
    yield _passed(view, finding)


def _is_about_key(answer: StsAnswer) -> bool:
    message = answer.message or ""
    return KEY_TEXT in message or "could not be validated" in message


def idp_error(case: Case) -> Iterator[Finding]:
    """STS reports trouble with the issuer itself."""
    view = WebIdentityView(case)
    first = view.answers.first if view.answers else None
    if first is None or first.code not in {"IDPCommunicationError", "IDPRejectedClaim"}:
        return
    finding = found(
        "sts-idp-error",
        certainty=CERTAIN,
        step=STEP,
        summary="STS could not talk to the token's issuer at first, and could a moment later."
        if view.accepted
        else "STS could not talk to the token's issuer."
        if first.code == "IDPCommunicationError"
        else "The token's issuer rejected it when STS asked.",
        evidence=[quote(first), *_second(view), *claim_lines(view)],
        remedies=check_issuer(view),
    )
    yield _passed(view, finding)


def _second(view: WebIdentityView) -> Iterator[str]:
    second = view.answers.second if view.answers else None
    if second is not None:
        yield f"asked once more: {'accepted' if view.accepted else quote(second)}"


def _passed(view: WebIdentityView, finding: Finding) -> Finding:
    """What the second try cured is worth a warning: SDKs that do not try again fail at such a moment."""
    return replace(finding, severity=Severity.WARNING) if view.accepted else finding


def thumbprint(case: Case) -> Iterator[Finding]:
    """The certificate of the issuer's site is not the one that IAM remembers."""
    view = WebIdentityView(case)
    refused = view.sts_said(INVALID, "thumbprint")
    if refused is None:
        return
    update = Remedy(
        text="Store the thumbprint of the top certificate of the issuer's served chain.",
        command="aws iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn "
        f"{quoted(view.provider_arn)} --thumbprint-list THUMBPRINT",
        tool=Tool.AWS,
        privileged=True,
    )
    yield found(
        "web-identity-thumbprint",
        certainty=CERTAIN,
        step=STEP,
        summary="STS rejects the certificate of the issuer's site: IAM's provider has another thumbprint.",
        evidence=[quote(refused), *claim_lines(view)],
        remedies=(accept_audience(view)[0], update),
    )


def duration(case: Case) -> Iterator[Finding]:
    """A session that is longer than the role allows."""
    view = WebIdentityView(case)
    refused = view.sts_said("ValidationError", "DurationSeconds")
    if refused is None:
        return
    yield found(
        "web-identity-duration",
        certainty=CERTAIN,
        step=STEP,
        summary="STS refuses the length of the session that was asked for.",
        evidence=[quote(refused), "the probe asks for 900 seconds, the least that STS gives"],
        remedies=(
            Remedy(
                text="See what the role allows.",
                command=f"aws iam get-role --role-name {quoted(view.role_name)} --query Role.MaxSessionDuration",
                tool=Tool.AWS,
            ),
        ),
    )


RULES = (
    provider_missing,
    audience_rejected,
    key_unavailable,
    idp_error,
    thumbprint,
    duration,
)
