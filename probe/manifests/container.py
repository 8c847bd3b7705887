"""The probe's own container: what is the same in every form, and its two ways of running."""

from probe.manifests.controllers import recognised
from probe.manifests.environment import environment
from probe.manifests.names import PROBE
from probe.manifests.network import mesh
from probe.manifests.note import Note, Piece, added, joined
from probe.manifests.part import Fields
from probe.manifests.place import Place
from probe.manifests.request import Request
from probe.manifests.security import container_security

METRICS_PORT = 9410
MESH_PATIENCE = "30"
"""Seconds. A sidecar that is injected starts beside the probe, and until it is up nothing can be reached."""

# No CPU limit: a throttled probe would measure itself.
RUN_RESOURCES: Fields = {"requests": {"cpu": "50m", "memory": "96Mi"}, "limits": {"memory": "192Mi"}}
SERVE_RESOURCES: Fields = {"requests": {"cpu": "5m", "memory": "48Mi"}, "limits": {"memory": "96Mi"}}

_NEVER_READY: Fields = {"tcpSocket": {"port": 1}, "initialDelaySeconds": 315_360_000}
"""Ten years before the first try, so it is never made, and until then the container is not ready."""


def probe_container(place: Place, request: Request, mounts: Piece, own: Piece) -> Piece:
    """Return one container: `own` is what its form needs, its arguments above all."""
    first: Fields = {"name": PROBE, "image": request.image, "imagePullPolicy": "IfNotPresent"}
    last: Fields = {"terminationMessagePolicy": "File"}
    parts = (Piece(fields=first), own, environment(place), mounts, container_security(place), Piece(fields=last))
    return joined(parts)


def running(place: Place, request: Request, *, exits_zero: bool = False, may_come_first: bool = True) -> Piece:
    """Return what a container needs that walks once. It may come first where a mesh has yet to start its sidecar."""
    arguments = ["run"]
    if exits_zero:
        arguments.append("--exit-zero")
    if may_come_first and mesh(place) and "--wait" not in request.arguments:
        arguments += ["--wait", MESH_PATIENCE]
    controller = recognised(place.container.text("image") or "")
    if controller and controller.sdk and "--sdk" not in request.arguments:
        arguments += ["--sdk", controller.sdk]
    arguments += request.arguments
    return Piece(fields={"args": arguments, "resources": RUN_RESOURCES}, notes=_controller_notes(place))


def serving(request: Request) -> Piece:
    """Return what a container needs that walks again and again and shows what it finds."""
    fields: Fields = {
        "args": ["serve", *request.arguments],
        "ports": [{"name": "probe-metrics", "containerPort": METRICS_PORT}],
        "livenessProbe": {
            "httpGet": {"path": "/healthz", "port": "probe-metrics"},
            "periodSeconds": 30,
            "timeoutSeconds": 5,
        },
        "resources": SERVE_RESOURCES,
    }
    return Piece(fields=fields, notes=(added(f"metrics and health on port {METRICS_PORT}, named probe-metrics"),))


def never_ready() -> Piece:
    """Return the lock inside the container that keeps Services and target groups away; `pod` has the other one."""
    return Piece(fields={"readinessProbe": _NEVER_READY})


def _controller_notes(place: Place) -> tuple[Note, ...]:
    controller = recognised(place.container.text("image") or "")
    if controller is None:
        return ()
    if controller.sdk is None:
        return (added(f"by its image the container is {controller.title}"),)
    return (added(f"--sdk {controller.sdk}: by its image the container is {controller.title}"),)
