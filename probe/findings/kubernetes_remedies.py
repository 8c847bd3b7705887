"""What to do about objects of the cluster, by their names. Best first."""

from probe.findings.case import Case
from probe.findings.shell import quoted
from probe.report import Remedy, Tool

_COPY_AUTHORITY = (
    "kubectl patch mutatingwebhookconfiguration pod-identity-webhook --type json -p "
    '\'[{"op":"replace","path":"/webhooks/0/clientConfig/caBundle","value":"\'"$(kubectl get '
    "mutatingwebhookconfiguration vpc-resource-mutating-webhook "
    "-o jsonpath='{.webhooks[0].clientConfig.caBundle}')\"'\"}]'"
)


def restart_owner(case: Case, text: str) -> Remedy:
    """Make new pods of the workload that this pod belongs to."""
    return Remedy(
        text=text,
        command=f"kubectl -n {quoted(case.namespace)} rollout restart {case.workload}",
        tool=Tool.KUBECTL,
        privileged=True,
    )


def annotate(case: Case, role_arn: str | None) -> Remedy:
    """Name the role on the ServiceAccount."""
    return Remedy(
        text="Name the role on the ServiceAccount, and in the chart or manifest that sets it (for Helm "
        "`serviceAccount.annotations`), or the next upgrade takes it away.",
        command=f"kubectl -n {quoted(case.namespace)} annotate serviceaccount {quoted(case.service_account)} "
        f"eks.amazonaws.com/role-arn={quoted(role_arn or 'ROLE_ARN')} --overwrite",
        tool=Tool.KUBECTL,
        privileged=True,
    )


def unset_role(case: Case) -> Remedy:
    """Take the hand-set pair out of the workload."""
    return Remedy(
        text="Take the variables out of the workload (and its chart), so that the webhook injects what the "
        "ServiceAccount names.",
        command=f"kubectl -n {quoted(case.namespace)} set env {case.workload.replace(' ', '/')} "
        "AWS_ROLE_ARN- AWS_WEB_IDENTITY_TOKEN_FILE-",
        tool=Tool.KUBECTL,
        privileged=True,
    )


def debug_profile(case: Case) -> Remedy:
    """Look from a container that has what its neighbours have."""
    return Remedy(
        text="An ephemeral container gets nothing of the webhook. Let the probe make a profile that gives it what its "
        "neighbours have; the profile's first line is the command to use it.",
        command=f"kubectl -n {quoted(case.namespace)} get pod {quoted(case.pod)} -o yaml | probe manifest debug",
        tool=Tool.KUBECTL,
    )


def look_at_webhook() -> Remedy:
    """Read the webhook's configuration."""
    return Remedy(
        text="Look at the webhook that injects: its configuration, and its sibling's for comparison.",
        command="kubectl get mutatingwebhookconfigurations pod-identity-webhook vpc-resource-mutating-webhook -o yaml",
        tool=Tool.KUBECTL,
    )


def copy_authority() -> Remedy:
    """Give the webhook the authority that its sibling has."""
    return Remedy(
        text="Give the webhook the caBundle of its sibling, which the control plane trusts; then restart the pods.",
        command=_COPY_AUTHORITY,
        tool=Tool.KUBECTL,
        privileged=True,
    )


def recreate_webhook() -> Remedy:
    """The configuration is gone."""
    return Remedy(
        text="On EKS the control plane brings pod-identity-webhook along: ask AWS Support how to have it made anew. "
        "Where you run the webhook yourself, apply its manifests again.",
        command="kubectl get mutatingwebhookconfigurations",
        tool=Tool.KUBECTL,
    )
