"""What to do about the Pod Identity agent and what stands behind it, with this pod's values. Best first."""

from probe.findings.case import Case
from probe.findings.shell import quoted
from probe.parse.token import pod_identity_trust_statement
from probe.report import Remedy, Tool

LINK_LOCAL = ("169.254.170.23", "fd00:ec2::23", "169.254.169.254", "fd00:ec2::254")


def restart(case: Case, text: str) -> Remedy:
    """Make new pods: what the webhook injects, it injects when a pod is created."""
    return Remedy(
        text=text,
        command=f"kubectl -n {quoted(case.namespace)} rollout restart {case.workload}",
        tool=Tool.KUBECTL,
        privileged=True,
    )


def find_agent(case: Case) -> Remedy:
    """See whether the agent runs on this node."""
    node = quoted(case.node)
    return Remedy(
        text="See whether the agent runs on this node (EKS Auto Mode has it built in and shows no pod).",
        command=f"kubectl -n kube-system get pods -o wide --field-selector spec.nodeName={node} "
        "-l app.kubernetes.io/name=eks-pod-identity-agent",
        tool=Tool.KUBECTL,
    )


def install_agent() -> Remedy:
    """Install the add-on."""
    return Remedy(
        text="If it runs nowhere: install the add-on (not on EKS Auto Mode, where the built-in one has the port).",
        command="aws eks create-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent",
        tool=Tool.AWS,
        privileged=True,
    )


def upgrade_agent(text: str) -> Remedy:
    """Upgrade the add-on."""
    return Remedy(
        text=text,
        command="aws eks update-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent "
        "--addon-version VERSION",
        tool=Tool.AWS,
        privileged=True,
    )


def agent_log(text: str, *, previous: bool = False) -> Remedy:
    """Read the agent's log."""
    return Remedy(
        text=text,
        command=f"kubectl -n kube-system logs AGENT_POD{' --previous' if previous else ''}",
        tool=Tool.KUBECTL,
    )


def restart_agent(text: str) -> Remedy:
    """Restart the agent of one node."""
    return Remedy(text=text, command="kubectl -n kube-system delete pod AGENT_POD", tool=Tool.KUBECTL, privileged=True)


def unreachable_remedies(case: Case) -> tuple[Remedy, ...]:
    """Nobody answers: look for the agent first, then for what drops the packets."""
    return (
        find_agent(case),
        install_agent(),
        Remedy(
            text="If it runs on other nodes only: its DaemonSet needs tolerations for this node's taints "
            "(add-on configuration `tolerations: [{operator: Exists}]`)."
        ),
        Remedy(
            text="If it runs here: look for the policy that drops the packets, with Cilium also in "
            "ciliumnetworkpolicies. Cilium needs `toEntities: [host]` with port 80, because no ipBlock ever matches "
            "this address.",
            command=f"kubectl -n {quoted(case.namespace)} get networkpolicies",
            tool=Tool.KUBECTL,
        ),
        Remedy(
            text="Security groups for pods cut the address off unless the VPC CNI is told otherwise.",
            command="kubectl -n kube-system set env daemonset/aws-node POD_SECURITY_GROUP_ENFORCING_MODE=standard",
            tool=Tool.KUBECTL,
            privileged=True,
        ),
    )


def refused_remedies(case: Case) -> tuple[Remedy, ...]:
    """A refusal, most often because nobody listens: the agent has crashed, or is not up yet."""
    return (
        find_agent(case),
        agent_log(
            "If it restarts again and again, read why: `address already in use` means that another "
            "hostNetwork pod has port 80; `cannot assign requested address` that IPv6 is off on the node.",
            previous=True,
        ),
        Remedy(
            text="IPv6 is off on the node: let the agent listen on IPv4 alone.",
            command="aws eks update-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent "
            '--configuration-values \'{"agent":{"additionalArgs":{"-b":"169.254.170.23"}}}\'',
            tool=Tool.AWS,
            privileged=True,
        ),
        Remedy(
            text="Only on new nodes: hold the workload back until the agent answers, in an init container.",
            command="probe run --wait 60",
            tool=Tool.PROBE,
        ),
    )


