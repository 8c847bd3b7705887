"""The network that the workload's pods see, and the meshes that stand in it."""

from probe.manifests.note import Note, Piece, copied, mind
from probe.manifests.place import Place

_COPIED = ("hostNetwork", "dnsPolicy", "dnsConfig", "hostAliases", "enableServiceLinks", "hostUsers")
_MESHES = {
    "Istio": (("sidecar.istio.io/", "istio.io/rev", "traffic.sidecar.istio.io/", "proxy.istio.io/"), "istio-proxy"),
    "Linkerd": (("linkerd.io/", "config.linkerd.io/"), "linkerd-proxy"),
    "Vault": (("vault.hashicorp.com/agent-inject",), "vault-agent"),
}
"""By whose labels and annotations, or containers in a running pod, it is known that more is injected."""
_OFF = frozenset({"false", "disabled", "disable"})


def network(place: Place) -> Piece:
    """Return the pod's network fields."""
    fields = place.spec.picked(*_COPIED)
    notes = [copied(", ".join(fields))] if fields else []
    if place.spec.flag("hostNetwork"):
        notes.append(mind("it stands on the node's own network, as the workload does: IMDS is one hop away there"))
    return Piece(fields=fields, notes=tuple(notes))


def mesh(place: Place) -> str | None:
    """Return who injects a sidecar into the workload's pods, as far as it is told by the pods themselves."""
    marks = {**place.workload.annotations, **place.workload.labels}
    names = {part.text("name") for key in ("containers", "initContainers") for part in place.spec.parts(key)}
    for title, (prefixes, container) in _MESHES.items():
        switched_off = any(
            value in _OFF and key.endswith(("/inject", "/agent-inject")) and key.startswith(prefixes)
            for key, value in marks.items()
        )
        if not switched_off and (container in names or any(key.startswith(prefixes) for key in marks)):
            return title
    return None


def mesh_note(title: str) -> Note:
    """Say what an injected sidecar does to a Job."""
    return mind(
        f"{title} injects a sidecar here too. An ordinary one keeps the Job from ending until its deadline (a native"
        " one does not): read the answer from the log or the termination message of the container"
        " aws-credential-probe. --wait is set, because nothing can be reached before the sidecar is up"
    )
