"""The workload in whose place the probe shall stand."""

from probe.console import UsageError
from probe.manifests.names import label_name, object_name
from probe.manifests.part import Part
from probe.records import dataclass
from probe.secret import printable

API_VERSIONS = {
    "Deployment": "apps/v1",
    "DaemonSet": "apps/v1",
    "StatefulSet": "apps/v1",
    "ReplicaSet": "apps/v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
    "Pod": "v1",
}
_TEMPLATES: dict[str, tuple[str, ...]] = {"Pod": (), "CronJob": ("spec", "jobTemplate", "spec", "template")}
"""Where the others have `spec.template`."""
_OS_LABELS = ("kubernetes.io/os", "beta.kubernetes.io/os")


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What is known of it. Everything in it may be hostile text, except the names."""

    kind: str
    name: str
    namespace: str | None
    labels: dict[str, str]
    """Of its pods, as are the annotations."""
    annotations: dict[str, str]
    spec: Part
    """Of its pods."""
    owner: str | None
    """Who made it, such as `ReplicaSet web-5d9c`."""
    phase: str | None
    """Of a pod: `Running` …; None for what is not running, such as a file."""

    @property
    def is_live_pod(self) -> bool:
        """Whether it has been through admission, where webhooks change it."""
        return self.kind == "Pod"

    @property
    def title(self) -> str:
        """Its kind and names."""
        return f"{self.kind} {f'{self.namespace}/' if self.namespace else ''}{self.name}"

    @property
    def template_path(self) -> tuple[str, ...]:
        """Where the template of its pods stands in it."""
        return _TEMPLATES.get(self.kind, ("spec", "template"))


def read_workload(document: Part) -> Workload:
    """Return the workload that an object describes. Raises UsageError where it describes none for Linux."""
    kind = _kind(document)
    metadata = document.part("metadata")
    holder = document
    for name in _TEMPLATES.get(kind, ("spec", "template")):
        holder = holder.part(name)
    pod = holder.part("metadata")
    namespace = metadata.text("namespace")
    workload = Workload(
        kind=kind,
        name=object_name(metadata.text("name") or "", f"the {kind}'s name"),
        namespace=None if namespace is None else label_name(namespace, "the namespace"),
        labels=pod.texts("labels"),
        annotations=pod.texts("annotations"),
        spec=holder.part("spec"),
        owner=_owner(metadata),
        phase=document.part("status").text("phase") if kind == "Pod" else None,
    )
    if _is_for_windows(workload.spec):
        raise UsageError(f"{workload.title} runs on Windows; the probe's image is for Linux")
    return workload


def _kind(document: Part) -> str:
    kind, version = document.text("kind") or "", document.text("apiVersion") or ""
    shown = printable(kind, 60)
    if kind.endswith("List"):
        raise UsageError(f"a {shown} came in; name one workload: kubectl get KIND NAME -o yaml")
    if kind not in API_VERSIONS:
        what = f"a {shown}" if shown else "an object without a kind"
        raise UsageError(
            f"{what} is no workload that is known; known are {', '.join(API_VERSIONS)}. Of another give one of its pods"
        )
    if version != API_VERSIONS[kind]:
        raise UsageError(
            f"a {kind} of {printable(version, 80) or 'no apiVersion'} is not known; expected {API_VERSIONS[kind]}"
        )
    return kind


def _owner(metadata: Part) -> str | None:
    for reference in metadata.parts("ownerReferences"):
        if reference.flag("controller"):
            return f"{printable(reference.text('kind') or '', 60)} {printable(reference.text('name') or '', 253)}"
    return None


def _is_for_windows(spec: Part) -> bool:
    """Whether its pods can only run on Windows, by what the spec says itself."""
    if spec.part("os").text("name") == "windows":
        return True
    if any(spec.part("nodeSelector").value(label) == "windows" for label in _OS_LABELS):
        return True
    required = spec.part("affinity").part("nodeAffinity").part("requiredDuringSchedulingIgnoredDuringExecution")
    terms = required.parts("nodeSelectorTerms")
    return bool(terms) and all(any(map(_asks_for_windows, term.parts("matchExpressions"))) for term in terms)


def _asks_for_windows(expression: Part) -> bool:
    return (
        expression.value("key") in _OS_LABELS
        and expression.value("operator") == "In"
        and expression.value("values") == ["windows"]
    )
