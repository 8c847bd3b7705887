"""The probe beside the workload: a strategic-merge patch that adds one container and changes nothing else."""

import json

from probe.console import UsageError
from probe.manifests.container import probe_container, serving
from probe.manifests.labels import SKIPPED_CONTAINERS, is_skipped
from probe.manifests.mounts import mounts_only
from probe.manifests.names import PROBE
from probe.manifests.note import Note, added, mind
from probe.manifests.part import Fields
from probe.manifests.place import Place
from probe.manifests.request import Command, Manifest, Request, kubectl
from probe.manifests.workload import API_VERSIONS


def sidecar(place: Place, request: Request) -> Manifest:
    """Return the patch. Raises UsageError for a workload whose pods' spec cannot be changed."""
    workload = place.workload
    _refuse_unpatchable(place)
    made = probe_container(place, request, mounts_only(place, sub_paths=True), serving(place, request))
    container = made.fields if request.classic else {**made.fields, "restartPolicy": "Always"}
    fields: Fields = {"spec": {_where(request): [container]}}
    if is_skipped(place):
        names = f"{workload.annotations[SKIPPED_CONTAINERS]},{PROBE}"
        fields = {"metadata": {"annotations": {SKIPPED_CONTAINERS: names}}, **fields}
    for name in reversed(workload.template_path):
        fields = {name: fields}
    metadata = {"name": workload.name, **({"namespace": workload.namespace} if workload.namespace else {})}
    head: Fields = {"apiVersion": API_VERSIONS[workload.kind], "kind": workload.kind, "metadata": metadata}
    return Manifest(
        title=f"patch of {workload.title}: the probe as a sidecar of container {place.container_name}",
        fields={**head, **fields},
        commands=_commands(place, request),
        notes=(*_notes(request), *made.notes),
    )


def _refuse_unpatchable(place: Place) -> None:
    workload = place.workload
    for where in ("containers", "initContainers"):
        if PROBE in {part.text("name") for part in workload.spec.parts(where)}:
            removal = (
                "" if workload.is_live_pod else f"; if it is the probe, take it out first: {_removal(place, where)}"
            )
            raise UsageError(f"{workload.title} has a container {PROBE} already{removal}")
    if workload.is_live_pod:
        made_by = f" It was made by {workload.owner}." if workload.owner else ""
        raise UsageError(
            "a running pod cannot get a sidecar; give the Deployment, DaemonSet or StatefulSet that made it,"
            f" or use `probe manifest debug`.{made_by}"
        )
    if workload.owner:
        raise UsageError(f"{workload.title} belongs to {workload.owner}, which would undo the patch; give that one")


def _commands(place: Place, request: Request) -> tuple[Command, ...]:
    workload = place.workload
    kind = workload.kind.lower()
    return (
        Command(
            purpose="With kustomize",
            line=f"patches: [{{path: FILE, target: {{kind: {workload.kind}, name: {workload.name}}}}}]",
        ),
        Command(
            purpose="To try it",
            line=f"{kubectl(workload.namespace)} patch {kind} {workload.name} --type strategic --patch-file FILE",
        ),
        Command(
            purpose="Its page",
            line=f"{kubectl(workload.namespace)} port-forward {kind}/{workload.name} {request.port + 1}",
        ),
        Command(purpose="Take it out", line=_removal(place, _where(request))),
    )


def _where(request: Request) -> str:
    return "containers" if request.classic else "initContainers"


def _removal(place: Place, where: str) -> str:
    """Return the command that takes the container out again, and nothing else."""
    workload = place.workload
    fields: Fields = {"spec": {where: [{"name": PROBE, "$patch": "delete"}]}}
    for name in reversed(workload.template_path):
        fields = {name: fields}
    patch = json.dumps(fields, separators=(",", ":"))
    begin = f"{kubectl(workload.namespace)} patch {workload.kind.lower()} {workload.name}"
    return f"{begin} --type strategic -p '{patch}'"


def _notes(request: Request) -> tuple[Note, ...]:
    notes = [
        added("no readinessProbe: a credential outage must not take the workload out of its Services"),
        added("a livenessProbe on /healthz, which says that the loop turns and nothing about the verdict"),
    ]
    if request.classic:
        notes += [
            mind("an ordinary container: while it restarts the pod is not Ready, and it keeps a Job from ending"),
            mind("it becomes the pod's first container, which kubectl logs and exec choose when none is named"),
        ]
    else:
        notes.append(mind("native sidecars need Kubernetes 1.29; before that use --classic"))
    return tuple(notes)
