"""The workload that a pod belongs to, as commands name it."""

from probe.evidence import PodFacts
from probe.findings.shell import quoted

_RESTARTABLE = frozenset({"Deployment", "DaemonSet", "StatefulSet"})


def workload_of(pod: PodFacts | None) -> str:
    """Return what owns the pod as `kubectl rollout restart` takes it, else a placeholder; the probe's own is none."""
    kind, name = _owner(pod) if pod else (None, "")
    if kind not in _RESTARTABLE or "credential-probe" in name:
        return "deployment DEPLOYMENT"
    return f"{kind.lower()} {quoted(name)}"


def _owner(pod: PodFacts) -> tuple[str | None, str]:
    """Look past the ReplicaSet, whose name is its Deployment's and the hash of the pod template."""
    name = pod.owner_name or ""
    if pod.owner_kind == "ReplicaSet" and name.endswith(f"-{pod.template_hash}"):
        return "Deployment", name.removesuffix(f"-{pod.template_hash}")
    return pod.owner_kind, name
