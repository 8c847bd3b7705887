"""One verdict a node, and the sidecar's metrics from each: a DaemonSet with the workload's identity."""

from probe.manifests.container import never_ready, probe_container, running, serving
from probe.manifests.mounts import mounts_with_volumes
from probe.manifests.names import LONGEST_JOB, NAME_LABEL, PROBE, derived_name
from probe.manifests.note import Piece, added, joined, mind
from probe.manifests.part import Fields, Part
from probe.manifests.place import Place
from probe.manifests.placement import REQUIRED
from probe.manifests.pod import object_annotations, template
from probe.manifests.request import Command, Manifest, Request, kubectl

FIRST = f"{PROBE}-once"
"""The container that walks once when the pod starts; its termination message is the node's verdict."""
OF_LABEL = f"{PROBE}/of"


def daemonset(place: Place, request: Request) -> Manifest:
    """Return a DaemonSet for the nodes on which the workload may run."""
    name = request.name or derived_name(place.workload.name, LONGEST_JOB)
    mounts, volumes = mounts_with_volumes(place)
    once = probe_container(place, Request(image=request.image), mounts, running(place, request, exits_zero=True))
    always = probe_container(place, request, mounts, joined([serving(place, request), never_ready()]))
    spec = Piece(
        fields={
            "initContainers": [{**once.fields, "name": FIRST}],
            "containers": [always.fields],
            **volumes.fields,
        },
        notes=(*always.notes, *(note for note in once.notes if note not in always.notes)),
    )
    made = template(place, request, "daemonset", [FIRST, PROBE], spec)
    namespace = place.workload.namespace
    metadata: Fields = {
        "name": name,
        **({"namespace": namespace} if namespace else {}),
        "labels": dict(NAME_LABEL),
        "annotations": object_annotations(place),
    }
    return Manifest(
        title=f"DaemonSet {name}",
        fields={"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata, "spec": _spec(made, name)},
        commands=_commands(place, name),
        notes=(
            *made.notes,
            added("a first container that walks once and exits with 0; its termination message is the node's verdict"),
            mind("its nodes are those on which the workload itself may run (nodeSelector, nodeAffinity, tolerations)"),
            mind("it is never Ready, and kubectl rollout status never ends; updates replace all pods at once"),
        ),
    )


def _spec(made: Piece, name: str) -> Fields:
    pod = Part(fields=made.fields, path="")
    worn = {**pod.part("metadata").texts("labels"), OF_LABEL: name}
    return {
        "selector": {"matchLabels": {OF_LABEL: name}},
        # Pods that are never ready are never available, and would hold up every update.
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "100%"}},
        "template": {
            "metadata": {**pod.part("metadata").fields, "labels": worn},
            "spec": _on_every_node(pod.part("spec").fields),
        },
    }


def _on_every_node(spec: Fields) -> Fields:
    """Take away what ties the pod to others or, in a DaemonSet's running pod, to the one node that it is on."""
    affinity = Part(fields=spec, path="").part("affinity").part("nodeAffinity")
    kept = dict(affinity.fields)
    terms = [term.picked("matchExpressions") for term in affinity.part(REQUIRED).parts("nodeSelectorTerms")]
    kept.pop(REQUIRED, None)
    if terms and all(terms):
        kept[REQUIRED] = {"nodeSelectorTerms": terms}
    return {
        **{name: value for name, value in spec.items() if name != "affinity"},
        **({"affinity": {"nodeAffinity": kept}} if kept else {}),
    }


def _commands(place: Place, name: str) -> tuple[Command, ...]:
    begin = kubectl(place.workload.namespace)
    columns = "NODE:.spec.nodeName,VERDICT:.status.initContainerStatuses[0].state.terminated.message"
    return (
        Command(purpose="Apply it", line="kubectl apply -f FILE"),
        Command(
            purpose="Every node's verdict", line=f"{begin} get pods -l {OF_LABEL}={name} -o custom-columns='{columns}'"
        ),
        Command(purpose="Remove it", line=f"{begin} delete daemonset {name}"),
    )
