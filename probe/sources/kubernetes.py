"""What Kubernetes says of this pod, its ServiceAccount and its node, as far as the pod's own token may read it.

Every right is optional: what is not permitted is a skipped step that names the file of k8s/rbac which grants it. The
token goes to the API server alone, and only after the cluster's own authority has vouched for it.
"""

import ssl
from collections.abc import Mapping
from functools import partial

from probe import rights
from probe.aside import Aside
from probe.evidence import AccountFacts, FileState, KubernetesAccess, Outcome, PodFacts, Source
from probe.sources.kubernetes_document import NAME
from probe.sources.kubernetes_more import agent_step, policies_step, webhook_step
from probe.sources.kubernetes_objects import account_facts, node_facts, pod_facts
from probe.sources.kubernetes_reading import Reader, unread
from probe.surroundings import DEFAULT_TOKEN, TOKEN_LIMIT
from probe.walk import Done, Walk
from probe.wire.kubernetes import ApiServer, UnusableError
from probe.wire.tls import trusting_only

AUTHORITY_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
AUTHORITY_LIMIT = 256 * 1024
WHOLE_SECONDS = 3.0
"""For all reads together: two that build on each other, and no more than that of a slow API server."""
READS = (
    "kubernetes.service-account",
    "kubernetes.pod",
    "kubernetes.node",
    "kubernetes.agent",
    "kubernetes.webhook",
    "kubernetes.network-policies",
)
_IDENTITY = ("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI")


def walk_kubernetes(walk: Walk) -> None:
    """Walk the Kubernetes steps: what does not build on another runs at the same time."""
    opened = walk.step("kubernetes.access", lambda: _access(walk))
    if opened.value is None:
        outcome = Done[None](outcome=opened.outcome, reason=opened.reason or "no access to the API server")
        for step_id in READS:
            walk.settle(step_id, outcome)
        return
    reader = Reader(walk=walk, server=opened.value, deadline=walk.deadline.sooner(WHOLE_SECONDS))
    pod = Aside(lambda: walk.step("kubernetes.pod", lambda: _pod(reader)), "kubernetes.pod")
    account = Aside(lambda: walk.step("kubernetes.service-account", lambda: _account(reader)), "kubernetes.account")
    webhook = Aside(lambda: _webhook(reader), "kubernetes.webhook")
    policies = Aside(lambda: _policies(reader, pod), "kubernetes.policies")
    _of_node(reader, pod)
    policies.result()
    webhook.result()
    account.result()


def _access(walk: Walk) -> Done[ApiServer]:
    """See what the kubelet gave the pod; nothing is sent yet."""
    host = walk.surroundings.get("KUBERNETES_SERVICE_HOST")
    token, text = walk.surroundings.files.read(DEFAULT_TOKEN, TOKEN_LIMIT)
    if host is None or token.state is FileState.MISSING:
        missing = "KUBERNETES_SERVICE_HOST is not set" if host is None else "the pod has no token of its own"
        return Done(outcome=Outcome.ABSENT, reason=missing)
    port = _port(walk)
    authority, certificates = walk.surroundings.files.read(AUTHORITY_FILE, AUTHORITY_LIMIT)
    facts = KubernetesAccess(host=walk.redactor.clean(host, 253), port=port, token=token, authority=authority)
    if token.state is not FileState.READ:
        return Done(outcome=Outcome.SKIPPED, facts=facts, reason="the pod's own token cannot be read")
    secret = walk.keep(text.decode("ascii", "replace").strip())
    try:
        # An empty bundle would trust nobody, so nothing could be learnt with it either.
        server = ApiServer(walk.network, host, port or 0, trusting_only(certificates), secret)
    except (ssl.SSLError, ValueError) as error:
        reason = str(error) if isinstance(error, UnusableError) else _without_authority(authority.state)
        return Done(outcome=Outcome.SKIPPED, facts=facts, reason=reason)
    if port is None:
        return Done(outcome=Outcome.SKIPPED, facts=facts, reason="KUBERNETES_SERVICE_PORT is not a port")
    return Done(outcome=Outcome.OK, facts=facts, value=server)


