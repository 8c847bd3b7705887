"""Which policies select a pod, and what they let it reach."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.sources.kubernetes_document import Document
from probe.sources.kubernetes_objects import account_facts, agent_pod, node_facts, pod_facts
from probe.sources.kubernetes_policies import AGENT, IMDS, PLACES, cilium_facts, policy_facts

LABELS = {"app": "web", "tier": "front"}
IMDS_4, AGENT_4 = IMDS[0], AGENT[0]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["metadata", "spec", "status", "name", "labels", "egress", "to", "env"]), inner
        )
    ),
    max_leaves=12,
)


def document(content: object) -> Document:
    return Document(content, lambda text, limit: text[:limit])


def allowed(spec: dict[str, Any], *, cilium: bool = False) -> set[str] | None:
    """What a NetworkPolicy lets a pod with LABELS reach; None where it leaves its egress alone."""
    facts = policy_facts(document({"metadata": {"name": "one"}, "spec": spec}), LABELS, cilium=cilium)
    return None if facts is None else set(facts.allows)


@pytest.mark.parametrize(
    "selector",
    [
        {},
        {"matchLabels": {"app": "web"}},
        {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]},
        {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["api"]}]},
        {"matchExpressions": [{"key": "absent", "operator": "NotIn", "values": ["api"]}]},
        {"matchExpressions": [{"key": "tier", "operator": "Exists"}]},
        {"matchExpressions": [{"key": "absent", "operator": "DoesNotExist"}]},
    ],
)
def test_a_selector_that_matches_restricts_the_pod(selector: dict[str, Any]) -> None:
    assert allowed({"podSelector": selector, "policyTypes": ["Egress"]}) == set()


@pytest.mark.parametrize(
    "selector",
    [
        {"matchLabels": {"app": "api"}},
        {"matchLabels": {"app": "web", "absent": "x"}},
        {"matchExpressions": [{"key": "app", "operator": "In", "values": ["api"]}]},
        {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]},
        {"matchExpressions": [{"key": "absent", "operator": "Exists"}]},
        {"matchExpressions": [{"key": "app", "operator": "Unheard", "values": ["web"]}]},
    ],
)
def test_a_selector_that_does_not_match_leaves_the_pod_alone(selector: dict[str, Any]) -> None:
    assert allowed({"podSelector": selector, "policyTypes": ["Egress"]}) is None


@pytest.mark.parametrize(
    ("spec", "concerns"),
    [
        ({"policyTypes": ["Ingress"]}, False),
        ({"policyTypes": ["Ingress"], "egress": [{}]}, False),
        ({}, False),
        ({"egress": [{"to": []}]}, True),
        ({"policyTypes": ["Ingress", "Egress"]}, True),
    ],
)
def test_only_a_policy_on_egress_counts(spec: dict[str, Any], *, concerns: bool) -> None:
    assert (allowed({"podSelector": {}, **spec}) is not None) is concerns


@pytest.mark.parametrize(
    ("rule", "reached"),
    [
        ({}, set(PLACES)),
        ({"ports": [{"protocol": "TCP", "port": 443}]}, set()),
        ({"ports": [{"protocol": "UDP", "port": 80}]}, set()),
        ({"ports": [{"port": 80}]}, set(PLACES)),
        ({"ports": [{"port": 79, "endPort": 81}]}, set(PLACES)),
        ({"ports": [{"port": "http"}]}, set()),
        ({"ports": [{}]}, set(PLACES)),
        ({"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}, {IMDS_4, AGENT_4}),
        ({"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}}]}, {AGENT_4}),
        ({"to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}]}, {AGENT_4}),
        ({"to": [{"ipBlock": {"cidr": "fd00:ec2::/32"}}]}, {IMDS[1], AGENT[1]}),
        ({"to": [{"ipBlock": {"cidr": "not a range"}}]}, set()),
        ({"to": [{"podSelector": {}}, {"namespaceSelector": {}}]}, set()),
    ],
)
def test_a_rule_allows_what_its_peers_and_ports_say(rule: dict[str, Any], reached: set[str]) -> None:
    assert allowed({"podSelector": {}, "egress": [rule]}) == reached


def test_under_cilium_no_block_of_addresses_is_the_agent() -> None:
    rule = {"to": [{"ipBlock": {"cidr": "169.254.0.0/16"}}]}
    assert allowed({"podSelector": {}, "egress": [rule]}, cilium=True) == {IMDS_4}


@pytest.mark.parametrize(
    ("rule", "reached"),
    [
        ({"toEntities": ["host"]}, set(AGENT)),
        ({"toEntities": ["host"], "toPorts": [{"ports": [{"port": "80", "protocol": "TCP"}]}]}, set(AGENT)),
        ({"toEntities": ["host"], "toPorts": [{"ports": [{"port": "443", "protocol": "TCP"}]}]}, set()),
        ({"toEntities": ["world"]}, set(IMDS)),
        ({"toEntities": ["all"]}, set(PLACES)),
        ({"toCIDR": ["0.0.0.0/0"]}, {IMDS_4}),
        ({"toCIDRSet": [{"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}]}, set()),
        ({"toPorts": [{"ports": [{"port": "80", "protocol": "ANY"}]}]}, set(PLACES)),
        ({}, set()),
    ],
)
def test_a_cilium_policy_reaches_the_agent_as_the_host_and_imds_as_the_world(
    rule: dict[str, Any], reached: set[str]
) -> None:
    spec = {"endpointSelector": {"matchLabels": {"k8s:app": "web"}}, "egress": [rule]}
    (facts,) = cilium_facts(document({"metadata": {"name": "one"}, "spec": spec}), LABELS)
    assert set(facts.allows) == reached
    assert not facts.undecided


@pytest.mark.parametrize("rule", [{"toFQDNs": [{"matchName": "example.com"}]}, {"toServices": []}, {"toGroups": []}])
def test_a_cilium_rule_that_is_not_worked_out_leaves_a_doubt(rule: dict[str, Any]) -> None:
    spec = {"endpointSelector": {}, "egress": [rule]}
    (facts,) = cilium_facts(document({"spec": spec}), LABELS)
    assert facts.undecided


@pytest.mark.parametrize(
    "spec",
    [
        {"endpointSelector": {}, "ingress": [{}]},
        {"endpointSelector": {"matchLabels": {"app": "api"}}, "egress": [{}]},
        {"endpointSelector": {}, "egress": [{}], "enableDefaultDeny": {"egress": False}},
        {"nodeSelector": {}, "egress": [{}]},
    ],
)
def test_a_cilium_policy_that_does_not_restrict_this_pod_is_not_kept(spec: dict[str, Any]) -> None:
    assert list(cilium_facts(document({"spec": spec}), LABELS)) == []


@given(ANYTHING)
def test_no_shape_of_an_object_breaks_a_reader(content: object) -> None:
    one = document(content)
    assert pod_facts(one, "default", "app").name == "app"
    assert node_facts(one, "node").name == "node"
    assert account_facts(one, "default", "app").exists
    assert agent_pod(one).restarts >= 0
    policy_facts(one, LABELS, cilium=False)
    list(cilium_facts(one, LABELS))


SHAPES: dict[str, Callable[[object], dict[str, Any]]] = {
    "a port": lambda odd: {"egress": [{"ports": [{"port": odd}]}]},
    "a protocol": lambda odd: {"egress": [{"ports": [{"protocol": odd}]}]},
    "an end of ports": lambda odd: {"egress": [{"ports": [{"port": 80, "endPort": odd}]}]},
    "an operator": lambda odd: {
        "policyTypes": ["Egress"],
        "podSelector": {"matchExpressions": [{"key": "app", "operator": odd, "values": [odd]}]},
    },
    "a type": lambda odd: {"policyTypes": [odd], "egress": odd},
    "a block": lambda odd: {"egress": [{"to": [{"ipBlock": {"cidr": odd, "except": [odd]}}]}]},
    "Cilium's entity": lambda odd: {"endpointSelector": {}, "egress": [{"toEntities": [odd]}]},
    "Cilium's port": lambda odd: {"endpointSelector": {}, "egress": [{"toPorts": [{"ports": [{"port": odd}]}]}]},
    "Cilium's protocol": lambda odd: {
        "endpointSelector": {},
        "egress": [{"toPorts": [{"ports": [{"port": "80", "protocol": odd}]}]}],
    },
    "Cilium's set": lambda odd: {"endpointSelector": {}, "egress": [{"toCIDRSet": [{"cidr": odd}]}]},
}


@pytest.mark.parametrize("place", SHAPES)
@pytest.mark.parametrize("odd", [None, [], [[]], {}, {"a": {}}, True, -1, 10**40, 0.5, "", "\x00"])
def test_no_value_in_a_place_where_another_is_meant_breaks_a_reader(place: str, odd: object) -> None:
    one = document({"spec": SHAPES[place](odd)})
    kept = policy_facts(one, LABELS, cilium=True)
    assert kept is None or set(kept.allows) <= set(PLACES)
    assert all(set(fact.allows) <= set(PLACES) for fact in cilium_facts(one, LABELS))


@pytest.mark.parametrize(
    "selector",
    [
        {"matchLabels": {"k8s:io.kubernetes.pod.namespace": "kube-system"}},
        {"matchLabels": {"io.cilium.k8s.policy.serviceaccount": "app"}},
        {"matchExpressions": [{"key": "k8s.io.cilium.k8s.namespace.labels.team", "operator": "Exists"}]},
        {"matchLabels": {"reserved:host": ""}},
    ],
)
def test_a_selector_by_labels_that_cilium_adds_itself_is_not_decided(selector: dict[str, Any]) -> None:
    spec = {"endpointSelector": selector, "egress": [{"toEntities": ["world"]}]}
    (fact,) = cilium_facts(document({"spec": spec}), LABELS)
    assert fact.undecided


@pytest.mark.parametrize(("port", "holds"), [("1", True), ("81", False), ("0", True), ("http", False)])
def test_a_range_of_ciliums_ports_holds_what_lies_in_it(port: str, *, holds: bool) -> None:
    ports = [{"ports": [{"port": port, "endPort": 1024, "protocol": "TCP"}]}]
    spec = {"endpointSelector": {}, "egress": [{"toEntities": ["all"], "toPorts": ports}]}
    (fact,) = cilium_facts(document({"spec": spec}), LABELS)
    assert (IMDS_4 in fact.allows) is holds


def test_a_group_of_addresses_that_is_not_read_is_not_decided() -> None:
    spec = {"endpointSelector": {}, "egress": [{"toCIDRSet": [{"cidrGroupRef": "link-local"}]}]}
    (fact,) = cilium_facts(document({"spec": spec}), LABELS)
    assert fact.undecided
