"""The variables that decide about credentials, regions, proxies and certificates; references stay references."""

import re
from collections.abc import Iterable

from probe.console import UsageError
from probe.manifests.note import Note, Piece, copied, left_out, mind
from probe.manifests.part import Fields, Part
from probe.manifests.place import Place
from probe.records import dataclass

_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})
_OTHERS = frozenset(
    {
        "HOME",  # where the shared files are looked for
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "KUBERNETES_SERVICE_HOST",
        "KUBERNETES_SERVICE_PORT",
        "NODENAME",
    }
)
_SECRETS = frozenset(
    {
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    }
)
_USER_INFO = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^/?#@\s]*:[^/?#@\s]*@")
_REFERENCE = re.compile(r"\$(?:\$|\(([^()\s]{1,256})\))")
"""`$(NAME)`, which the kubelet replaces; `$$` stands for a dollar sign."""
_SOURCES = ("secretKeyRef", "configMapKeyRef", "fieldRef")

OWN_VARIABLES: tuple[tuple[str, str], ...] = (
    ("POD_NAME", "metadata.name"),
    ("POD_NAMESPACE", "metadata.namespace"),
    ("NODE_NAME", "spec.nodeName"),
)
"""By which the probe says where it stands, from the downward API."""


@dataclass(frozen=True, kw_only=True)
class _Sorted:
    """The container's variables: those that are taken over, and the names of those that could not be."""

    kept: tuple[Part, ...]
    unusable: tuple[str, ...]
    others: int


def environment(place: Place) -> Piece:
    """Return `env` and `envFrom`. Raises UsageError for a secret that stands in the workload itself."""
    found = _sorted(place)
    if not place.with_secrets:
        _refuse_secrets(found.kept, place)
    names = [entry.text("name") or "" for entry in found.kept]
    own = [_downward(name, path) for name, path in OWN_VARIABLES if name not in names]
    fields: Fields = {"env": [*own, *map(_entry, found.kept)]}
    imports = [part.picked("prefix", "configMapRef", "secretRef") for part in place.container.parts("envFrom")]
    if imports:
        fields["envFrom"] = imports
    return Piece(fields=fields, notes=_notes(place, found, names, imported=bool(imports)))


def kept_values(place: Place) -> tuple[str, ...]:
    """Return the values of the variables that are taken over, as far as they are written out."""
    return tuple(entry.text("value") or "" for entry in _sorted(place).kept)


def decides(name: str) -> bool:
    """Whether a variable has a say in where AWS credentials come from or how AWS is reached."""
    return name.startswith("AWS_") or name.upper() in _PROXIES or name in _OTHERS


def _sorted(place: Place) -> _Sorted:
    entries = place.container.parts("env")
    given_anew = place.injected_variables if place.given_anew else frozenset()
    wanted = {name for entry in entries if decides(name := entry.text("name") or "")} - given_anew
    wanted |= _referred_to(wanted, entries)
    chosen = [entry for entry in entries if entry.text("name") in wanted]
    kept = tuple(entry for entry in chosen if not entry.has("valueFrom") or _source(entry))
    return _Sorted(
        kept=kept,
        unusable=tuple(entry.text("name") or "" for entry in chosen if entry not in kept),
        others=len(entries) - len(chosen) - sum(entry.text("name") in given_anew for entry in entries),
    )


def _referred_to(wanted: Iterable[str], entries: tuple[Part, ...]) -> set[str]:
    """Return the variables that the values of wanted ones are made of, and what those are made of."""
    values = {entry.text("name") or "": entry.text("value") or "" for entry in entries}
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        mentioned = {match.group(1) for match in _REFERENCE.finditer(values.get(waiting.pop(), ""))}
        new = {name for name in mentioned if name in values} - found
        found |= new
        waiting += new
    return found


def _source(entry: Part) -> Fields:
    return entry.part("valueFrom").picked(*_SOURCES)


def _entry(entry: Part) -> Fields:
    name = entry.text("name") or ""
    if entry.has("valueFrom"):
        return {"name": name, "valueFrom": _source(entry)}
    return {"name": name, "value": entry.text("value") or ""}


def _downward(name: str, path: str) -> Fields:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


def _refuse_secrets(kept: tuple[Part, ...], place: Place) -> None:
    for entry in kept:
        name, value = entry.text("name") or "", entry.text("value") or ""
        is_secret = name in _SECRETS or _USER_INFO.match(value)
        if value and is_secret and not _REFERENCE.fullmatch(value):
            raise UsageError(
                f"{name} of container {place.container_name} holds a secret in plain text;"
                " --with-secrets prints it into the manifest"
            )


def _notes(place: Place, found: _Sorted, names: list[str], *, imported: bool) -> tuple[Note, ...]:
    notes = [copied(f"variables of container {place.container_name}: {', '.join(names)}")] if names else []
    if imported:
        notes.append(copied("its envFrom as a whole: any AWS_* may come from there"))
    if found.unusable:
        notes.append(
            mind(f"{', '.join(found.unusable)} is set from something that only that container has; it is missing here")
        )
    if found.others:
        notes.append(
            left_out(f"its other variables ({found.others}): they decide nothing about credentials or the network")
        )
    return tuple(notes)
