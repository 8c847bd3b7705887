"""A Kubernetes API server with a handful of objects: reads only, with tokens, rights and refusals as the real one has.

Objects are documents as `kubectl get -o json` shows them. Statuses and texts follow kubernetes/kubernetes:
staging/src/k8s.io/apimachinery/pkg/api/errors and apiserver/pkg/endpoints/handlers/responsewriters.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Unpack
from urllib.parse import parse_qs

from probe.lab.servers.base import LabServer, ListenOptions
from probe.lab.servers.faults import Fault
from probe.lab.servers.messages import Answer, Request, with_length

PLURALS = {
    "ServiceAccount": "serviceaccounts",
    "Pod": "pods",
    "Node": "nodes",
    "DaemonSet": "daemonsets",
    "MutatingWebhookConfiguration": "mutatingwebhookconfigurations",
    "NetworkPolicy": "networkpolicies",
    "CiliumNetworkPolicy": "ciliumnetworkpolicies",
}
GROUPS = ("", "apps", "admissionregistration.k8s.io", "networking.k8s.io")
READS = (
    "get serviceaccounts",
    "get pods",
    "list pods",
    "get nodes",
    "get daemonsets",
    "get mutatingwebhookconfigurations",
    "list networkpolicies",
    "list ciliumnetworkpolicies",
)
"""What the files of k8s/rbac grant."""


@dataclass(frozen=True, kw_only=True)
class KubernetesConfig:
    """One API server."""

    objects: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By a name of our own, so that a scenario can override a preset's."""
    allowed: tuple[str, ...] = READS
    """Verb and resource of what the token's bearer may do."""
    tokens: tuple[str, ...] = ()
    """The bearer tokens that are known."""
    cilium: bool = False
    """Whether the cluster has Cilium's resources."""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class _Asked:
    """A request as the API server understands it."""

    group: str
    namespace: str | None
    plural: str
    name: str | None

    @property
    def right(self) -> str:
        return f"{'get' if self.name else 'list'} {self.plural}"


class KubernetesServer(LabServer):
    """Routes for faults: verb and resource, such as `get pods`."""

    def __init__(self, config: KubernetesConfig, **listen: Unpack[ListenOptions]) -> None:
        super().__init__(faults=config.faults, **listen)
        self._config = config

    def routes(self, request: Request) -> tuple[str, ...]:
        """Name the verb and the resource; nothing for a path that is not served."""
        asked = _asked(request.path)
        return (asked.right,) if asked else ()

    def answer(self, request: Request) -> Answer:
        """Know the bearer, look whether they may, then find it."""
        if (request.header("authorization") or "").removeprefix("Bearer ") not in self._config.tokens:
            return _status(401, "Unauthorized", "Unauthorized")
        asked = _asked(request.path)
        if asked is None or asked.group not in (*GROUPS, *(("cilium.io",) if self._config.cilium else ())):
            return _answer(404, b"404 page not found\n", "text/plain; charset=utf-8")
        if asked.right not in self._config.allowed:
            return _status(403, "Forbidden", f"{asked.plural} is forbidden: User cannot {asked.right} here")
        return self._found(asked, parse_qs(request.query))

    def _found(self, asked: _Asked, query: Mapping[str, list[str]]) -> Answer:
        there = [one for one in self._config.objects.values() if _is_asked(one, asked)]
        if asked.name is None:
            wanted = [one for one in there if all(_selected(one, *pair) for pair in query.items())]
            kind = next(kind for kind, plural in PLURALS.items() if plural == asked.plural)
            return _json(200, {"kind": f"{kind}List", "metadata": {}, "items": wanted})
        if not there:
            return _status(404, "NotFound", f'{asked.plural} "{asked.name}" not found')
        return _json(200, there[0])


def _asked(path: str) -> _Asked | None:
    parts = path.strip("/").split("/")
    group = "" if parts[0] == "api" else next(iter(parts[1:2]), "")
    rest = parts[2:] if parts[0] == "api" else parts[3:]
    namespace = None
    if rest[:1] == ["namespaces"] and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    if parts[0] not in {"api", "apis"} or not 1 <= len(rest) <= 2 or rest[0] not in PLURALS.values():
        return None
    return _Asked(group, namespace, rest[0], rest[1] if len(rest) == 2 else None)


def _is_asked(document: Mapping[str, Any], asked: _Asked) -> bool:
    metadata = document["metadata"]
    is_there = PLURALS[document["kind"]] == asked.plural and metadata.get("namespace") == asked.namespace
    return is_there and asked.name in {None, metadata["name"]}


def _selected(document: Mapping[str, Any], parameter: str, values: list[str]) -> bool:
    """Whether an object is what a list's `labelSelector` and `fieldSelector` ask for; only equality is understood."""
    if parameter not in {"labelSelector", "fieldSelector"}:
        return True
    key, _, value = values[0].partition("=")
    if parameter == "labelSelector":
        return bool(document["metadata"].get("labels", {}).get(key) == value)
    part: Any = document
    for name in key.split("."):
        part = part.get(name, {})
    return bool(part == value)


def _json(status: int, document: Mapping[str, Any]) -> Answer:
    return _answer(status, json.dumps(document).encode(), "application/json")


def _status(code: int, reason: str, message: str) -> Answer:
    told = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return _json(code, {**told, "message": message, "reason": reason, "code": code})


def _answer(status: int, body: bytes, content_type: str) -> Answer:
    return Answer(status=status, headers=with_length((("Content-Type", content_type),), body), body=body)
