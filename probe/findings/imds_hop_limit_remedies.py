"""What to do about a hop limit that is too low: mostly not to need it."""

from probe.evidence import Source
from probe.findings.case import Case
from probe.findings.identity_remedies import identity_remedies, instance_argument
from probe.findings.imds_view import ImdsView
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
    raising = _raise_hop_limit(imds)
    return (*raising, settings) if _is_wanted(case) else (*own, settings, *raising)


def _is_wanted(case: Case) -> bool:
    return case.expects(Source.IMDS) and not case.expected.inferred


def _raise_hop_limit(imds: ImdsView) -> tuple[Remedy, ...]:
    hops = imds.hops or 2
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
        Remedy(
            text="… and where nodes come from. Karpenter: in the EC2NodeClass (managed node groups: in the launch "
            "template's MetadataOptions; EKS Auto Mode: it cannot be changed).",
            command="kubectl patch ec2nodeclass NODECLASS --type merge "
            f'-p \'{{"spec":{{"metadataOptions":{{"httpPutResponseHopLimit":{hops}}}}}}}\'',
            tool=Tool.KUBECTL,
            privileged=True,
        ),
    )
