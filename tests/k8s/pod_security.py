"""The Pod Security Standard *restricted*, rule by rule, for Linux pods (kubernetes/website, "Pod Security Standards").

Only what has any effect on our pods is looked at; a real API server looks at all of it (tools/apiserver.py).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.k8s.built import containers

ALLOWED_VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"
}  # fmt: skip
SECCOMP = ("RuntimeDefault", "Localhost")


def violations(spec: Mapping[str, Any]) -> list[str]:
    """Return every rule that a pod breaks, as a path or a container's name and a field."""
    return [*_of_pod(spec), *(found for container in containers(spec) for found in _of_container(spec, container))]


def _of_pod(spec: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in ("hostNetwork", "hostPID", "hostIPC") if spec.get(name))
    for volume in spec.get("volumes", ()):
        yield from (f"volume {kind}" for kind in volume if kind != "name" and kind not in ALLOWED_VOLUMES)
    if spec.get("securityContext", {}).get("sysctls"):
        yield "sysctls"


def _of_container(spec: Mapping[str, Any], container: Mapping[str, Any]) -> Iterator[str]:
    pod, own = spec.get("securityContext", {}), container.get("securityContext", {})
    name, capabilities = container["name"], own.get("capabilities", {})
    wrong = {
        "privileged": own.get("privileged"),
        "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is not False,
        "capabilities.drop": "ALL" not in capabilities.get("drop", ()),
        "capabilities.add": set(capabilities.get("add", ())) - {"NET_BIND_SERVICE"},
        "runAsNonRoot": own.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True,
        "runAsUser": own.get("runAsUser", pod.get("runAsUser")) == 0,
        "seccompProfile": own.get("seccompProfile", pod.get("seccompProfile", {})).get("type") not in SECCOMP,
        "procMount": own.get("procMount", "Default") != "Default",
        "hostPort": any(port.get("hostPort") for port in container.get("ports", ())),
    }
    return (f"{name}: {rule}" for rule, broken in wrong.items() if broken)
