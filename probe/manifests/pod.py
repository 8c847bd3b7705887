"""A pod of our own in the workload's place: it gets what the workload gets and takes no part in its work."""

from collections.abc import Sequence

from probe.manifests.controllers import recognised
from probe.manifests.images import read_image
from probe.manifests.labels import annotations, labels
from probe.manifests.names import CONTROLLER_ANNOTATION, PROBE, SOURCE_ANNOTATION
from probe.manifests.network import mesh, mesh_note, network
from probe.manifests.note import Note, Piece, added, copied, joined, left_out, mind
from probe.manifests.part import Fields
from probe.manifests.place import Place
from probe.manifests.placement import placement
from probe.manifests.request import Request
from probe.manifests.security import pod_security

NEVER_READY = f"{PROBE}/never-ready"
_OTHERS_PROCESSES = ("hostPID", "hostIPC", "shareProcessNamespace")


def template(place: Place, request: Request, form: str, containers: Sequence[str], spec: Piece) -> Piece:
    """Return a pod template. `spec` holds the containers, whose names are given, and what else is the form's own."""
    worn = labels(place, form)
    noted = annotations(place, tuple(containers))
    own_labels = worn.fields["labels"]
    pieces = (
        _restart_nothing(place),
        _identity(place),
        network(place),
        placement(place, own_labels if isinstance(own_labels, dict) else {}, request.node),
        pod_security(place),
        _pull_secrets(place, request),
        spec,
    )
    whole = joined(pieces)
    notes = (*_mind(place), *worn.notes, *noted.notes, *whole.notes)
    return Piece(fields={"metadata": {**worn.fields, **noted.fields}, "spec": whole.fields}, notes=notes)


def object_annotations(place: Place) -> Fields:
    """Return what an object of ours says of its origin."""
    controller = recognised(place.container.text("image") or "")
    source = f"{place.workload.title}, container {place.container_name}"
    return {SOURCE_ANNOTATION: source, **({CONTROLLER_ANNOTATION: controller.title} if controller else {})}


def _restart_nothing(place: Place) -> Piece:
    """Return the lock that no controller opens, so that no Service routes to the pod.

    The readiness gate alone would not do: the AWS Load Balancer Controller registers a pod by IP as soon as its
    containers are ready (kubernetes-sigs/aws-load-balancer-controller:pkg/backend/endpoint_resolver.go). So the
    container has a readinessProbe that is never made as well.
    """
    note = added(
        f"the readiness gate {NEVER_READY}, which nobody ever sets, and a readinessProbe whose first try is years"
        " away: the pod wears the workload's labels, and no Service and no target group may route to it"
    )
    exception = mind("a Service with publishNotReadyAddresses routes to it nevertheless")
    others = sum(len(place.spec.parts(name)) for name in ("containers", "initContainers")) - 1
    notes = [note, exception, left_out("command, arguments and ports of the workload: nothing of it runs here")]
    if others:
        notes.append(left_out(f"its other containers ({others})"))
    dropped = [name for name in _OTHERS_PROCESSES if place.spec.flag(name)]
    if dropped:
        notes.append(left_out(f"{', '.join(dropped)}: the probe looks at no other process"))
    return Piece(fields={"readinessGates": [{"conditionType": NEVER_READY}]}, notes=tuple(notes))


def _identity(place: Place) -> Piece:
    account = place.spec.text("serviceAccountName") or place.spec.text("serviceAccount") or "default"
    fields = {"serviceAccountName": account, **place.spec.picked("automountServiceAccountToken")}
    return Piece(fields=fields, notes=(copied(f"the ServiceAccount {account}"),))


def _pull_secrets(place: Place, request: Request) -> Piece:
    secrets = [part.picked("name") for part in place.spec.parts("imagePullSecrets")]
    if not secrets:
        return Piece()
    theirs, ours = read_image(place.container.text("image") or ""), read_image(request.image)
    if theirs.registry == ours.registry:
        return Piece(
            fields={"imagePullSecrets": secrets}, notes=(copied("imagePullSecrets: the registry is the same"),)
        )
    return Piece(notes=(left_out(f"imagePullSecrets: the probe's image comes from {ours.registry}"),))


def _mind(place: Place) -> tuple[Note, ...]:
    title = mesh(place)
    return (*_injection_notes(place), *([mesh_note(title)] if title else []))


def _injection_notes(place: Place) -> tuple[Note, ...]:
    """Say whose identity this is: the webhook changes pods when they are created, never later."""
    if not place.workload.is_live_pod:
        return ()
    if place.as_injected:
        return (mind("the identity is copied from the running pod (--as-injected): this is what THAT pod has"),)
    had = ", ".join(sorted(place.injected_variables))
    return (
        left_out(f"{had}: the pod identity webhook gives them to the new pod, if it still would")
        if had
        else mind("the running pod has no identity from the webhook; this one may get it"),
        mind(
            "this is what a NEW pod gets. If it works here and fails there, restart the workload;"
            " --as-injected copies what the running pod has"
        ),
    )
