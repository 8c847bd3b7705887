"""ServiceAccounts that EKS add-ons own: whoever installs the add-on writes the role, and writes it over.

An annotation by hand is gone with the next update of the add-on, or of the Terraform module behind it
(aws/amazon-vpc-cni-k8s#2752, terraform-aws-modules/terraform-aws-eks#2880).
"""

from typing import Final

from probe.findings.case import Case
from probe.findings.shell import quoted
from probe.records import dataclass
from probe.report import Remedy, Tool

NAMESPACE = "kube-system"


@dataclass(frozen=True)
class AddOn:
    """An EKS add-on, and the workload that uses the ServiceAccount."""

    name: str
    workload: str


ADD_ONS: Final = {
    "aws-node": AddOn("vpc-cni", "daemonset aws-node"),
    "ebs-csi-controller-sa": AddOn("aws-ebs-csi-driver", "deployment ebs-csi-controller"),
    "efs-csi-controller-sa": AddOn("aws-efs-csi-driver", "deployment efs-csi-controller"),
}
"""By ServiceAccount in kube-system."""


def add_on_of(case: Case) -> AddOn | None:
    """Return the add-on that this pod's ServiceAccount usually belongs to."""
    pod = case.given.pod
    return ADD_ONS.get(pod.service_account or "") if pod.namespace == NAMESPACE else None


def add_on_remedies(case: Case, role_arn: str | None) -> tuple[Remedy, ...]:
    """Have the role written where it stays; nothing for ServiceAccounts that no add-on owns."""
    add_on = add_on_of(case)
    if add_on is None:
        return ()
    first = (
        " Role and annotation have to be there before the nodes (terraform-aws-eks: before_compute = true): aws-node "
        "starts first of all."
        if add_on.name == "vpc-cni"
        else ""
    )
    return (
        Remedy(
            text=f"Where {add_on.name} is an EKS add-on, give the role to the add-on: it owns the ServiceAccount, and "
            "an annotation by hand is lost with its next update.",
            command=f"aws eks update-addon --cluster-name CLUSTER --addon-name {add_on.name} "
            f"--service-account-role-arn {quoted(role_arn or 'ROLE_ARN')}",
            tool=Tool.AWS,
            privileged=True,
        ),
        Remedy(
            text="Where Terraform installs it: service_account_role_arn of aws_eks_addon, or of the module's entry "
            f"for {add_on.name}.{first}",
        ),
        Remedy(
            text="Then make new pods: running ones keep what they had at their start.",
            command=f"kubectl -n {NAMESPACE} rollout restart {add_on.workload}",
            tool=Tool.KUBECTL,
            privileged=True,
        ),
    )