def past_the_mesh() -> Remedy:
    """Lead link-local addresses past what stands in the pod's own network."""
    return Remedy(
        text="A mesh or transparent proxy must leave link-local addresses alone (Istio: annotate the pod).",
        command="traffic.sidecar.istio.io/excludeOutboundIPRanges: 169.254.170.23/32,169.254.169.254/32",
        tool=Tool.TEXT,
    )


def trust_remedies(case: Case, role_name: str | None = None) -> tuple[Remedy, ...]:
    """Let EKS assume the role."""
    role = quoted(role_name or "ROLE_NAME")
    return (
        *(which_role(case) if role_name is None else ()),
        Remedy(
            text="Read who may assume the role …",
            command=f"aws iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument",
            tool=Tool.AWS,
        ),
        Remedy(
            text="… and add this statement: both actions are needed, and a condition in it must hold for this pod.",
            command=pod_identity_trust_statement(),
            tool=Tool.TEXT,
        ),
        Remedy(
            text="Write the policy back (trust.json holds the whole document).",
            command=f"aws iam update-assume-role-policy --role-name {role} --policy-document file://trust.json",
            tool=Tool.AWS,
            privileged=True,
        ),
    )


def which_role(case: Case) -> tuple[Remedy, ...]:
    """Find the association and its role."""
    place = f"--namespace {quoted(case.namespace)} --service-account {quoted(case.service_account)}"
    return (
        Remedy(
            text="Find the association (CLUSTER is your cluster's name); `describe-pod-identity-association` with its "
            "id names the role.",
            command=f"aws eks list-pod-identity-associations --cluster-name CLUSTER {place}",
            tool=Tool.AWS,
        ),
    )


def association_remedies(case: Case) -> tuple[Remedy, ...]:
    """Make the association, then new pods."""
    place = f"--namespace {quoted(case.namespace)} --service-account {quoted(case.service_account)}"
    return (
        *which_role(case),
        Remedy(
            text="If there is none: create it.",
            command=f"aws eks create-pod-identity-association --cluster-name CLUSTER {place} --role-arn ROLE_ARN",
            tool=Tool.AWS,
            privileged=True,
        ),
        restart(case, "Give it some seconds to become visible, then make new pods."),
    )


def upstream_remedies(case: Case, host: str | None) -> tuple[Remedy, ...]:
    """Open the node's way to EKS Auth."""
    region = case.region or "REGION"
    name = host or f"eks-auth.{region}.api.aws"
    return (
        Remedy(
            text=f"In a private VPC: make an interface endpoint for EKS Auth with private DNS, so that the nodes "
            f"reach {name}; its security group must let them in on 443.",
            command="aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id VPC_ID "
            f"--service-name {quoted(f'com.amazonaws.{region}.eks-auth')} --subnet-ids SUBNET_ID "
            "--security-group-ids SECURITY_GROUP_ID --private-dns-enabled",
            tool=Tool.AWS,
            privileged=True,
        ),
        upgrade_agent(
            "Behind a proxy: the agent obeys HTTPS_PROXY from 0.1.36 on; 0.1.32 to 0.1.35 did not. Its NO_PROXY "
            "must hold localhost and its own addresses."
        ),
        agent_log("The agent's log names the failed step."),
    )


def no_proxy_remedy(now: str) -> Remedy:
    """Add the link-local addresses to what NO_PROXY holds already."""
    there = [entry for entry in now.split(",") if entry.strip()]
    wanted = [*there, *(address for address in LINK_LOCAL if address not in there)]
    return Remedy(
        text="Name the link-local addresses in NO_PROXY, as bare addresses: not every client understands CIDR ranges.",
        command=f"NO_PROXY={quoted(','.join(wanted))}",
        tool=Tool.TEXT,
    )
