"""What to do about a hop limit that is too low: mostly not to need it."""

from probe.evidence import Source
from probe.findings.case import Case
from probe.findings.identity_remedies import identity_remedies, instance_argument
from probe.findings.imds_view import ImdsView
from probe.findings.kubernetes_view import KubernetesView, Platform
from probe.findings.shell import quoted
from probe.report import Remedy, Tool


def hop_limit_remedies(imds: ImdsView) -> tuple[Remedy, ...]:
    """Identity first: raising the hop limit hands the pod the node role, with all that the node may do.

    Where the user said that IMDS is what this pod depends on, the limit itself comes first.
    """
    case = imds.case
    own = identity_remedies(case) if case.nothing_configured() else ()
    settings = Remedy(
        text="Region and VPC id: give them to the controller explicitly (for the AWS Load Balancer Controller "
        "the Helm values region and vpcId), so that it does not ask IMDS for them."
    )
    raising = raise_hop_limit(imds)
    return (*raising, settings) if _is_wanted(case) else (*own, settings, *raising)


def _is_wanted(case: Case) -> bool:
    return case.expects(Source.IMDS) and not case.expected.inferred


def raise_hop_limit(imds: ImdsView) -> tuple[Remedy, ...]:
    """Raise it now, and where the next nodes come from."""
    view, hops = KubernetesView(imds.case), imds.hops or 2
    if view.platform is Platform.AUTO_MODE:
        return (
            Remedy(
                text="This is a node of EKS Auto Mode: its hop limit is 1 and cannot be changed. What needs IMDS needs "
                "hostNetwork there, or the settings given explicitly."
            ),
        )
    meant = "R" if _is_wanted(imds.case) else "Only if this pod is meant to use the node role: r"
    return (
        Remedy(
            text=f"{meant}aise the hop limit to {hops} on the running instance (lost when the node is replaced). Every "
            "pod on the node can take the node role then.",
            command=f"aws ec2 modify-instance-metadata-options --instance-id {instance_argument(imds.case)} "
            f"--http-put-response-hop-limit {hops}",
            tool=Tool.AWS,
            privileged=True,
        ),
        *_where_nodes_come_from(view, hops),
    )


def _where_nodes_come_from(view: KubernetesView, hops: int) -> tuple[Remedy, ...]:
    """Name the object that sets the limit, where the node's labels tell it."""
    if view.platform is Platform.MANAGED:
        return _node_group(view, hops)
    labels = view.node.labels if view.node else {}
    node_class = labels.get("karpenter.k8s.aws/ec2nodeclass", "NODECLASS")
    text = (
        "… and where nodes come from. Karpenter: in the EC2NodeClass (managed node groups: in the launch "
        "template's MetadataOptions; EKS Auto Mode: it cannot be changed)."
    )
    if view.platform is Platform.KARPENTER:
        pool = labels.get("karpenter.sh/nodepool", "?")
        text = f"… and where the node comes from: in Karpenter's EC2NodeClass (this node is of NodePool {pool})."
    return (
        Remedy(
            text=text,
            command=f"kubectl patch ec2nodeclass {quoted(node_class)} --type merge "
            f'-p \'{{"spec":{{"metadataOptions":{{"httpPutResponseHopLimit":{hops}}}}}}}\'',
            tool=Tool.KUBECTL,
            privileged=True,
        ),
    )


def _node_group(view: KubernetesView, hops: int) -> tuple[Remedy, ...]:
    """A managed node group takes the limit from its launch template, and from nowhere else."""
    labels = view.node.labels if view.node else {}
    group = labels.get("eks.amazonaws.com/nodegroup", "NODEGROUP")
    template = labels.get("eks.amazonaws.com/sourceLaunchTemplateId")
    if template is None:
        return (
            Remedy(
                text=f"… and where the node comes from: node group {group} seems to have no launch template of its "
                "own, and only one can set the limit. Make the group anew with one."
            ),
        )
    version = labels.get("eks.amazonaws.com/sourceLaunchTemplateVersion", "VERSION")
    options = f'{{"MetadataOptions":{{"HttpTokens":"required","HttpPutResponseHopLimit":{hops}}}}}'
    return (
        Remedy(
            text=f"… and where the node comes from: in the launch template of node group {group}.",
            command=f"aws ec2 create-launch-template-version --launch-template-id {quoted(template)} "
            f"--source-version {quoted(version)} --launch-template-data '{options}'",
            tool=Tool.AWS,
            privileged=True,
        ),
        Remedy(
            text="Then let the group use the version that this made; its nodes are replaced one after the other.",
            command=f"aws eks update-nodegroup-version --cluster-name CLUSTER --nodegroup-name {quoted(group)} "
            f"--launch-template id={quoted(template)},version=NEW_VERSION",
            tool=Tool.AWS,
            privileged=True,
        ),
    )
