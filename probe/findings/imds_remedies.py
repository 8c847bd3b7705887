"""What to do about IMDS, with this pod's values. Best first: an identity of its own needs no IMDS at all."""

from probe.findings.case import Case
from probe.findings.identity_remedies import identity_remedies, instance_argument
from probe.findings.imds_view import ImdsView
from probe.findings.kubernetes_view import KubernetesView
from probe.findings.shell import quoted
from probe.report import Remedy, Tool


def endpoint_remedies(case: Case) -> tuple[Remedy, ...]:
    """Nearly nobody needs an override."""
    named = case.imds.named_by if case.imds else None
    mode = named == "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE" or named is None
    right = "IPv4 or IPv6, or not set" if mode else "a URL such as http://169.254.169.254, or not set"
    return (
        Remedy(
            text=f"Take {named or 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE'} out of this container: SDKs know where "
            f"IMDS is. If it must stay, it is {right}.",
        ),
        Remedy(
            text="See who sets it.",
            command=f"kubectl -n {quoted(case.namespace)} get pod {quoted(case.pod)} "
            "-o jsonpath='{.spec.containers[*].env}'",
            tool=Tool.KUBECTL,
        ),
    )


def stall_remedies() -> tuple[Remedy, ...]:
    """Find who swallows the packets."""
    return (
        Remedy(
            text="Run the probe once more with hostNetwork on the same node: if IMDS answers there, the pod network "
            "swallows the answers (network policy, mesh, path MTU); if not, the instance does.",
        ),
        Remedy(
            text="On the node, look for dropped link-local packets (more than 1,024 a second are dropped silently).",
            command="ethtool -S eth0 | grep linklocal_allowance_exceeded",
            tool=Tool.SHELL,
            privileged=True,
        ),
    )


def blocked_remedies(case: Case) -> tuple[Remedy, ...]:
    """A block is often meant; say so first."""
    return (
        Remedy(
            text="Blocking IMDS for pods is good practice. If this pod has no business with the node role, "
            "give it an identity of its own instead of opening the way."
        ),
        Remedy(
            text="Look for the policy that drops it (allow egress to 169.254.169.254/32 port 80 if IMDS is needed).",
            command=f"kubectl -n {quoted(case.namespace)} get networkpolicies{_names(case)} -o wide",
            tool=Tool.KUBECTL,
        ),
    )


def _names(case: Case) -> str:
    """Name the policies that are known to select the pod."""
    known = KubernetesView(case).policies_against("169.254.169.254")
    names = dict.fromkeys(quoted(one.name) for one in known if one.kind == "NetworkPolicy")
    return "".join(f" {name}" for name in names)


def fargate_remedies(case: Case) -> tuple[Remedy, ...]:
    """Fargate has IRSA only."""
    return (
        Remedy(
            text="Use IRSA: it is the only pod identity on Fargate. Annotate the ServiceAccount and restart the pod.",
            command=f"kubectl -n {quoted(case.namespace)} annotate serviceaccount {quoted(case.service_account)} "
            "eks.amazonaws.com/role-arn=ROLE_ARN --overwrite",
            tool=Tool.KUBECTL,
            privileged=True,
        ),
        Remedy(text="Give the controller region and VPC id explicitly; nothing on Fargate can tell it."),
    )


def no_route_remedies(case: Case) -> tuple[Remedy, ...]:
    """Routes and families."""
    texts = [Remedy(text="Look at the pod's routes: a link-local address needs a default route or one of its own.")]
    if case.given.pod.address_families == ("ipv6",):
        texts.insert(
            0,
            Remedy(
                text="This pod has IPv6 addresses only: SDKs use the IPv6 endpoint of IMDS when they are told to.",
                command="AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6",
            ),
        )
    return tuple(texts)


def refused_remedies(case: Case) -> tuple[Remedy, ...]:
    """A leftover of kube2iam or kiam, or a proxy that is gone."""
    return (
        Remedy(
            text="On the node, look for a rule that diverts IMDS (kube2iam and kiam leave one behind) and delete it, "
            "or replace the node.",
            command="iptables -t nat -S PREROUTING | grep 169.254.169.254",
            tool=Tool.SHELL,
            privileged=True,
        ),
        Remedy(
            text="See which node it is, and whether others do the same.",
            command=f"kubectl get node {quoted(case.node)} -o wide",
            tool=Tool.KUBECTL,
        ),
    )


