"""The API server of the lab refuses and finds as the real one does."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from probe.lab.servers import KubernetesConfig, KubernetesServer

NODE = "node-1"
OBJECTS: dict[str, dict[str, Any]] = {
    "agent": {
        "kind": "Pod",
        "metadata": {"name": "agent", "namespace": "kube-system", "labels": {"app": "agent"}},
        "spec": {"nodeName": NODE},
    },
    "other": {"kind": "Pod", "metadata": {"name": "agent", "namespace": "default"}},
    "node": {"kind": "Node", "metadata": {"name": NODE}},
}


@pytest.fixture
def server() -> Iterator[KubernetesServer]:
    with KubernetesServer(
        KubernetesConfig(objects=OBJECTS, tokens=("known",), allowed=("list pods", "get nodes"))
    ) as one:
        yield one


def asked(server: KubernetesServer, path: str, token: str = "known") -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    is_json = answer.getheader("Content-Type") == "application/json"
    return answer.status, json.loads(body) if is_json else body.decode()


def test_an_unknown_token_is_unauthorized(server: KubernetesServer) -> None:
    status, document = asked(server, f"/api/v1/nodes/{NODE}", token="stranger")
    assert (status, document["kind"], document["reason"]) == (401, "Status", "Unauthorized")


def test_a_right_is_for_a_verb_and_a_resource(server: KubernetesServer) -> None:
    assert asked(server, "/api/v1/namespaces/kube-system/pods")[0] == 200
    status, document = asked(server, "/api/v1/namespaces/kube-system/pods/agent")
    assert (status, document["reason"]) == (403, "Forbidden")


def test_an_object_is_found_in_its_namespace_and_nowhere_else(server: KubernetesServer) -> None:
    assert asked(server, f"/api/v1/nodes/{NODE}")[1] == OBJECTS["node"]
    status, document = asked(server, "/api/v1/nodes/other")
    assert (status, document["reason"]) == (404, "NotFound")
    (found,) = asked(server, "/api/v1/namespaces/default/pods")[1]["items"]
    assert found == OBJECTS["other"]


@pytest.mark.parametrize(
    ("selector", "count"),
    [
        ("labelSelector=app%3Dagent", 1),
        ("labelSelector=app%3Dother", 0),
        ("fieldSelector=spec.nodeName%3Dnode-1", 1),
        ("fieldSelector=spec.nodeName%3Dnode-2", 0),
        ("limit=5&resourceVersion=0", 1),
    ],
)
def test_a_list_is_narrowed_by_selectors(server: KubernetesServer, selector: str, count: int) -> None:
    document = asked(server, f"/api/v1/namespaces/kube-system/pods?{selector}")[1]
    assert document["kind"] == "PodList"
    assert len(document["items"]) == count


@pytest.mark.parametrize("path", ["/", "/metrics", "/apis/cilium.io/v2/namespaces/default/ciliumnetworkpolicies"])
def test_what_is_not_served_is_not_found_by_the_router_in_plain_text(server: KubernetesServer, path: str) -> None:
    assert asked(server, path) == (404, "404 page not found\n")
