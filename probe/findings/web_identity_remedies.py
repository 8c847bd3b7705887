"""What to do about web identity, with this pod's values."""

import re

from probe.findings.case import Case
from probe.findings.shell import quoted
from probe.findings.web_identity_view import STS_AUDIENCE, WebIdentityView
from probe.parse.arn import RoleArn, read_role_arn
from probe.parse.token import trust_policy_statement
from probe.report import Remedy, Tool


def restart(
    case: Case, text: str = "Variables and mounts are set when a pod is created: restart the workload."
) -> Remedy:
    """Create the pods again."""
    return Remedy(
        text=text,
        command=f"kubectl -n {quoted(case.namespace)} rollout restart {case.workload}",
        tool=Tool.KUBECTL,
        privileged=True,
    )


def look_at_pod(case: Case, text: str) -> Remedy:
    """Read the pod as the API server has it."""
    return Remedy(
        text=text,
        command=f"kubectl -n {quoted(case.namespace)} get pod {quoted(case.pod)} -o yaml",
        tool=Tool.KUBECTL,
    )


def unset(case: Case, *variables: str) -> Remedy:
    """Remove variables that somebody set by hand."""
    names = " ".join(f"{name}-" for name in variables)
    return Remedy(
        text="Remove the hand-set variable from the container (and from the chart), so that the webhook injects the "
        "whole pair.",
        command=f"kubectl -n {quoted(case.namespace)} set env deployment/DEPLOYMENT {names}",
        tool=Tool.KUBECTL,
        privileged=True,
    )


def annotate_role(view: WebIdentityView) -> tuple[Remedy, ...]:
    """Write the role's ARN anew, mended where the mistake leaves no doubt."""
    mended = _mended(view)
    role = mended.text if mended else f"arn:{_partition(view)}:iam::ACCOUNT_ID:role/ROLE_NAME"
    text = "Write the ARN as it was meant" if mended else "Write the ARN in this form"
    return (
        Remedy(
            text="The ARN as IAM has it:",
            command=f"aws iam get-role --role-name {quoted(mended.name if mended else 'ROLE_NAME')} "
            "--query Role.Arn --output text",
            tool=Tool.AWS,
        ),
        *annotate_with(view, role, text),
    )


def annotate_with(view: WebIdentityView, role: str, text: str = "Write the ARN as IAM has it") -> tuple[Remedy, ...]:
    """Write this ARN, then make new pods."""
    case = view.case
    return (
        Remedy(
            text=f"{text} into the ServiceAccount's annotation, and into the chart that sets it.",
            command=f"kubectl -n {quoted(case.namespace)} annotate serviceaccount {quoted(case.service_account)} "
            f"eks.amazonaws.com/role-arn={quoted(role)} --overwrite",
            tool=Tool.KUBECTL,
            privileged=True,
        ),
        restart(case),
    )


def _mended(view: WebIdentityView) -> RoleArn | None:
    """Undo what is plainly one slip: doubled colons, white space, quotes."""
    text = view.variables.role_arn if view.variables else None
    if not text:
        return None
    read = read_role_arn(re.sub(r":{3,}", "::", text.strip().strip("\"'`").strip()))
    return read if isinstance(read, RoleArn) else None


def _partition(view: WebIdentityView) -> str:
    return view.partitions[1] if view.partitions else "aws"


def file_system_group(view: WebIdentityView) -> tuple[Remedy, ...]:
    """Let the process' group read the projected token."""
    namespace = quoted(view.case.namespace)
    patch = '{"spec":{"template":{"spec":{"securityContext":{"fsGroup":65534}}}}}'
    return (
        Remedy(
            text="Give the pod an fsGroup: the kubelet then lets that group read the token.",
            command=f"kubectl -n {namespace} patch deployment DEPLOYMENT -p '{patch}'",
            tool=Tool.KUBECTL,
            privileged=True,
        ),
        Remedy(
            text="Or run every container of the pod that needs AWS as the same user (runAsUser on the pod, not on one "
            "container): the token then belongs to that user."
        ),
    )


