"""The PodMonitor finds the probe, whatever its pod is called, and names its place."""

import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.monitoring.promql import MONITORING

MONITOR: dict[str, Any] = YAML(typ="safe", pure=True).load((MONITORING / "podmonitor.yaml").read_text(encoding="utf-8"))
(ENDPOINT,) = MONITOR["spec"]["podMetricsEndpoints"]
NODE = "__meta_kubernetes_node_label_"
SIDECAR = {
    "__meta_kubernetes_pod_container_name": "aws-credential-probe",
    "__meta_kubernetes_pod_container_port_number": "9410",
    "__meta_kubernetes_pod_node_name": "ip-10-0-1-23",
}


def relabelled(found: dict[str, str]) -> dict[str, str] | None:
    """Return the labels that a discovered target is scraped with, None for one that is dropped; as Prometheus does."""
    labels = dict(found)
    for rule in ENDPOINT["relabelings"]:
        value = ";".join(labels.get(name, "") for name in rule["sourceLabels"])
        matches = re.fullmatch(rule.get("regex", "(.*)"), value)
        if rule["action"] == "keep" and not matches:
            return None
        if rule["action"] == "replace" and matches:
            labels[rule["targetLabel"]] = matches[1]
    return {name: value for name, value in labels.items() if not name.startswith("__") and value}


@pytest.mark.parametrize(
    ("labels", "node_group"),
    [
        ({"eks_amazonaws_com_nodegroup": "blue"}, "blue"),
        ({"karpenter_sh_nodepool": "spot"}, "spot"),
        ({"alpha_eksctl_io_nodegroup_name": "old"}, "old"),
        ({"alpha_eksctl_io_nodegroup_name": "old", "eks_amazonaws_com_nodegroup": "blue"}, "blue"),
    ],
)
def test_the_node_group_is_told_whoever_made_the_node(labels: dict[str, str], node_group: str) -> None:
    target = relabelled({**SIDECAR, **{NODE + name: value for name, value in labels.items()}})
    assert target == {"node": "ip-10-0-1-23", "node_group": node_group}


def test_a_node_of_no_group_has_no_such_label() -> None:
    assert relabelled(SIDECAR) == {"node": "ip-10-0-1-23"}


@pytest.mark.parametrize(
    "other",
    [
        {"__meta_kubernetes_pod_container_name": "controller"},
        {"__meta_kubernetes_pod_container_name": "aws-credential-probe-2"},
        {"__meta_kubernetes_pod_container_port_number": ""},
    ],
)
def test_other_containers_and_a_container_without_a_port_are_not_scraped(other: dict[str, str]) -> None:
    assert relabelled({**SIDECAR, **other}) is None


def test_node_labels_are_there_because_node_metadata_is_asked_for() -> None:
    assert MONITOR["spec"]["attachMetadata"] == {"node": True}
    assert MONITOR["spec"]["namespaceSelector"] == {"any": True}
