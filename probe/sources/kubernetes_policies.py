"""Which network policies select a pod, and whether they let it reach IMDS and the Pod Identity agent on port 80.

Kubernetes: policies that select a pod for egress leave it what any of them allows, and nothing else.
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping

from probe.evidence import PolicyFacts
from probe.sources.kubernetes_document import Document

IMDS = ("169.254.169.254", "fd00:ec2::254")
AGENT = ("169.254.170.23", "fd00:ec2::23")
PLACES = (*IMDS, *AGENT)
PORT = 80
# Tuples, not sets: what a cluster holds may be lists and mappings, which cannot be looked up in a set.
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


def policy_facts(document: Document, labels: Mapping[str, str], *, cilium: bool) -> PolicyFacts | None:
    """Read a NetworkPolicy; None for one that leaves this pod's egress alone.

    With Cilium the agent's address is the node itself, and no ipBlock ever matches it (cilium/cilium#34387).
    """
    spec = document.at("spec")
    if not _restricts(spec) or not selects(spec.at("podSelector"), labels):
        return None
    rules = [rule for rule in spec.items("egress") if _has_port(rule)]
    anywhere = any(not any(True for _ in rule.items("to")) for rule in rules)
    allowed = [place for place in PLACES if anywhere or (_by_block(rules, place) and not (cilium and place in AGENT))]
    return PolicyFacts(kind="NetworkPolicy", name=document.name("metadata", "name") or "?", allows=tuple(allowed))


def _restricts(spec: Document) -> bool:
    """Whether it concerns egress: it says so, or says nothing and has egress rules."""
    types = [one.content for one in spec.items("policyTypes")]
    return "Egress" in types if types else any(True for _ in spec.items("egress"))


def selects(selector: Document, labels: Mapping[str, str]) -> bool:
    """Whether a label selector matches; an empty one matches everything."""
    wanted = selector.texts("matchLabels")
    expressions = selector.items("matchExpressions")
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _holds(e, labels) for e in expressions
    )


def _holds(expression: Document, labels: Mapping[str, str]) -> bool:
    key, operator = expression.at("key").content, expression.at("operator").content
    if not isinstance(key, str) or operator not in _OPERATORS:
        return False
    values = [one.content for one in expression.items("values")]
    if operator == "Exists":
        return key in labels
    if operator == "DoesNotExist":
        return key not in labels
    return bool((labels.get(key) in values) == (operator == "In"))


def _has_port(rule: Document) -> bool:
    ports = list(rule.items("ports"))
    return not ports or any(_is_ours(port) for port in ports)


def _is_ours(port: Document) -> bool:
    if port.at("protocol").content not in (None, "TCP"):
        return False
    number = port.at("port").content
    if number is None:
        return True
    end = port.number("endPort") or number
    # A port by name is one of a pod; these addresses are no pods.
    return type(number) is int and type(end) is int and number <= PORT <= end


def _by_block(rules: list[Document], place: str) -> bool:
    return any(_in_block(peer.at("ipBlock"), place) for rule in rules for peer in rule.items("to"))


def _in_block(block: Document, place: str) -> bool:
    if not contains(block.at("cidr").content, place):
        return False
    return not any(contains(one.content, place) for one in block.items("except"))


def contains(block: object, place: str) -> bool:
    """Whether a text is a range of addresses that holds this one."""
    if not isinstance(block, str):
        return False
    try:
        return ipaddress.ip_address(place) in ipaddress.ip_network(block, strict=False)
    except ValueError:
        return False


def cilium_facts(document: Document, labels: Mapping[str, str]) -> Iterator[PolicyFacts]:
    """Read a CiliumNetworkPolicy: one fact for each of its rules that restricts this pod's egress."""
    name = document.name("metadata", "name") or "?"
    for spec in (document.at("spec"), *document.items("specs")):
        selector = spec.at("endpointSelector")
        own = {prefixed: value for key, value in labels.items() for prefixed in (key, f"k8s:{key}", f"any:{key}")}
        restricts = any(isinstance(spec.at(part).content, list) for part in ("egress", "egressDeny"))
        if not restricts or spec.at("enableDefaultDeny", "egress").content is False or not selector.is_there:
            continue
        if _is_of_ciliums_own(selector):
            yield PolicyFacts(kind="CiliumNetworkPolicy", name=name, undecided=True)
        elif selects(selector, own):
            rules = list(spec.items("egress"))
            allowed = tuple(place for place in PLACES if any(_cilium_allows(rule, place) for rule in rules))
            yield PolicyFacts(
                kind="CiliumNetworkPolicy",
                name=name,
                allows=allowed,
                undecided=spec.at("egressDeny").is_there or any(map(_is_open, rules)),
            )


_CILIUMS_OWN = ("io.cilium.", "io.kubernetes.", "reserved")
"""Beginnings of labels that Cilium gives an endpoint beside those of its pod: namespace, ServiceAccount, cluster."""


def _is_of_ciliums_own(selector: Document) -> bool:
    """Whether a selector asks for labels that the pod's own do not show."""
    asked = (*selector.texts("matchLabels"), *(one.at("key").content for one in selector.items("matchExpressions")))
    names = (re.sub(r"^(k8s|any)[:.]", "", key) for key in asked if isinstance(key, str))
    return any(name.startswith(_CILIUMS_OWN) for name in names)


_ENTITIES = {True: ("all", "host", "cluster"), False: ("all", "world", "world-ipv4", "world-ipv6")}
"""What Cilium calls the agent's address (True), which is the node's own, and that of IMDS."""
_WORKED_OUT = frozenset({"toEntities", "toCIDR", "toCIDRSet", "toPorts", "toEndpoints"})


def _is_open(rule: Document) -> bool:
    """Whether a rule has parts that are not worked out here: names, services, groups."""
    grouped = any(not one.at("cidr").is_there for one in rule.items("toCIDRSet"))
    return grouped or (isinstance(rule.content, Mapping) and not set(rule.content) <= _WORKED_OUT)


def _cilium_allows(rule: Document, place: str) -> bool:
    if not isinstance(rule.content, Mapping) or not _cilium_port(rule):
        return False
    if not set(rule.content) - {"toPorts"}:
        return bool(rule.content)  # a rule of ports alone is for all destinations; an empty one allows nothing
    if any(entity.content in _ENTITIES[place in AGENT] for entity in rule.items("toEntities")):
        return True
    if place in AGENT:
        return False
    blocks = [one.content for one in rule.items("toCIDR")]
    sets = rule.items("toCIDRSet")
    return any(contains(one, place) for one in blocks) or any(_in_block(one, place) for one in sets)


def _cilium_port(rule: Document) -> bool:
    parts = list(rule.items("toPorts"))
    ports = [port for part in parts for port in part.items("ports")]
    return not parts or any(
        _is_ciliums_range(port) and port.at("protocol").content in (None, "TCP", "ANY") for port in ports
    )


def _is_ciliums_range(port: Document) -> bool:
    """Whether a port, or a range that it begins, holds ours; 0 is every port."""
    number = port.at("port").content
    if not isinstance(number, str) or not number.isascii() or not number.isdigit() or len(number) > 5:
        return False
    return int(number) == 0 or int(number) <= PORT <= (port.number("endPort") or int(number))
