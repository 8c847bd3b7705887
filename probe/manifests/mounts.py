"""The mounts that hold credentials, certificates and configuration; never the workload's own data."""

import re

from probe.manifests.environment import kept_values
from probe.manifests.note import Note, Piece, copied, left_out, mind
from probe.manifests.part import Fields, Part
from probe.manifests.place import Place
from probe.records import dataclass

SERVICE_ACCOUNT_DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount"
_KNOWN_DIRECTORIES = (
    "/etc/ssl",
    "/etc/pki",
    "/usr/local/share/ca-certificates",
    "/usr/share/ca-certificates",
    "/var/run/secrets",
    "/run/secrets",
    "/credentials",  # Velero
)
_SHARED_FILES = re.compile(r"(^|/)\.aws(/|$)")
_COPYABLE = ("secret", "configMap", "projected", "downwardAPI", "csi", "hostPath")
"""Volumes whose content is the same in every pod of the ServiceAccount. An emptyDir is filled by the pod itself, and a
claim may be bound to one node."""
_NEVER_UNDER = ("/usr/lib", "/usr/bin", "/lib", "/bin", "/opt/venv")
"""Where the probe's own image keeps what it runs on."""


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    mount: Part
    volume: Part
    because: str


def mounts_with_volumes(place: Place) -> tuple[Piece, Piece]:
    """Return the container's `volumeMounts` and the pod's `volumes`, for a pod of our own."""
    chosen = _chosen(place, of_own_pod=True)
    lost = [one for one in chosen if _kind_of(one.volume) is None]
    kept = [one for one in chosen if one not in lost]
    volumes = {one.volume.text("name") or "": _volume(one.volume) for one in kept}
    notes = (*_notes(place, kept), *(_lost(one) for one in lost), *_injected_notes(place))
    return (
        Piece(fields={"volumeMounts": [_mount(one.mount) for one in kept]} if kept else {}, notes=notes),
        Piece(fields={"volumes": list(volumes.values())} if kept else {}),
    )


def mounts_only(place: Place, *, sub_paths: bool) -> Piece:
    """Return the container's `volumeMounts` for a container in the same pod, where all volumes are there already."""
    chosen = _chosen(place, of_own_pod=False)
    kept = [one for one in chosen if sub_paths or not _has_sub_path(one.mount)]
    notes = (
        *_notes(place, kept),
        *(
            mind(f"{_at(one)} is missing: an ephemeral container may not mount a part of a volume (subPath)")
            for one in chosen
            if one not in kept
        ),
    )
    return Piece(fields={"volumeMounts": [_mount(one.mount) for one in kept]} if kept else {}, notes=notes)


def _chosen(place: Place, *, of_own_pod: bool) -> list[_Chosen]:
    volumes = {volume.text("name") or "": volume for volume in place.spec.parts("volumes")}
    given = place.injected_volumes if of_own_pod and place.given_anew else frozenset()
    found = []
    for mount in place.mounts:
        name = mount.text("name") or ""
        volume = volumes.get(name) or Part(fields={"name": name}, path="spec.volumes")
        if name in given or (of_own_pod and _is_kubelets_own(mount, volume, place)):
            continue
        because = _reason(mount, volume, place)
        if because:
            found.append(_Chosen(mount=mount, volume=volume, because=because))
    return found


def _reason(mount: Part, volume: Part, place: Place) -> str | None:
    path = (mount.text("mountPath") or "").rstrip("/")
    if not path.startswith("/") or any(_is_under(path, own) for own in _NEVER_UNDER):
        return None
    if any(_is_under(value, path) for value in kept_values(place)):
        return "a variable points into it"
    if any(source.has("serviceAccountToken") for source in volume.part("projected").parts("sources")):
        return "a ServiceAccount token"
    if _SHARED_FILES.search(path):
        return "the shared AWS files"
    if any(_is_under(path, known) for known in _KNOWN_DIRECTORIES):
        return "certificates or credentials by its place"
    return None


def _is_under(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory + "/")


def _is_kubelets_own(mount: Part, volume: Part, place: Place) -> bool:
    """Whether admission has added it, and will add it to our pod too."""
    name = volume.text("name") or ""
    return (
        place.workload.is_live_pod
        and name.startswith("kube-api-access-")
        and mount.text("mountPath") == SERVICE_ACCOUNT_DIRECTORY
    )


def _kind_of(volume: Part) -> str | None:
    return next((kind for kind in _COPYABLE if volume.has(kind)), None)


def _volume(volume: Part) -> Fields:
    return {"name": volume.text("name") or "", **volume.picked(*_COPYABLE)}


def _mount(mount: Part) -> Fields:
    return {**mount.picked("name", "mountPath", "subPath", "subPathExpr"), "readOnly": True}


def _has_sub_path(mount: Part) -> bool:
    return mount.has("subPath") or mount.has("subPathExpr")


def _at(one: _Chosen) -> str:
    return f"{one.mount.text('mountPath')} (volume {one.mount.text('name')})"


def _notes(place: Place, kept: list[_Chosen]) -> tuple[Note, ...]:
    others = len(place.mounts) - len(kept) - len(place.injected_volumes)
    return (
        *(copied(f"the mount {_at(one)}, read-only: {one.because}") for one in kept),
        *([left_out("its other mounts: nothing about credentials was recognised in them")] if others > 0 else []),
    )


def _lost(one: _Chosen) -> Note:
    return mind(
        f"{_at(one)} is missing ({one.because}): what is in it belongs to the workload's own pods;"
        " look with `probe manifest debug` or `sidecar`"
    )


def _injected_notes(place: Place) -> tuple[Note, ...]:
    if not (place.given_anew and place.injected_volumes):
        return ()
    return (left_out(f"the volume {', '.join(sorted(place.injected_volumes))}: the webhook adds it to the new pod"),)
