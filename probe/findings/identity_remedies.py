"""Remedies that several areas share: give the pod an identity, or keep it away from the node's."""

from probe.findings.add_on_remedies import add_on_remedies
from probe.findings.case import Case
from probe.findings.kubernetes_view import KubernetesView
from probe.findings.shell import quoted
from probe.report import Remedy, Tool


def identity_remedies(case: Case) -> tuple[Remedy, ...]:
    """Give the pod an identity: look whether one was meant, then make one, then restart."""
    namespace, account = quoted(case.namespace), quoted(case.service_account)
    annotation = Remedy(
        text="See whether an identity was meant: an annotation (IRSA) on the ServiceAccount …",
        command=f"kubectl -n {namespace} get serviceaccount {account} -o yaml",
        tool=Tool.KUBECTL,
    )
    view = KubernetesView(case)
    if view.role_arn is not None:
        return (
            Remedy(
                text=f"The ServiceAccount names {view.role_arn}: pods get it when they are created, never later.",
                command=f"kubectl -n {namespace} rollout restart {case.workload}",
                tool=Tool.KUBECTL,
                privileged=True,
            ),
        )
    is_read = view.names_no_role
    return (
        *add_on_remedies(case, case.expected.role_arn),
        *(() if is_read else (annotation,)),
        Remedy(
            text="See whether there is a Pod Identity association (CLUSTER is your cluster's name)."
            if is_read
            else "… or a Pod Identity association (CLUSTER is your cluster's name).",
            command=f"aws eks list-pod-identity-associations --cluster-name CLUSTER "
            f"--namespace {namespace} --service-account {account}",
            tool=Tool.AWS,
        ),
        Remedy(
            text="If it is there: pods get it when they are created, never later. Restart the controller.",
            command=f"kubectl -n {namespace} rollout restart {case.workload}",
            tool=Tool.KUBECTL,
            privileged=True,
        ),
        Remedy(
            text="If it is not: associate a role, then restart.",
            command=f"aws eks create-pod-identity-association --cluster-name CLUSTER --namespace {namespace} "
            f"--service-account {account} --role-arn ROLE_ARN",
            tool=Tool.AWS,
            privileged=True,
        ),
    )


def instance_argument(case: Case) -> str:
    """The instance id for a command line, or a look-up of it by the node's name."""
    if case.instance_id != "INSTANCE_ID":
        return quoted(case.instance_id)
    if case.given.pod.node is None:
        return "INSTANCE_ID"
    return (
        '"$(aws ec2 describe-instances --filters '
        f"Name=private-dns-name,Values={quoted(case.node)} "
        "--query 'Reservations[].Instances[].InstanceId' --output text)\""
    )


def close_imds_remedies(case: Case) -> tuple[Remedy, ...]:
    """Close the back door, once nothing needs it."""
    return (
        Remedy(
            text="Once no pod on the node needs IMDS: set the hop limit to 1, so that pods on the pod network get no "
            "token (the default of Karpenter v1 and EKS Auto Mode).",
            command=f"aws ec2 modify-instance-metadata-options --instance-id {instance_argument(case)} "
            "--http-put-response-hop-limit 1 --http-tokens required",
            tool=Tool.AWS,
            privileged=True,
        ),
        Remedy(
            text="For this container alone: make every SDK fail loudly in place of taking the node role.",
            command="AWS_EC2_METADATA_DISABLED=true",
        ),
    )