def _without_authority(state: FileState) -> str:
    why = "holds no certificate" if state is FileState.READ else f"is {state.replace('-', ' ')}"
    return f"ca.crt {why}: nothing is sent to a server that nobody vouches for"


def _port(walk: Walk) -> int | None:
    told = walk.surroundings.get("KUBERNETES_SERVICE_PORT") or "443"
    return int(told) if told.isascii() and told.isdigit() and len(told) <= 5 and 0 < int(told) < 65536 else None


def _account(reader: Reader) -> Done[None]:
    told = reader.walk.given.pod
    if not told.namespace or not told.service_account or not _are_names(told.namespace, told.service_account):
        return Done(outcome=Outcome.SKIPPED, reason="the token does not say whose it is")
    namespace, name = told.namespace, told.service_account
    answer = reader.get("ServiceAccount", "api", "v1", "namespaces", namespace, "serviceaccounts", name)
    if answer.missing:
        facts = AccountFacts(namespace=namespace, name=name, exists=False)
        return Done(outcome=Outcome.WARN, facts=facts, reason="there is no such ServiceAccount any more")
    if answer.document is None:
        return unread(answer, rights.OWN)
    return Done(outcome=Outcome.OK, facts=account_facts(reader.document(answer), namespace, name))


def _pod(reader: Reader) -> Done[Mapping[str, str]]:
    """Read the own pod; the live value is all of its labels, which policies select by."""
    told = reader.walk.given.pod
    if not told.namespace or not told.name or not _are_names(told.namespace, told.name):
        return Done(outcome=Outcome.SKIPPED, reason="the name of this pod is not known")
    answer = reader.get("Pod", "api", "v1", "namespaces", told.namespace, "pods", told.name)
    if answer.missing:
        return Done(outcome=Outcome.SKIPPED, reason=f"there is no pod {told.name}: POD_NAME would say what this one is")
    if answer.document is None:
        return unread(answer, rights.OWN)
    document = reader.document(answer)
    facts = pod_facts(document, told.namespace, told.name)
    if told.service_account and facts.service_account != told.service_account:
        return Done(outcome=Outcome.SKIPPED, reason=f"{told.name} runs as another ServiceAccount: it is not this pod")
    return Done(outcome=Outcome.OK, facts=facts, value=document.texts("metadata", "labels"))


def _of_node(reader: Reader, pod: Aside[Done[Mapping[str, str]]]) -> None:
    """Read the node and the agent on it, at once where the token names the node."""
    walk = reader.walk
    name = walk.given.pod.node
    if name is None:
        facts = pod.result().facts
        name = facts.node if isinstance(facts, PodFacts) else None
    if name is None or not NAME.fullmatch(name):
        walk.skip("the name of the node is not known", "kubernetes.node", "kubernetes.agent")
        return
    node = Aside(partial(walk.step, "kubernetes.node", lambda: _node(reader, name)), "kubernetes.node")
    if walk.given.is_set("AWS_CONTAINER_CREDENTIALS_FULL_URI") or walk.options.wanted.source == Source.CONTAINER:
        walk.step("kubernetes.agent", lambda: agent_step(reader, name))
    else:
        walk.absent("kubernetes.agent", reason="this pod has no container credential endpoint")
    node.result()


def _node(reader: Reader, name: str) -> Done[None]:
    answer = reader.get("Node", "api", "v1", "nodes", name)
    if answer.missing:
        return Done(outcome=Outcome.SKIPPED, reason=f"there is no node {name}")
    if answer.document is None:
        return unread(answer, rights.NODE)
    return Done(outcome=Outcome.OK, facts=node_facts(reader.document(answer), name))


def _webhook(reader: Reader) -> None:
    if any(reader.walk.given.is_set(name) for name in _IDENTITY):
        reader.walk.absent("kubernetes.webhook", reason="an identity is in the environment")
    else:
        reader.walk.step("kubernetes.webhook", lambda: webhook_step(reader))


def _policies(reader: Reader, pod: Aside[Done[Mapping[str, str]]]) -> None:
    reader.walk.step("kubernetes.network-policies", lambda: policies_step(reader, pod))


def _are_names(*texts: str) -> bool:
    return all(NAME.fullmatch(text) for text in texts)
