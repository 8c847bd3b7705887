"""What stands around the pod: the agent on its node, the webhook, and policies on what leaves it."""

import base64
import hashlib
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from probe import rights
from probe.aside import Aside
from probe.evidence import AgentFacts, Outcome, PolicyFacts, PolicyList, WebhookFacts
from probe.sources.kubernetes_document import Document
from probe.sources.kubernetes_objects import agent_pod
from probe.sources.kubernetes_reading import Reader, unread
from probe.walk import Done
from probe.wire.kubernetes import ApiAnswer
from probe.wire.tls import trusting_only

AGENT_NAME = "eks-pod-identity-agent"
WEBHOOK = "pod-identity-webhook"
SIBLING = "vpc-resource-mutating-webhook"
"""Another configuration that EKS keeps in every cluster, with the same authority (aws/containers-roadmap#2874)."""
MOST_POLICIES = 200
_MOST_PODS = 5
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def agent_step(reader: Reader, node: str) -> Done[Any]:
    """Look for the agent's pods on this node; where there are none, for its DaemonSet."""
    # From the API server's cache: a list of one node's pods need not go to etcd.
    listed = reader.get(
        "PodList",
        *("api", "v1", "namespaces", "kube-system", "pods"),
        labelSelector=f"app.kubernetes.io/name={AGENT_NAME}",
        fieldSelector=f"spec.nodeName={node}",
        resourceVersion=0,
    )
    if listed.document is None:
        return unread(listed, rights.AGENT)
    pods = tuple(agent_pod(one) for one in list(reader.document(listed).items("items"))[:_MOST_PODS])
    if pods:
        healthy = any(pod.ready for pod in pods)
        return Done(outcome=Outcome.OK if healthy else Outcome.WARN, facts=AgentFacts(node=node, pods=pods))
    found = reader.get("DaemonSet", "apis", "apps", "v1", "namespaces", "kube-system", "daemonsets", AGENT_NAME)
    known = None if found.document is None and not found.missing else not found.missing
    desired = reader.document(found).number("status", "desiredNumberScheduled")
    return Done(outcome=Outcome.WARN, facts=AgentFacts(node=node, daemon_set=known, desired=desired))


def webhook_step(reader: Reader) -> Done[Any]:
    """Read the webhook's configuration, and its sibling's where EKS keeps both."""
    answer = _configuration(reader, WEBHOOK)
    if answer.missing:
        facts = WebhookFacts(name=WEBHOOK, exists=False)
        return Done(outcome=Outcome.WARN, facts=facts)
    if answer.document is None:
        return unread(answer, rights.WEBHOOK)
    own = _first_webhook(reader.document(answer))
    managed = _is_managed(own)
    sibling = _first_webhook(reader.document(_configuration(reader, SIBLING))) if managed else None
    beside = sibling is not None and _is_managed(sibling)
    bundle = _bundle(own)
    facts = WebhookFacts(
        name=WEBHOOK,
        managed=managed,
        failure_policy=own.text("failurePolicy", limit=40),
        authority=_digest(bundle),
        expires=_expires(bundle),
        sibling=SIBLING if beside else None,
        sibling_authority=_digest(_bundle(sibling)) if sibling is not None and beside else None,
    )
    return Done(outcome=Outcome.OK, facts=facts)


def _configuration(reader: Reader, name: str) -> ApiAnswer:
    group = ("apis", "admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations")
    return reader.get("MutatingWebhookConfiguration", *group, name)


def _first_webhook(document: Document) -> Document:
    return next(document.items("webhooks"), Document(None, document.clean))


def _is_managed(webhook: Document) -> bool:
    url = webhook.at("clientConfig", "url").content
    try:
        return isinstance(url, str) and urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False


def _bundle(webhook: Document) -> bytes:
    encoded = webhook.at("clientConfig", "caBundle").content
    try:
        return base64.b64decode(encoded, validate=True) if isinstance(encoded, str) else b""
    except ValueError:
        return b""


def _digest(bundle: bytes) -> str | None:
    return hashlib.sha256(b"".join(bundle.split())).hexdigest()[:16] if bundle else None


def _expires(bundle: bytes) -> float | None:
    """Return when the last certificate of a bundle ends; None for one without certificates."""
    try:
        known = trusting_only(bundle).get_ca_certs()
        # OpenSSL writes a time that is none as `Bad time value`.
        ends = [ssl.cert_time_to_seconds(str(one["notAfter"])) for one in known if "notAfter" in one]
    except (ssl.SSLError, ValueError):
        return None
    return float(max(ends, default=0.0)) or None


def policies_step(reader: Reader, pod: Aside[Done[Mapping[str, str]]]) -> Done[Any]:
    """List the namespace's policies, Kubernetes' own and Cilium's, and keep those that select this pod for egress."""
    namespace = reader.walk.given.pod.namespace
    if namespace is None:
        return Done(outcome=Outcome.SKIPPED, reason="the namespace is not known")
    other = Aside(lambda: _list(reader, "CiliumNetworkPolicyList", "cilium.io", "v2", namespace), "kubernetes.cilium")
    listed = _list(reader, "NetworkPolicyList", "networking.k8s.io", "v1", namespace)
    cilium, own = other.result(), pod.result()
    if listed.document is None:
        return unread(listed, rights.POLICIES)
    if own.value is None:
        return Done(outcome=Outcome.SKIPPED, reason=f"policies select by labels, and the pod's: {own.reason}")
    documents = [reader.document(one) for one in (listed, cilium)]
    found = _selecting(documents, own.value, has_cilium=cilium.document is not None)
    facts = PolicyList(
        policies=found,
        seen=sum(1 for document in documents for _ in document.items("items")),
        complete=all(one.document is not None or one.missing for one in (listed, cilium))
        and not any(document.text("metadata", "continue") for document in documents),
        cilium=cilium.document is not None if cilium.document is not None or cilium.missing else None,
    )
    return Done(outcome=Outcome.OK, facts=facts)


def _list(reader: Reader, kind: str, group: str, version: str, namespace: str) -> ApiAnswer:
    plural = kind.removesuffix("List").lower().removesuffix("y") + "ies"
    return reader.get(kind, "apis", group, version, "namespaces", namespace, plural, limit=MOST_POLICIES)


def _selecting(documents: list[Document], labels: Mapping[str, str], *, has_cilium: bool) -> tuple[PolicyFacts, ...]:
    from probe.sources.kubernetes_policies import cilium_facts, policy_facts  # noqa: PLC0415 - most have no policy

    kubernetes, cilium = documents
    plain = (policy_facts(one, labels, cilium=has_cilium) for one in kubernetes.items("items"))
    return (*filter(None, plain), *(fact for one in cilium.items("items") for fact in cilium_facts(one, labels)))
