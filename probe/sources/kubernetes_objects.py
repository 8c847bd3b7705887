"""From objects of the cluster to facts: what a diagnosis needs of them, and nothing else."""

import re
from itertools import islice

from probe.evidence import AccountFacts, AgentPod, NodeFacts, PodContainer, PodFacts
from probe.sources.kubernetes_document import Document

ROLE_ARN = "eks.amazonaws.com/role-arn"
WEBHOOK_VOLUMES = ("aws-iam-token", "eks-pod-identity-token")
"""What the pod identity webhook calls its volumes: of web identity, and of Pod Identity (pkg/handler/handler.go)."""
_LONGEST_ARN = 2048
_MOST = 64
"""Containers, variables and taints kept."""
_VARIABLE = re.compile(r"AWS_[A-Z0-9_]{1,60}")
_INSTANCE = re.compile(r"aws:///[a-z0-9-]{1,30}/(i-[0-9a-zA-Z]{4,40})")
_POD_LABELS = ("eks.amazonaws.com/", "app.kubernetes.io/name", "k8s-app")
_NODE_LABELS = (
    "eks.amazonaws.com/",
    "karpenter.sh/",
    "karpenter.k8s.aws/",
    "alpha.eksctl.io/",
    "bottlerocket.aws/",
    "topology.kubernetes.io/",
    "node.kubernetes.io/instance-type",
    "kubernetes.io/os",
)
_KINDS = {"containers": "container", "initContainers": "init", "ephemeralContainers": "ephemeral"}


def account_facts(document: Document, namespace: str, name: str) -> AccountFacts:
    """Read a ServiceAccount."""
    annotations = document.at("metadata", "annotations")
    annotated, by = _written(document)
    return AccountFacts(
        namespace=namespace,
        name=name,
        created=document.time("metadata", "creationTimestamp"),
        role_arn=annotations.text(ROLE_ARN, limit=_LONGEST_ARN),
        audience=annotations.text("eks.amazonaws.com/audience"),
        token_expiration=annotations.text("eks.amazonaws.com/token-expiration", limit=20),
        sts_regional_endpoints=annotations.text("eks.amazonaws.com/sts-regional-endpoints", limit=20),
        annotated=annotated,
        annotated_by=by,
    )


def _written(document: Document) -> tuple[float | None, str | None]:
    """Tell since when the role's annotation has its value at the latest, and by whom.

    An entry's time is that of its manager's last write, and the value was the manager's then. Of several the first
    counts: server-side apply lets two own a field only while they agree on its value.
    """
    owners = [
        (written, entry.text("manager", limit=80))
        for entry in document.items("metadata", "managedFields")
        if entry.at("fieldsV1", "f:metadata", "f:annotations", f"f:{ROLE_ARN}").is_there
        and (written := entry.time("time")) is not None
    ]
    return min(owners, key=lambda owner: owner[0], default=(None, None))


def pod_facts(document: Document, namespace: str, name: str) -> PodFacts:
    """Read the pod."""
    owner = next((one for one in document.items("metadata", "ownerReferences") if one.flag("controller")), None)
    volumes = {volume.text("name") for volume in document.items("spec", "volumes")}
    return PodFacts(
        namespace=namespace,
        name=name,
        created=document.time("metadata", "creationTimestamp"),
        node=document.name("spec", "nodeName"),
        service_account=document.name("spec", "serviceAccountName"),
        host_network=document.flag("spec", "hostNetwork"),
        labels=document.shown("metadata", "labels", prefixes=_POD_LABELS),
        skip_containers=document.text("metadata", "annotations", "eks.amazonaws.com/skip-containers"),
        owner_kind=owner.text("kind", limit=60) if owner else None,
        owner_name=owner.name("name") if owner else None,
        template_hash=document.name("metadata", "labels", "pod-template-hash"),
        containers=_containers(document),
        volumes=tuple(one for one in WEBHOOK_VOLUMES if one in volumes),
    )


def _containers(document: Document) -> tuple[PodContainer, ...]:
    every = (_container(one, kind) for field, kind in _KINDS.items() for one in document.items("spec", field))
    return tuple(islice(every, _MOST))


def _container(document: Document, kind: str) -> PodContainer:
    names = (variable.at("name").content for variable in document.items("env"))
    mounted = {mount.text("name") for mount in document.items("volumeMounts")}
    return PodContainer(
        name=document.name("name") or "?",
        kind=kind,
        variables=tuple(name for name in names if isinstance(name, str) and _VARIABLE.fullmatch(name))[:_MOST],
        mounts=tuple(one for one in WEBHOOK_VOLUMES if one in mounted),
    )


def node_facts(document: Document, name: str) -> NodeFacts:
    """Read the node."""
    provider = document.at("spec", "providerID").content
    instance = _INSTANCE.fullmatch(provider) if isinstance(provider, str) else None
    return NodeFacts(
        name=name,
        created=document.time("metadata", "creationTimestamp"),
        labels=document.shown("metadata", "labels", prefixes=_NODE_LABELS),
        os_image=document.text("status", "nodeInfo", "osImage", limit=120),
        kubelet=document.text("status", "nodeInfo", "kubeletVersion", limit=60),
        instance_id=instance.group(1) if instance else None,
        taints=tuple(_taint(one) for one in islice(document.items("spec", "taints"), _MOST)),
    )


def _taint(document: Document) -> str:
    value = document.text("value", limit=80)
    return f"{document.text('key', limit=120)}{f'={value}' if value else ''}:{document.text('effect', limit=40)}"


def agent_pod(document: Document) -> AgentPod:
    """Read one of the agent's pods."""
    states = list(document.items("status", "containerStatuses"))
    last = [state.at(when, "terminated") for state in states for when in ("state", "lastState")]
    ended = next((one for one in last if one.is_there), Document(None, document.clean))
    conditions = document.items("status", "conditions")
    return AgentPod(
        name=document.name("metadata", "name") or "?",
        created=document.time("metadata", "creationTimestamp"),
        phase=document.text("status", "phase", limit=40),
        ready=any(one.text("type") == "Ready" and one.text("status") == "True" for one in conditions),
        restarts=max((state.number("restartCount") or 0 for state in states), default=0),
        waiting=next(filter(None, (state.text("state", "waiting", "reason", limit=80) for state in states)), None),
        ended=ended.text("reason", limit=80),
        exit_code=ended.number("exitCode"),
        image=next(filter(None, (one.text("image") for one in document.items("spec", "containers"))), None),
    )