def project_token(case: Case) -> tuple[Remedy, ...]:
    """Take the token where the kubelet writes it."""
    return (
        Remedy(
            text="Let the webhook inject variables, volume and mount: remove hand-set AWS_ROLE_ARN and "
            "AWS_WEB_IDENTITY_TOKEN_FILE from the container and keep the ServiceAccount's annotation. By hand: mount "
            f"a projected ServiceAccount token with audience {STS_AUDIENCE} (no subPath, no copy) at that path."
        ),
        look_at_pod(case, "See whether this container has the mount aws-iam-token."),
        restart(case),
    )


def trust_statement(view: WebIdentityView) -> Remedy:
    """The statement that lets exactly this token in, ready to paste."""
    claims, role = view.claims, view.role
    audience = claims.audiences[0] if claims and claims.audiences else STS_AUDIENCE
    case = view.case
    subject = claims.subject if claims and claims.subject else None
    return Remedy(
        text="The trust policy needs this statement for this token (add it to the policy, keep the others).",
        command=trust_policy_statement(
            role.partition if role else "aws",
            role.account if role else "ACCOUNT_ID",
            claims.issuer if claims and claims.issuer else "ISSUER",
            subject or f"system:serviceaccount:{case.namespace}:{case.service_account}",
            audience,
        ),
        tool=Tool.TEXT,
        privileged=True,
    )


def mend_trust(view: WebIdentityView) -> tuple[Remedy, ...]:
    """Look at the trust policy, then write it."""
    role = quoted(view.role_name)
    account = f" (account {view.role.account})" if view.role else ""
    return (
        Remedy(
            text=f"See whether the role exists and what its trust policy says{account}.",
            command=f"aws iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument",
            tool=Tool.AWS,
        ),
        trust_statement(view),
        Remedy(
            text="Write the whole policy back from a file; it replaces the old one.",
            command=f"aws iam update-assume-role-policy --role-name {role} --policy-document file://trust.json",
            tool=Tool.AWS,
            privileged=True,
        ),
    )


def create_provider(view: WebIdentityView) -> tuple[Remedy, ...]:
    """Register the issuer in the role's account."""
    claims = view.claims
    issuer = quoted(claims.issuer if claims and claims.issuer else "ISSUER")
    account = view.role.account if view.role else "of the role"
    return (
        Remedy(
            text=f"See which providers account {account} has (run it with credentials of that account).",
            command="aws iam list-open-id-connect-providers",
            tool=Tool.AWS,
        ),
        Remedy(
            text="Create the provider there, with the issuer exactly as in the token.",
            command=f"aws iam create-open-id-connect-provider --url {issuer} --client-id-list {STS_AUDIENCE}",
            tool=Tool.AWS,
            privileged=True,
        ),
        Remedy(
            text="Or, in the cluster's own account, let eksctl do it.",
            command="eksctl utils associate-iam-oidc-provider --cluster CLUSTER --approve",
            tool=Tool.EKSCTL,
            privileged=True,
        ),
    )


def accept_audience(view: WebIdentityView) -> tuple[Remedy, ...]:
    """Let the provider take the audience of EKS tokens."""
    provider = quoted(view.provider_arn)
    return (
        Remedy(
            text="See which audiences the provider accepts.",
            command=f"aws iam get-open-id-connect-provider --open-id-connect-provider-arn {provider} "
            "--query ClientIDList",
            tool=Tool.AWS,
        ),
        Remedy(
            text="Add the one that EKS tokens carry, in China too.",
            command=f"aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {provider} "
            f"--client-id {STS_AUDIENCE}",
            tool=Tool.AWS,
            privileged=True,
        ),
    )


def check_issuer(view: WebIdentityView) -> tuple[Remedy, ...]:
    """Compare the issuer's published keys with the token's."""
    claims = view.claims
    issuer = claims.issuer if claims and claims.issuer else "ISSUER"
    key = claims.key_id if claims and claims.key_id else "KEY_ID"
    return (
        Remedy(text="Wait a minute and run the probe again.", command="probe run --wait 120", tool=Tool.PROBE),
        Remedy(
            text=f"From outside the cluster: is the discovery document public, and is kid {key} listed at its "
            "jwks_uri?",
            command=f"curl -s {quoted(f'{issuer}/.well-known/openid-configuration')}",
            tool=Tool.SHELL,
        ),
        Remedy(
            text="Self-hosted issuer: publish the key set of the current signing key. EKS issuer: open a case with "
            "AWS and give the request id above."
        ),
    )
