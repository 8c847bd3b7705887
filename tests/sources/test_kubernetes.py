"""The Kubernetes steps against an API server on loopback: what is read, what is left alone, what never leaks."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from probe.evidence import AccountFacts, AgentFacts, NodeFacts, Outcome, PodFacts, PolicyList, Step, WebhookFacts
from probe.lab.servers import (
    BoundTo,
    Canaries,
    Fault,
    FaultKind,
    KubernetesConfig,
    KubernetesServer,
    LabAuthority,
    mint_token,
)
from probe.sources.kubernetes import AUTHORITY_FILE, READS, walk_kubernetes
from probe.surroundings import DEFAULT_TOKEN
from tests.sources.world import URL, Pod

NODE = "ip-10-0-1-23.eu-central-1.compute.internal"
ROLE = "arn:aws:iam::111122223333:role/app"
ACCOUNT: dict[str, Any] = {
    "kind": "ServiceAccount",
    "metadata": {
        "name": "app",
        "namespace": "default",
        "creationTimestamp": "2026-03-01T08:00:00Z",
        "annotations": {"eks.amazonaws.com/role-arn": ROLE, "eks.amazonaws.com/sts-regional-endpoints": "true"},
        "managedFields": [
            {"manager": "kubelet", "time": "2026-01-01T00:00:00Z", "fieldsV1": {"f:metadata": {}}},
            {
                "manager": "helm",
                "time": "2026-03-01T09:00:00Z",
                "fieldsV1": {"f:metadata": {"f:annotations": {"f:eks.amazonaws.com/role-arn": {}}}},
            },
        ],
    },
}
POD: dict[str, Any] = {
    "kind": "Pod",
    "metadata": {
        "name": "app-5c6b9-x2v9k",
        "namespace": "default",
        "creationTimestamp": "2026-03-01T10:00:00Z",
        "labels": {"app": "web", "pod-template-hash": "5c6b9", "eks.amazonaws.com/pod-identity": "enabled"},
        "ownerReferences": [{"kind": "ReplicaSet", "name": "app-5c6b9", "controller": True}],
    },
    "spec": {
        "nodeName": NODE,
        "serviceAccountName": "app",
        "containers": [
            {
                "name": "app",
                "env": [{"name": "AWS_ROLE_ARN", "value": "x"}, {"name": "PASSWORD", "value": "secret"}],
                "volumeMounts": [{"name": "aws-iam-token"}, {"name": "data"}],
            }
        ],
        "ephemeralContainers": [{"name": "debugger"}],
        "volumes": [{"name": "aws-iam-token"}, {"name": "data"}],
    },
}
NODE_OBJECT: dict[str, Any] = {
    "kind": "Node",
    "metadata": {"name": NODE, "labels": {"karpenter.sh/nodepool": "general", "team": "unrelated"}},
    "spec": {
        "providerID": "aws:///eu-central-1a/i-0123456789EXAMPLE0",
        "taints": [{"key": "dedicated", "value": "batch", "effect": "NoSchedule"}],
    },
    "status": {"nodeInfo": {"osImage": "Bottlerocket OS 1.40.0", "kubeletVersion": "v1.34.2"}},
}
AGENT: dict[str, Any] = {
    "kind": "Pod",
    "metadata": {
        "name": "eks-pod-identity-agent-k7x2q",
        "namespace": "kube-system",
        "labels": {"app.kubernetes.io/name": "eks-pod-identity-agent"},
    },
    "spec": {"nodeName": NODE},
    "status": {
        "phase": "Running",
        "containerStatuses": [
            {
                "restartCount": 14,
                "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {"terminated": {"reason": "Error", "exitCode": 1}},
            }
        ],
    },
}


def webhook(name: str, bundle: str) -> dict[str, Any]:
    client = {"url": "https://127.0.0.1:23443/mutate", "caBundle": bundle}
    webhooks = [{"failurePolicy": "Ignore", "clientConfig": client}]
    return {"kind": "MutatingWebhookConfiguration", "metadata": {"name": name}, "webhooks": webhooks}


OBJECTS: Mapping[str, dict[str, Any]] = {
    "account": ACCOUNT,
    "pod": POD,
    "node": NODE_OBJECT,
    "agent": AGENT,
    "webhook": webhook("pod-identity-webhook", "T05F"),
    "sibling": webhook("vpc-resource-mutating-webhook", "VFdP"),
}


class Cluster:
    """A pod with a token, and the API server that knows it."""

    def __init__(self, root: Path) -> None:
        self.authority = LabAuthority(root)
        self.canaries = Canaries()
        bound = BoundTo(namespace="default", serviceaccount="app", pod="app-5c6b9-x2v9k", node=NODE)
        self.token = mint_token(
            self.canaries,
            issuer="https://oidc.example",
            subject="system:serviceaccount:default:app",
            audience=("https://kubernetes.default.svc",),
            kubernetes=bound,
        )
        self.pod = Pod(root=root / "pod", environment={"KUBERNETES_SERVICE_HOST": "10.100.0.1"}, deadline=10.0)
        self.pod.write(DEFAULT_TOKEN, self.token)
        self.pod.write(AUTHORITY_FILE, self.authority.ca_pem_path.read_bytes())
        self.asked: list[str] = []

    def walked(self, config: KubernetesConfig | None = None, **objects: dict[str, Any] | None) -> dict[str, Step]:
        """Walk; `objects` change or take away some."""
        there = {name: one for name, one in {**OBJECTS, **objects}.items() if one is not None}
        chosen = config or KubernetesConfig(objects=there, tokens=(self.token,))
        with KubernetesServer(chosen, tls=self.authority.server_context("10.100.0.1")) as server:
            self.pod.dial["10.100.0.1:443"] = str(server.port)
            steps = self.pod.walked(walk_kubernetes)
            self.asked = sorted(route for request in server.requests for route in request.routes)
        assert self.token not in repr(steps)
        return steps


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    (tmp_path / "pod").mkdir()
    return Cluster(tmp_path)


def test_the_service_account_tells_its_annotations_and_since_when(cluster: Cluster) -> None:
    facts = cluster.walked()["kubernetes.service-account"].facts
    assert isinstance(facts, AccountFacts)
    assert (facts.role_arn, facts.sts_regional_endpoints, facts.audience) == (ROLE, "true", None)
    assert (facts.annotated_by, facts.annotated) == ("helm", 1772355600.0)


def test_of_two_owners_of_the_annotation_the_earlier_write_counts(cluster: Cluster) -> None:
    owned: dict[str, Any] = {"f:metadata": {"f:annotations": {"f:eks.amazonaws.com/role-arn": {}}}}
    entries = [
        {"manager": name, "time": time, "fieldsV1": owned}
        for name, time in (("late", "2026-03-05T00:00:00Z"), ("early", "2026-03-01T00:00:00Z"))
    ]
    account = {**ACCOUNT, "metadata": {**ACCOUNT["metadata"], "managedFields": entries}}
    facts = cluster.walked(account=account)["kubernetes.service-account"].facts
    assert isinstance(facts, AccountFacts)
    assert facts.annotated_by == "early"


def test_the_pod_tells_names_of_variables_and_never_values(cluster: Cluster) -> None:
    facts = cluster.walked()["kubernetes.pod"].facts
    assert isinstance(facts, PodFacts)
    assert [(one.name, one.kind, one.variables, one.mounts) for one in facts.containers] == [
        ("app", "container", ("AWS_ROLE_ARN",), ("aws-iam-token",)),
        ("debugger", "ephemeral", (), ()),
    ]
    assert (facts.owner_kind, facts.owner_name, facts.template_hash) == ("ReplicaSet", "app-5c6b9", "5c6b9")
    assert facts.labels == {"eks.amazonaws.com/pod-identity": "enabled"}
    assert "secret" not in repr(facts)


def test_the_node_tells_who_made_it_and_what_it_runs(cluster: Cluster) -> None:
    facts = cluster.walked()["kubernetes.node"].facts
    assert isinstance(facts, NodeFacts)
    assert facts.labels == {"karpenter.sh/nodepool": "general"}
    assert (facts.os_image, facts.instance_id) == ("Bottlerocket OS 1.40.0", "i-0123456789EXAMPLE0")
    assert facts.taints == ("dedicated=batch:NoSchedule",)


def test_an_agent_that_crashes_is_told_with_its_reason(cluster: Cluster) -> None:
    cluster.pod.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = URL
    step = cluster.walked()["kubernetes.agent"]
    assert isinstance(step.facts, AgentFacts)
    (pod,) = step.facts.pods
    assert (pod.ready, pod.waiting, pod.restarts) == (False, "CrashLoopBackOff", 14)
    assert (pod.ended, pod.exit_code) == ("Error", 1)
    assert step.outcome is Outcome.WARN


@pytest.mark.parametrize(("is_there", "known"), [(True, True), (False, False)])
def test_without_a_pod_of_the_agent_its_daemon_set_is_looked_for(
    cluster: Cluster, *, is_there: bool, known: bool
) -> None:
    cluster.pod.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = URL
    metadata = {"name": "eks-pod-identity-agent", "namespace": "kube-system"}
    found = {"kind": "DaemonSet", "metadata": metadata, "status": {"desiredNumberScheduled": 3}}
    facts = cluster.walked(agent=None, agents=found if is_there else None)["kubernetes.agent"].facts
    assert isinstance(facts, AgentFacts)
    assert (facts.pods, facts.daemon_set) == ((), known)


def test_a_pod_of_the_agent_on_another_node_is_none_of_this_one(cluster: Cluster) -> None:
    cluster.pod.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = URL
    facts = cluster.walked(agent={**AGENT, "spec": {"nodeName": "other"}})["kubernetes.agent"].facts
    assert isinstance(facts, AgentFacts)
    assert facts.pods == ()


def test_the_webhooks_authority_is_held_against_its_siblings(cluster: Cluster) -> None:
    facts = cluster.walked()["kubernetes.webhook"].facts
    assert isinstance(facts, WebhookFacts)
    assert facts.managed
    assert facts.authority != facts.sibling_authority
    assert facts.sibling == "vpc-resource-mutating-webhook"


def test_a_webhook_in_the_cluster_has_an_authority_of_its_own_and_no_sibling(cluster: Cluster) -> None:
    own = webhook("pod-identity-webhook", "T05F")
    own["webhooks"][0]["clientConfig"] = {"service": {"name": "webhook"}, "caBundle": "T05F"}
    facts = cluster.walked(webhook=own)["kubernetes.webhook"].facts
    assert isinstance(facts, WebhookFacts)
    assert (facts.managed, facts.sibling, facts.sibling_authority) == (False, None, None)


def test_what_no_cause_can_need_is_not_asked(cluster: Cluster) -> None:
    cluster.pod.environment["AWS_ROLE_ARN"] = ROLE
    steps = cluster.walked()
    assert {steps[one].outcome for one in ("kubernetes.agent", "kubernetes.webhook")} == {Outcome.ABSENT}
    assert cluster.asked == [
        "get nodes",
        "get pods",
        "get serviceaccounts",
        "list ciliumnetworkpolicies",
        "list networkpolicies",
    ]


def test_policies_that_leave_this_pod_alone_are_not_kept(cluster: Cluster) -> None:
    def policy(name: str, app: str) -> dict[str, Any]:
        spec = {"podSelector": {"matchLabels": {"app": app}}, "policyTypes": ["Egress"]}
        return {"kind": "NetworkPolicy", "metadata": {"name": name, "namespace": "default"}, "spec": spec}

    facts = cluster.walked(one=policy("web", "web"), two=policy("other", "db"))["kubernetes.network-policies"].facts
    assert isinstance(facts, PolicyList)
    assert [one.name for one in facts.policies] == ["web"]
    assert (facts.seen, facts.complete, facts.cilium) == (2, True, False)


def test_a_missing_right_is_a_skipped_step_that_names_the_file_that_grants_it(cluster: Cluster) -> None:
    cluster.pod.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = URL
    steps = cluster.walked(KubernetesConfig(objects=OBJECTS, tokens=(cluster.token,), allowed=()))
    named = {step_id: steps[step_id].reason or "" for step_id in READS if steps[step_id].outcome is Outcome.SKIPPED}
    assert "k8s/rbac/own-service-account-and-pod.yaml grants it" in named["kubernetes.pod"]
    assert "k8s/rbac/node.yaml" in named["kubernetes.node"]
    assert "k8s/rbac/agent-pods.yaml" in named["kubernetes.agent"]
    assert "k8s/rbac/network-policies.yaml" in named["kubernetes.network-policies"]


def test_no_answer_of_any_kind_makes_a_step_fail(cluster: Cluster) -> None:
    faults = (Fault(kind=FaultKind.GARBAGE, route="*"),)
    steps = cluster.walked(KubernetesConfig(objects=OBJECTS, tokens=(cluster.token,), faults=faults))
    assert {steps[one].outcome for one in READS} <= {Outcome.SKIPPED, Outcome.ABSENT}


def test_a_pod_without_a_token_is_absent_and_asks_nothing(cluster: Cluster) -> None:
    (cluster.pod.root / DEFAULT_TOKEN.lstrip("/")).unlink()
    steps = cluster.walked()
    assert {step.outcome for step in steps.values() if step.id.startswith("kubernetes.")} == {Outcome.ABSENT}
    assert cluster.asked == []


@pytest.mark.parametrize("content", ["", "no certificate at all"])
def test_without_the_clusters_authority_nothing_is_sent(cluster: Cluster, content: str) -> None:
    cluster.pod.write(AUTHORITY_FILE, content)
    steps = cluster.walked()
    assert {steps[one].outcome for one in READS} == {Outcome.SKIPPED}
    assert cluster.asked == []


@pytest.mark.parametrize("port", ["0", "70000", "four", "443/../", "٤٤٣"])
def test_what_is_no_port_is_a_reason_to_leave_it(cluster: Cluster, port: str) -> None:
    cluster.pod.environment["KUBERNETES_SERVICE_PORT"] = port
    steps = cluster.walked()
    assert steps["kubernetes.access"].reason == "KUBERNETES_SERVICE_PORT is not a port"
    assert cluster.asked == []


def test_a_pod_of_another_service_account_is_not_taken_for_this_one(cluster: Cluster) -> None:
    step = cluster.walked(pod={**POD, "spec": {**POD["spec"], "serviceAccountName": "other"}})["kubernetes.pod"]
    assert step.outcome is Outcome.SKIPPED
    assert step.facts is None


def test_what_others_wrote_into_objects_is_cleaned(cluster: Cluster) -> None:
    hostile = {**ACCOUNT["metadata"], "annotations": {"eks.amazonaws.com/role-arn": f"\x1b[31m{cluster.token}\nrole"}}
    facts = cluster.walked(account={**ACCOUNT, "metadata": hostile})["kubernetes.service-account"].facts
    assert isinstance(facts, AccountFacts)
    assert facts.role_arn == "*** role"


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "Pod"},
        {"kind": "Pod", "metadata": [], "spec": "x"},
        {"kind": "Pod", "metadata": {"labels": [1], "ownerReferences": {"a": 1}}, "spec": {"containers": [1, None]}},
        {"kind": "Pod", "spec": {"containers": [{"env": [{"name": 7}], "volumeMounts": [[]]}], "volumes": [5]}},
    ],
)
def test_an_object_of_no_known_shape_breaks_nothing(cluster: Cluster, broken: dict[str, Any]) -> None:
    body = json.dumps({**broken, "metadata": broken.get("metadata", {})})
    faults = (Fault(kind=FaultKind.ANSWER, route="get pods", status=200, body=body),)
    steps = cluster.walked(KubernetesConfig(objects=OBJECTS, tokens=(cluster.token,), faults=faults))
    assert steps["kubernetes.pod"].outcome is Outcome.SKIPPED
