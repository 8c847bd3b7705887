"""Whose rights the probe has: those of the workload where files are read, and less everywhere else."""

from probe.manifests.note import Note, Piece, added, copied, mind
from probe.manifests.part import Fields
from probe.manifests.place import Place

_POD_FIELDS = (
    "runAsUser",
    "runAsGroup",
    "runAsNonRoot",
    "fsGroup",
    "fsGroupChangePolicy",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxOptions",
    "seLinuxChangePolicy",
    "sysctls",
)
_CONTAINER_FIELDS = ("runAsUser", "runAsGroup", "seLinuxOptions")
IMAGE_USER = 65532


def pod_security(place: Place) -> Piece:
    """Return the pod's `securityContext`."""
    theirs = place.spec.part("securityContext").picked(*_POD_FIELDS)
    fields: Fields = {**theirs, "seccompProfile": {"type": "RuntimeDefault"}}
    notes = [copied(f"of the pod's securityContext: {', '.join(theirs)}")] if theirs else []
    return Piece(fields={"securityContext": fields}, notes=tuple(notes))


def container_security(place: Place) -> Piece:
    """Return the container's `securityContext`: restricted, except for the user whose files are to be read."""
    theirs = place.container.part("securityContext").picked(*_CONTAINER_FIELDS)
    user = theirs.get("runAsUser", place.spec.part("securityContext").value("runAsUser"))
    fields: Fields = {
        **theirs,
        "runAsNonRoot": user != 0,
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    return Piece(fields={"securityContext": fields}, notes=(_user_note(user), _hardening_note()))


def _user_note(user: object) -> Note:
    if user == 0:
        return mind(
            "it runs as root, as the workload does, because files are read with these rights; but without"
            " capabilities. Pod Security restricted forbids it"
        )
    if user is None:
        return mind(
            f"the workload names no user, so its image decides; the probe runs as its own, {IMAGE_USER}. Whether"
            " a token file can be read may differ"
        )
    return copied("its user, because files are read with that user's rights")


def _hardening_note() -> Note:
    return added("no privilege, no capability, a read-only root and seccomp RuntimeDefault")
