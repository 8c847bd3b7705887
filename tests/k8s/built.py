"""What kustomize makes of k8s/, and which objects the tests look at."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # ships no types
import pytest
import yaml  # type: ignore[import-untyped]  # another reader than the one that writes

from tools import kubectl

ROOT = Path(__file__).resolve().parents[2]
K8S = ROOT / "k8s"
HOOKS = K8S / "examples" / "hooks"
WORKLOAD = Path(__file__).parent / "workload"
"""An ordinary controller with an init container of its own, for the components to be added to."""

BASES = ("job", "cronjob", "daemonset", "rbac")
EXAMPLES = ("aws-load-balancer-controller", "karpenter", "vpc-cni/job", "vpc-cni/daemonset")
COMPONENTS = ("sidecar", "init-gate")
ON_THE_HOST = ("examples/vpc-cni/job", "examples/vpc-cni/daemonset")
ALONE = (*BASES, *(f"examples/{name}" for name in EXAMPLES))
"""Everything that builds by itself. k8s/monitoring has tests of its own."""

NEWEST: str = kubernetes_validate.latest_version()
"""The release of the newest schemas that are installed."""

Object = dict[str, Any]
SchemaError = kubernetes_validate.ValidationError
needs_kubectl = pytest.mark.skipif(kubectl.why_not() is not None, reason=str(kubectl.why_not()))


@cache
def kustomized(directory: Path) -> str:
    """Return what `kubectl kustomize` prints."""
    command = [str(kubectl.program("kubectl")), "kustomize", str(directory)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def objects(text: str) -> list[Object]:
    """Return the objects of a YAML stream."""
    return [document for document in yaml.safe_load_all(text) if document is not None]


def built(name: str) -> list[Object]:
    """Return the objects of a directory of k8s/."""
    return objects(kustomized(K8S / name))


def with_components(directory: Path, *components: str) -> list[Object]:
    """Return the controller with components added, built in an empty directory."""
    here = directory.resolve()
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [os.path.relpath(WORKLOAD, here)],
        "components": [os.path.relpath(K8S / name, here) for name in components],
    }
    (here / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    return objects(kustomized(here))


def pod_spec(thing: Mapping[str, Any]) -> Object | None:
    """Return the pod's specification in any object that has one."""
    paths = {
        "Pod": ("spec",),
        "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
        **dict.fromkeys(("Job", "Deployment", "DaemonSet", "StatefulSet"), ("spec", "template", "spec")),
    }
    path = paths.get(thing["kind"])
    found: Any = thing
    for name in path or ():
        found = found[name]
    return found if path else None


def containers(spec: Mapping[str, Any]) -> Iterator[Object]:
    """Give every container."""
    for key in ("initContainers", "containers"):
        yield from spec.get(key, ())


def ours(spec: Mapping[str, Any]) -> list[Object]:
    """Return the probe's containers."""
    return [container for container in containers(spec) if container["name"].startswith("aws-credential-probe")]


def check_schema(thing: Mapping[str, Any], release: str) -> None:
    """Raise a SchemaError if an object has a field that this release does not know, or knows otherwise."""
    kubernetes_validate.validate(thing, release, strict=True)
