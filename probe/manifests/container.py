"""The probe's own container: what is the same in every form, and its two ways of running."""

from probe.manifests.controllers import controller_words
from probe.manifests.environment import environment
from probe.manifests.names import PROBE
from probe.manifests.network import mesh
from probe.manifests.note import Note, Piece, added, copied, joined, mind
from probe.manifests.part import Fields
from probe.manifests.place import Place
from probe.manifests.request import METRICS_PORT, Request
from probe.manifests.security import container_security

CONTROLLER = "--controller"
CONTROLLER_WORDS = 2
"""The option and its value; flags of the controller follow."""
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
    arguments += [*_controller(place, request), *request.arguments]
    return Piece(fields={"args": arguments, "resources": RUN_RESOURCES}, notes=_controller_notes(place, request))


def serving(place: Place, request: Request) -> Piece:
    """Return what a container needs that walks again and again and shows what it finds."""
    fields: Fields = {
        "args": ["serve", *_listening(request.port), *_controller(place, request), *request.arguments],
        "ports": [{"name": "probe-metrics", "containerPort": request.port}],
        "livenessProbe": {
            "httpGet": {"path": "/healthz", "port": "probe-metrics"},
            "periodSeconds": 30,
            "timeoutSeconds": 5,
        },
        "resources": SERVE_RESOURCES,
    }
    port = added(f"metrics and health on port {request.port}, named probe-metrics")
    return Piece(fields=fields, notes=(port, *_node_ports(place, request), *_controller_notes(place, request)))


def _listening(port: int) -> tuple[str, ...]:
    """Return where to listen, where that is not where the probe listens anyway. On loopback nobody else gets in."""
    return () if port == METRICS_PORT else (f"--listen=:{port}", f"--private-listen=127.0.0.1:{port + 1}")


def _node_ports(place: Place, request: Request) -> tuple[Note, ...]:
    if not place.spec.flag("hostNetwork"):
        return ()
    ports = f"{request.port} and {request.port + 1}"
    return (
        mind(f"on the node's network its ports {ports} are the node's: a second probe there needs others (--port)"),
    )


def never_ready() -> Piece:
    """Return the lock inside the container that keeps Services and target groups away; `pod` has the other one."""
    return Piece(fields={"readinessProbe": _NEVER_READY})


def _controller(place: Place, request: Request) -> tuple[str, ...]:
    """Return what the probe is told of the controller, unless the user tells it something."""
    told = any(one == CONTROLLER or one.startswith(f"{CONTROLLER}=") for one in request.arguments)
    return () if told else controller_words(place)


def _controller_notes(place: Place, request: Request) -> tuple[Note, ...]:
    words = _controller(place, request)
    if not words:
        return ()
    what = f"{CONTROLLER} {words[1]}: that is what the image is; AWS is asked for what it needs, by reads alone"
    notes = [added(what)]
    if len(words) > CONTROLLER_WORDS:
        names = [word.partition("=")[2].partition("=")[0] for word in words[CONTROLLER_WORDS:]]
        notes.append(copied(f"flags of the container that say something about AWS: {', '.join(names)}"))
    return tuple(notes)
