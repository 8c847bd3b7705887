"""Why an annotated ServiceAccount's pod has no web identity: what its objects and the webhook's tell."""

from collections.abc import Iterator

from probe.findings.case import Case
from probe.findings.kubernetes_remedies import (
    copy_authority,
    debug_profile,
    look_at_webhook,
    recreate_webhook,
    restart_owner,
)
from probe.findings.kubernetes_view import KubernetesView
from probe.findings.words import lasting, when
from probe.records import dataclass
from probe.report import Remedy

RACE_SECONDS = 60.0
"""A pod made so soon after its ServiceAccount may have met a webhook that did not know it yet."""
_OPT_OUT = "eks.amazonaws.com/skip-pod-identity-webhook"
"""The objectSelector of the webhook's own sample manifests (aws/amazon-eks-pod-identity-webhook:deploy)."""
_PAIR = ("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Half a sentence, and what to do about it."""

    text: str
    remedies: tuple[Remedy, ...]
    is_sure: bool = True
    """Whether the objects leave no other reason."""


def reason_of(case: Case) -> Reason | None:
    """Return why nothing was injected, or None where the objects that were read do not tell."""
    view = KubernetesView(case)
    return next((reason for find in _REASONS for reason in find(view)), None)


def _set_empty(view: KubernetesView) -> Iterator[Reason]:
    """The webhook looks at the container's spec alone: what an image or an entry point sets does not keep it away."""
    names = [name for name in _PAIR if view.case.given.is_present(name)]
    specs = view.pod.containers if view.pod else ()
    setting = [one for one in specs if one.kind == "container" and not set(names).isdisjoint(one.variables)]
    if not names or (view.pod is not None and not setting):
        return
    where = "set here" if setting else "set here, perhaps by the container's spec,"
    yield Reason(
        text=f"{' and '.join(names)} is {where} without a value, and the webhook adds neither to a container "
        "that has one of them",
        remedies=(restart_owner(view.case, "Take the empty variable out of the workload, then make new pods."),),
        is_sure=bool(setting) and all(one in setting for one in specs if one.kind == "container"),
    )


def _only_here(view: KubernetesView) -> Iterator[Reason]:
    if not view.injected or view.pod is None:
        return
    names = ", ".join(one.name for one in view.injected[:4])
    skipped = f" (the pod's skip-containers are {view.pod.skip_containers})" if view.pod.skip_containers else ""
    yield Reason(
        text=f"the pod has it in {names}, and this container has not: it is an ephemeral one, is skipped, was added "
        f"after the webhook, or what started this process emptied the environment{skipped}",
        remedies=(debug_profile(view.case),),
    )


def _opted_out(view: KubernetesView) -> Iterator[Reason]:
    if view.pod is not None and _OPT_OUT in view.pod.labels:
        yield Reason(
            text=f"the pod has the label {_OPT_OUT}, which keeps a webhook that you run yourself away from it",
            remedies=(restart_owner(view.case, "Take the label out of the workload's template, then make new pods."),),
            is_sure=False,
        )


def _older_pod(view: KubernetesView) -> Iterator[Reason]:
    pod, account = view.pod, view.account
    if pod is None or pod.created is None or account is None:
        return
    cure = (restart_owner(view.case, "Pods get their identity when they are created, never later: make new ones."),)
    if account.created is not None and account.created > pod.created:
        yield Reason(
            text=f"the ServiceAccount was made {lasting(account.created - pod.created)} after the pod",
            remedies=cure,
            is_sure=False,  # no pod is admitted without one: there was an earlier account, of which nothing is known
        )
    elif account.annotated is not None and account.annotated > pod.created:
        by = f" by {account.annotated_by}" if account.annotated_by else ""
        yield Reason(
            text=f"the annotation was written{by} {lasting(account.annotated - pod.created)} after the pod was created",
            remedies=cure,
            is_sure=False,
        )


def _webhook_gone(view: KubernetesView) -> Iterator[Reason]:
    if view.webhook is not None and not view.webhook.exists:
        named = "" if view.is_eks else " (one that you run yourself may have another name)"
        yield Reason(
            text=f"the cluster has no {view.webhook.name}, which would inject it{named}",
            remedies=(recreate_webhook(), restart_owner(view.case, "Then make new pods.")),
            is_sure=view.is_eks,
        )


def _webhook_distrusted(view: KubernetesView) -> Iterator[Reason]:
    webhook = view.webhook
    if webhook is None or not webhook.exists:
        return
    again = restart_owner(view.case, "Then make new pods.")
    created = view.pod.created if view.pod else None
    if webhook.expires is not None and webhook.expires < (created or view.case.given.clock):
        yield Reason(
            text=f"the webhook's caBundle ended on {when(webhook.expires)}, so the API server cannot call it",
            remedies=(look_at_webhook(), copy_authority(), again),
            is_sure=created is not None,  # while it was good the pod may have been made, and the local clock may err
        )
    elif webhook.sibling_authority is not None and webhook.authority != webhook.sibling_authority:
        yield Reason(
            text=f"the webhook's caBundle is not that of {webhook.sibling}, though EKS gives both the same authority, "
            "so the API server may not be able to call it",
            remedies=(look_at_webhook(), copy_authority(), again),
            is_sure=False,
        )


def _race(view: KubernetesView) -> Iterator[Reason]:
    pod, account = view.pod, view.account
    if pod is None or pod.created is None or account is None:
        return
    known = max(filter(None, (account.created, account.annotated)), default=None)
    if known is not None and 0 <= pod.created - known <= RACE_SECONDS:
        yield Reason(
            text=f"the pod was created {pod.created - known:.0f} s after the ServiceAccount was written, which the "
            "webhook may not have known yet",
            remedies=(
                restart_owner(view.case, "Make new pods; order the ServiceAccount before the workload from now on."),
            ),
            is_sure=False,
        )


_REASONS = (_set_empty, _only_here, _opted_out, _older_pod, _webhook_gone, _webhook_distrusted, _race)
