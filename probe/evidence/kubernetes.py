"""What the pod's own token was allowed to read of Kubernetes, reduced to what a diagnosis needs.

Names, annotations and labels are the objects' own, cleaned and cut; times are unix seconds.
"""

from collections.abc import Mapping
from dataclasses import field

from probe.evidence.given import FileFacts
from probe.records import dataclass


@dataclass(frozen=True, kw_only=True)
class KubernetesAccess:
    """`kubernetes.access`: what the kubelet gave the pod to ask the API server with."""

    host: str | None = None
    port: int | None = None
    token: FileFacts | None = None
    authority: FileFacts | None = None
    """The certificate of the cluster's authority; without it nothing is sent."""


@dataclass(frozen=True, kw_only=True)
class AccountFacts:
    """`kubernetes.service-account`: the pod's own ServiceAccount."""

    namespace: str
    name: str
    exists: bool = True
    created: float | None = None
    role_arn: str | None = None
    """Annotation `eks.amazonaws.com/role-arn`, an empty text included; None where there is none."""
    audience: str | None = None
    token_expiration: str | None = None
    sts_regional_endpoints: str | None = None
    annotated: float | None = None
    """When whoever owns the role's annotation last wrote the object (managedFields): its value is that old or older."""
    annotated_by: str | None = None
    """The manager who wrote it, such as `helm` or `kubectl-annotate`."""


@dataclass(frozen=True, kw_only=True)
class PodContainer:
    """One container of the pod as it was admitted."""

    name: str
    kind: str = "container"
    """`container`, `init` or `ephemeral`; the last kind never passes the webhook."""
    variables: tuple[str, ...] = ()
    """Names of the AWS variables in its spec."""
    mounts: tuple[str, ...] = ()
    """Of the webhook's two volumes, those that it mounts."""


@dataclass(frozen=True, kw_only=True)
class PodFacts:
    """`kubernetes.pod`: the pod that the probe runs in."""

    namespace: str
    name: str
    created: float | None = None
    node: str | None = None
    service_account: str | None = None
    host_network: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    """Those that say something about identity or platform."""
    skip_containers: str | None = None
    """Annotation `eks.amazonaws.com/skip-containers`."""
    owner_kind: str | None = None
    owner_name: str | None = None
    template_hash: str | None = None
    """Label `pod-template-hash`: the end of a ReplicaSet's name that a Deployment made."""
    containers: tuple[PodContainer, ...] = ()
    volumes: tuple[str, ...] = ()
    """Of the webhook's two volumes, those that the pod has."""


@dataclass(frozen=True, kw_only=True)
class NodeFacts:
    """`kubernetes.node`: who made the node, and what it runs."""

    name: str
    created: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """Those of EKS, Karpenter, eksctl and the well-known ones; the others are left out."""
    os_image: str | None = None
    kubelet: str | None = None
    instance_id: str | None = None
    """From `spec.providerID`."""
    taints: tuple[str, ...] = ()
    """As `kubectl describe node` writes them: `key=value:Effect`."""


@dataclass(frozen=True, kw_only=True)
class AgentPod:
    """A pod of the EKS Pod Identity agent."""

    name: str
    created: float | None = None
    phase: str | None = None
    ready: bool = False
    restarts: int = 0
    waiting: str | None = None
    """Why a container waits, such as `CrashLoopBackOff`."""
    ended: str | None = None
    """Why the last container ended, such as `Error` or `OOMKilled`."""
    exit_code: int | None = None
    image: str | None = None


@dataclass(frozen=True, kw_only=True)
class AgentFacts:
    """`kubernetes.agent`: the agent's pods on this node, and where there are none, its DaemonSet."""

    node: str
    pods: tuple[AgentPod, ...] = ()
    daemon_set: bool | None = None
    """Whether the DaemonSet exists; None where it was not asked for or could not be read."""
    desired: int | None = None
    """On how many nodes the DaemonSet is meant to run."""


@dataclass(frozen=True, kw_only=True)
class WebhookFacts:
    """`kubernetes.webhook`: the pod identity webhook's configuration, beside one of EKS' own."""

    name: str
    exists: bool = True
    managed: bool = False
    """Whether it is called at an address of the control plane itself, as EKS' own webhooks are."""
    failure_policy: str | None = None
    authority: str | None = None
    """The first 16 hexadecimal digits of its caBundle's SHA-256; None where it has none."""
    expires: float | None = None
    """When the last certificate in the caBundle ends."""
    sibling: str | None = None
    """The configuration that it was held against, where that one is managed by EKS too."""
    sibling_authority: str | None = None


@dataclass(frozen=True, kw_only=True)
class PolicyFacts:
    """A policy that selects this pod and restricts what leaves it."""

    kind: str
    """`NetworkPolicy` or `CiliumNetworkPolicy`."""
    name: str
    allows: tuple[str, ...] = ()
    """Of the link-local addresses of IMDS and the agent, those that it lets this pod reach on port 80."""
    undecided: bool = False
    """Whether it has rules that the probe does not work out."""


@dataclass(frozen=True, kw_only=True)
class PolicyList:
    """`kubernetes.network-policies`: of the pod's namespace, those that restrict what leaves this pod."""

    policies: tuple[PolicyFacts, ...] = ()
    seen: int = 0
    """How many policies of the namespace were looked at."""
    complete: bool = True
    """Whether those were all of the kinds that could be read."""
    cilium: bool | None = None
    """Whether the cluster has Cilium's policies; None where they could not be read."""
