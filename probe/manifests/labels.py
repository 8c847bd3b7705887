"""Labels and annotations: what policies, security groups and meshes select by, without what a controller counts by."""

from probe.manifests.names import FORM_LABEL
from probe.manifests.note import Note, Piece, copied, left_out, mind
from probe.manifests.part import Fields
from probe.manifests.place import Place

_CONTROLLERS_LABELS = frozenset(
    {
        "pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "controller-uid",
        "job-name",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-name",
        "batch.kubernetes.io/job-completion-index",
    }
)
_INJECTED_LABELS = frozenset(
    {
        "eks.amazonaws.com/pod-identity",
        "eks.amazonaws.com/fargate-profile",
        "security.istio.io/tlsMode",
        "service.istio.io/canonical-name",
        "service.istio.io/canonical-revision",
        "linkerd.io/control-plane-ns",
        "linkerd.io/workload-ns",
        "linkerd.io/proxy-deployment",
    }
)
"""What admission has put onto a running pod, and puts onto ours."""
SKIPPED_CONTAINERS = "eks.amazonaws.com/skip-containers"
_LEFT_OUT_PREFIXES = {
    "prometheus.io/": "they would have the probe scraped on the workload's port",
    "kubectl.kubernetes.io/": "they are kubectl's",
    "checksum/": "they restart the workload when its configuration changes",
    "container.apparmor.security.beta.kubernetes.io/": "they name the workload's containers",
    "container.seccomp.security.alpha.kubernetes.io/": "they name the workload's containers",
    "kubernetes.io/config.": "they are the kubelet's",
    "vpc.amazonaws.com/": "they describe the running pod's own interface",
    "cni.projectcalico.org/": "they describe the running pod's own interface",
    "k8s.v1.cni.cncf.io/network-status": "they describe the running pod's own interface",
    "k8s.ovn.org/": "they describe the running pod's own interface",
    "sidecar.istio.io/status": "with it Istio takes the pod for injected and leaves it alone",
    "linkerd.io/proxy-version": "with it Linkerd takes the pod for injected",
    "linkerd.io/created-by": "with it Linkerd takes the pod for injected",
    "karpenter.sh/do-not-": "the probe may be disrupted at any time",
    "cluster-autoscaler.kubernetes.io/": "the probe may be disrupted at any time",
    "CapacityProvisioned": "they are Fargate's",
    "Logging": "they are Fargate's",
}


def labels(place: Place, form: str) -> Piece:
    """Return the `labels` of a pod of our own."""
    theirs = place.workload.labels
    dropped = _CONTROLLERS_LABELS | (_INJECTED_LABELS if place.workload.is_live_pod else frozenset())
    kept = {key: value for key, value in theirs.items() if key not in dropped}
    notes = [
        *([copied("all labels that NetworkPolicies and SecurityGroupPolicies may select by")] if kept else []),
        *(left_out(f"the label {key}: its controller counts its own pods by it") for key in theirs if key in dropped),
    ]
    if kept:
        notes.append(
            mind(
                "a PodDisruptionBudget or an autoscaler that selects these labels sees this pod too. One with"
                " maxUnavailable or a percentage allows no eviction until the pod is deleted"
                " (kubernetes/kubernetes#129625)"
            )
        )
    return Piece(fields={"labels": {**kept, FORM_LABEL: form}}, notes=tuple(notes))


def annotations(place: Place, containers: tuple[str, ...]) -> Piece:
    """Return the `annotations` of a pod of our own that has these containers."""
    kept: Fields = {}
    reasons: dict[str, list[str]] = {}
    for key, value in place.workload.annotations.items():
        reason = next((why for prefix, why in _LEFT_OUT_PREFIXES.items() if key.startswith(prefix)), None)
        if reason is None and key != SKIPPED_CONTAINERS:
            kept[key] = value
        elif reason is not None:
            reasons.setdefault(reason, []).append(key)
    skipped, skip_notes = _skipped(place, containers)
    kept.update(skipped)
    notes: tuple[Note, ...] = (
        *([copied(f"the annotations {', '.join(kept)}")] if kept else []),
        *(left_out(f"the annotations {', '.join(keys)}: {reason}") for reason, keys in reasons.items()),
        *skip_notes,
    )
    return Piece(fields={"annotations": kept} if kept else {}, notes=notes)


def is_skipped(place: Place) -> bool:
    """Whether the webhook was told to leave the chosen container alone."""
    names = place.workload.annotations.get(SKIPPED_CONTAINERS, "").split(",")
    return place.container_name in {name.strip() for name in names}


def _skipped(place: Place, containers: tuple[str, ...]) -> tuple[dict[str, str], tuple[Note, ...]]:
    names = ",".join(containers)
    if is_skipped(place):
        note = mind(f"the webhook injects nothing into {place.container_name} ({SKIPPED_CONTAINERS}), so nor here")
        return {SKIPPED_CONTAINERS: names}, (note,)
    if place.workload.is_live_pod and place.as_injected:
        return {SKIPPED_CONTAINERS: names}, ()
    return {}, ()
