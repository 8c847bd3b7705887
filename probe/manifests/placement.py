"""Where the scheduler may put the probe: where it would put the workload."""

from collections.abc import Mapping

from probe.manifests.note import Note, Piece, added, copied, left_out, mind
from probe.manifests.part import Fields, Part
from probe.manifests.place import Place
from probe.manifests.selector import selects

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_COPIED = ("nodeSelector", "priorityClassName", "runtimeClassName", "schedulerName", "os")
_DAEMON_TAINTS = (
    ("not-ready", "NoExecute"),
    ("unreachable", "NoExecute"),
    ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"),
    ("pid-pressure", "NoSchedule"),
    ("unschedulable", "NoSchedule"),
)
"""What the DaemonSet controller lets its pods tolerate (Kubernetes documentation, page DaemonSet)."""
_DAEMON_TAINT_OF_HOST_NETWORK = ("network-unavailable", "NoSchedule")


def placement(place: Place, labels: Mapping[str, str], node: str | None) -> Piece:
    """Return the scheduling fields of a pod with these labels, on one node if one is named."""
    spec = place.spec
    affinity, notes = _affinity(place, labels)
    is_repelled = _repels(place, labels)
    fields = {**spec.picked(*_COPIED), **_tolerations(place)}
    notes += _notes(place, fields, node, is_repelled=is_repelled)
    if node is not None and is_repelled:
        fields["nodeName"] = node
    elif node is not None:
        affinity["nodeAffinity"] = _pinned(_mapping(affinity.get("nodeAffinity")), node)
    if affinity:
        fields["affinity"] = affinity
    return Piece(fields=fields, notes=notes)


def _mapping(value: object) -> Fields:
    return value if isinstance(value, dict) else {}


def _affinity(place: Place, labels: Mapping[str, str]) -> tuple[Fields, tuple[Note, ...]]:
    theirs = place.spec.part("affinity")
    affinity = theirs.picked("nodeAffinity", "podAffinity")
    notes: list[Note] = [copied(f"its {name}") for name in affinity]
    against = theirs.part("podAntiAffinity")
    others = [term for term in against.parts(REQUIRED) if not selects(term, labels, place.workload)]
    if others:
        affinity["podAntiAffinity"] = {REQUIRED: [term.fields for term in others]}
        notes.append(copied("the podAntiAffinity that is required against other workloads"))
    if len(others) < len(against.parts(REQUIRED)) or against.has(PREFERRED):
        notes.append(
            left_out("podAntiAffinity against the workload itself, or only preferred: it leads away from its nodes")
        )
    return affinity, tuple(notes)


def _repels(place: Place, labels: Mapping[str, str]) -> bool:
    """Whether the workload's pods refuse a neighbour with these labels; the scheduler holds that both ways."""
    terms = place.spec.part("affinity").part("podAntiAffinity").parts(REQUIRED)
    return any(selects(term, labels, place.workload) for term in terms)


def _tolerations(place: Place) -> Fields:
    theirs = [part.fields for part in place.spec.parts("tolerations")]
    if place.workload.kind != "DaemonSet":
        return {"tolerations": theirs} if theirs else {}
    on_host = place.spec.flag("hostNetwork")
    taints = (*_DAEMON_TAINTS, *([_DAEMON_TAINT_OF_HOST_NETWORK] if on_host else []))
    added_here: list[Fields] = [
        {"key": f"node.kubernetes.io/{name}", "operator": "Exists", "effect": effect} for name, effect in taints
    ]
    return {"tolerations": [*theirs, *(one for one in added_here if one not in theirs)]}


def _pinned(affinity: Fields, node: str) -> Fields:
    """Return a node affinity for one node. Terms are alternatives, so each of them gets the condition."""
    field: Fields = {"key": "metadata.name", "operator": "In", "values": [node]}
    terms = Part(fields=affinity, path="").part(REQUIRED).parts("nodeSelectorTerms")
    kept = [term.picked("matchExpressions") for term in terms] or [{}]
    return {REQUIRED: {"nodeSelectorTerms": [{**term, "matchFields": [field]} for term in kept]}}


def _notes(place: Place, fields: Fields, node: str | None, *, is_repelled: bool) -> tuple[Note, ...]:
    workload = place.workload
    notes = [copied(", ".join(fields))] if fields else []
    if workload.kind == "DaemonSet":
        notes.append(added("the tolerations that the DaemonSet controller gives to its own pods"))
    if place.spec.has("topologySpreadConstraints"):
        notes.append(left_out("topologySpreadConstraints: they spread replicas, and this is none"))
    lives_on = place.spec.text("nodeName")
    if node is not None:
        notes.append(_pin_note(node, is_repelled=is_repelled))
    elif lives_on and workload.is_live_pod:
        notes.append(mind(f"the running pod is on node {lives_on}; --node {lives_on} puts this one there too"))
    if is_repelled and node is None:
        notes.append(
            mind(
                "the workload's pods refuse neighbours with these labels (podAntiAffinity): on their nodes this pod"
                " stays Pending; a Job with --node is put next to them"
            )
        )
    return tuple(notes)


def _pin_note(node: str, *, is_repelled: bool) -> Note:
    if is_repelled:
        return added(
            f"nodeName {node}, past the scheduler: it would keep this pod away from the workload's own"
            " (podAntiAffinity). Taints are not asked either, except NoExecute"
        )
    return added(
        f"the node {node}, by affinity and not by nodeName: so taints, resources and volumes are still looked at,"
        " and a pod that cannot run there says why"
    )