def disabled_remedies(imds: ImdsView) -> tuple[Remedy, ...]:
    """Switch it on, or do without."""
    own = identity_remedies(imds.case) if imds.case.nothing_configured() else ()
    return (
        *own,
        Remedy(
            text="If this pod must use IMDS, switch it on for the instance (and in the launch template).",
            command=f"aws ec2 modify-instance-metadata-options --instance-id {instance_argument(imds.case)} "
            "--http-endpoint enabled",
            tool=Tool.AWS,
            privileged=True,
        ),
    )


def forwarded_remedies() -> tuple[Remedy, ...]:
    """Somebody rewrites requests."""
    return (
        Remedy(
            text="Find the proxy or mesh sidecar between the pod and IMDS: it adds X-Forwarded-For, or drops the TTL "
            "header. Exclude the address from it (Istio: traffic.sidecar.istio.io/excludeOutboundIPRanges: "
            "169.254.169.254/32)."
        ),
    )


def impostor_remedies(imds: ImdsView) -> tuple[Remedy, ...]:
    """Name and remove it."""
    return (
        Remedy(
            text="Find what answers in IMDS' place: kube2iam, kiam, a mesh, a mock (amazon-ec2-metadata-mock, moto).",
            command="kubectl get daemonsets,deployments -A | grep -E 'kube2iam|kiam|metadata|moto'",
            tool=Tool.KUBECTL,
        ),
        Remedy(
            text="Make sure: to a GET of the token path EC2 answers 405 with Server: EC2ws, and mocks 200.",
            command=f"curl -si --noproxy '*' {quoted(imds.variables.endpoint + '/latest/api/token')}",
            tool=Tool.SHELL,
        ),
        *refused_remedies(imds.case)[:1],
    )


def transient_remedies() -> tuple[Remedy, ...]:
    """It may pass; if it does not, count packets."""
    return (
        Remedy(text="Run the probe again and see whether it passes.", command="probe run --wait 60", tool=Tool.PROBE),
        stall_remedies()[1],
    )


def slow_remedies() -> tuple[Remedy, ...]:
    """Fewer callers, or more patience."""
    return (
        Remedy(
            text="Give the application more patience where its SDK lets you (botocore and the AWS CLI, in seconds).",
            command="AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=3",
        ),
        stall_remedies()[1],
    )


def no_role_remedies(imds: ImdsView) -> tuple[Remedy, ...]:
    """Attach a profile, or use the identity that was meant."""
    own = identity_remedies(imds.case) if imds.case.nothing_configured() else ()
    profile = imds.listing.instance_profile if imds.listing else None
    if profile is not None:
        name = quoted(profile.rpartition("/")[2])
        put = Remedy(
            text="If the node itself is meant to have a role: put one into its instance profile.",
            command=f"aws iam add-role-to-instance-profile --instance-profile-name {name} --role-name ROLE",
            tool=Tool.AWS,
            privileged=True,
        )
        return (*own, put)
    return (
        *own,
        Remedy(
            text="If the node itself is meant to have a role: attach an instance profile.",
            command=f"aws ec2 associate-iam-instance-profile --instance-id {instance_argument(imds.case)} "
            "--iam-instance-profile Name=PROFILE",
            tool=Tool.AWS,
            privileged=True,
        ),
    )


def role_trust_remedies(imds: ImdsView) -> tuple[Remedy, ...]:
    """The role or the profile behind IMDS."""
    listing = imds.listing
    role = listing.role if listing and listing.role else "ROLE"
    return (
        Remedy(
            text="Look at the role's trust policy: ec2.amazonaws.com must be allowed sts:AssumeRole.",
            command=f"aws iam get-role --role-name {quoted(role)} --query Role.AssumeRolePolicyDocument",
            tool=Tool.AWS,
        ),
        Remedy(
            text="A role or profile that was deleted and made anew must be attached to the instance again.",
            command=f"aws ec2 describe-iam-instance-profile-associations --filters "
            f"Name=instance-id,Values={instance_argument(imds.case)}",
            tool=Tool.AWS,
        ),
    )


def expired_remedies(imds: ImdsView) -> tuple[Remedy, ...]:
    """IMDS renews keys itself; where it does not, the profile has lost its role, or the node is ill."""
    profile = imds.listing.instance_profile if imds.listing else None
    name = (profile or "PROFILE").rpartition("/")[2]
    return (
        Remedy(
            text="See whether the instance profile still has its role (it is often named like the role).",
            command=f"aws iam get-instance-profile --instance-profile-name {quoted(name)} "
            "--query InstanceProfile.Roles",
            tool=Tool.AWS,
        ),
        Remedy(text="Wait a few minutes and run the probe again; if it stays, replace the node."),
    )
