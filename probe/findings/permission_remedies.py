"""What to do about a refused call: the policy of the release, the statement that is missing, or another identity."""

from collections.abc import Iterator, Mapping, Sequence

from probe.evidence import Decoded
from probe.findings.case import Case
from probe.findings.identity_remedies import identity_remedies
from probe.findings.permission_words import role_name, statement
from probe.findings.shell import quoted
from probe.parse.arn import SessionKind, session_kind
from probe.parse.denial import Denial, PolicyKind
from probe.report import Remedy, Tool

_MANAGED: Mapping[str, str] = {
    "vpc-cni": "AmazonEKS_CNI_Policy",
    "aws-ebs-csi-driver": "service-role/AmazonEBSCSIDriverPolicy",
    "aws-efs-csi-driver": "service-role/AmazonEFSCSIDriverPolicy",
    "cloudwatch-agent": "CloudWatchAgentServerPolicy",
}
"""Controllers whose permissions AWS keeps in a managed policy: its name behind `policy/`."""
_PUBLISHED: Mapping[str, str] = {
    "aws-load-balancer-controller": "docs/install/iam_policy.json",
    "karpenter": "the CloudFormation template of its getting-started guide",
}


def remedies_for(case: Case, code: str, who: str, actions: Sequence[str], denial: Denial) -> tuple[Remedy, ...]:
    """Return what to do, by the kind of policy that the answer names."""
    special = _SPECIAL.get(code)
    if special is not None:
        return (special(case, denial, actions),)
    if session_kind(who) is SessionKind.NODE_ROLE:
        return (_wrong_identity(), *identity_remedies(case), *_allow(case, who, actions, denial))
    return tuple(_allow(case, who, actions, denial))


def _wrong_identity() -> Remedy:
    return Remedy(
        text="This is the node role, which every pod of the node can use. Unless the controller is meant to run as it, "
        "give the pod a role of its own rather than the node these permissions."
    )


def _allow(case: Case, who: str, actions: Sequence[str], denial: Denial) -> Iterator[Remedy]:
    if denial.is_explicit:
        yield Remedy(text=f"Find the statement that denies {', '.join(actions)}: no other can allow what it denies.")
        return
    if denial.policy is PolicyKind.RESOURCE:
        yield Remedy(text=f"Let the policy of the resource itself, in its own account, allow {', '.join(actions)}.")
    yield from _of_release(case, who)
    yield add_statement(who, actions)


def _of_release(case: Case, who: str) -> Iterator[Remedy]:
    """Name the whole policy of the release: what is missing today is seldom all that is missing."""
    name = case.evidence.wanted.controller or ""
    release = case.evidence.wanted.controller_version
    if name in _MANAGED:
        yield Remedy(
            text=f"Attach the managed policy for {name}.",
            command=f"aws iam attach-role-policy --role-name {role_name(who)} "
            f"--policy-arn arn:{_partition(who)}:iam::aws:policy/{_MANAGED[name]}",
            tool=Tool.AWS,
            privileged=True,
        )
    elif name in _PUBLISHED:
        which = f"release {release}" if release else "the release that runs"
        yield Remedy(text=f"Apply the whole policy of {which} of {name}: {_PUBLISHED[name]} in its repository.")
    elif name:
        yield Remedy(text=f"Compare with the policy that {name} documents for the release that runs.")


def add_statement(who: str, actions: Sequence[str]) -> Remedy:
    """Add what is missing, and nothing else."""
    return Remedy(
        text="Or add just what is missing, as an inline policy.",
        command=f"aws iam put-role-policy --role-name {role_name(who)} --policy-name missing-permissions "
        f"--policy-document {quoted(statement(actions))}",
        tool=Tool.AWS,
        privileged=True,
    )


def decode_remedies(case: Case, who: str, actions: Sequence[str], decoded: Decoded | None) -> tuple[Remedy, ...]:
    """Decode the message, or act on what it says."""
    if decoded is not None:
        denial = Denial(principal=who, is_explicit=decoded.explicit_deny)
        return remedies_for(case, "permission-encoded", who, [decoded.action or actions[0]], denial)
    decode = Remedy(
        text="Decode the message that the controller logs (MESSAGE), with keys that may do "
        "sts:DecodeAuthorizationMessage.",
        command="aws sts decode-authorization-message --encoded-message MESSAGE --query DecodedMessage --output text",
        tool=Tool.AWS,
    )
    return (decode, *_of_release(case, who))


def write_remedies(case: Case, principal: str, actions: Sequence[str]) -> tuple[Remedy, ...]:
    """Compare with the release's policy, and look at the simulation."""
    look = Remedy(
        text="See what the simulator says of each action.",
        command=f"aws iam simulate-principal-policy --policy-source-arn {quoted(principal or 'ROLE_ARN')} "
        f"--action-names {' '.join(map(quoted, actions))}",
        tool=Tool.AWS,
    )
    return (*_of_release(case, principal), look)


def _partition(arn: str) -> str:
    return arn.split(":")[1] if arn.count(":") >= 5 else "aws"


def _organization(case: Case, denial: Denial, actions: Sequence[str]) -> Remedy:
    del case
    named = f" ({denial.policy_arn})" if denial.policy_arn else ""
    how = "deny" if denial.is_explicit else "do not allow"
    return Remedy(
        text=f"Ask whoever administers the AWS organization: its {denial.policy}s{named} {how} {', '.join(actions)}. "
        "Nothing in this account can change that."
    )


def _boundary(case: Case, denial: Denial, actions: Sequence[str]) -> Remedy:
    del case
    name = role_name(denial.principal or "")
    return Remedy(
        text=f"Let the role's permissions boundary allow {', '.join(actions)}; see which it is.",
        command=f"aws iam get-role --role-name {name} --query Role.PermissionsBoundary",
        tool=Tool.AWS,
    )


def _session(case: Case, denial: Denial, actions: Sequence[str]) -> Remedy:
    del denial
    namespace, account = quoted(case.namespace), quoted(case.service_account)
    return Remedy(
        text=f"Let the session policy allow {', '.join(actions)}. With Pod Identity it stands in the association "
        "(CLUSTER is your cluster's name); with AssumeRole, in the call.",
        command=f"aws eks list-pod-identity-associations --cluster-name CLUSTER --namespace {namespace} "
        f"--service-account {account}",
        tool=Tool.AWS,
    )


def _endpoint(case: Case, denial: Denial, actions: Sequence[str]) -> Remedy:
    del case, denial
    services = ",".join(sorted({f"*.{action.partition(':')[0]}" for action in actions}))
    return Remedy(
        text=f"Let the VPC endpoint's policy allow {', '.join(actions)}.",
        command=f"aws ec2 describe-vpc-endpoints --filters {quoted(f'Name=service-name,Values={services}')} "
        "--query 'VpcEndpoints[].[VpcEndpointId,PolicyDocument]'",
        tool=Tool.AWS,
    )


_SPECIAL = {
    "permission-denied-scp": _organization,
    "permission-denied-boundary": _boundary,
    "permission-denied-session-policy": _session,
    "permission-denied-endpoint-policy": _endpoint,
}
