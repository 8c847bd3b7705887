"""What the Kubernetes steps read, in the words of the rules. Nothing read is None everywhere."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property

from probe.evidence import (
    AccountFacts,
    AgentFacts,
    NodeFacts,
    Outcome,
    PodContainer,
    PodFacts,
    PolicyFacts,
    PolicyList,
    WebhookFacts,
)
from probe.findings.case import Case
from probe.records import dataclass

TOKEN_VARIABLE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105 - a variable's name
URI_VARIABLE = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
WEB_IDENTITY_VOLUME, POD_IDENTITY_VOLUME = "aws-iam-token", "eks-pod-identity-token"
UNSELECTED = "no NetworkPolicy or CiliumNetworkPolicy of the namespace restricts what leaves this pod"
"""Policies of other kinds (Calico's, AWS', those of the whole cluster) are not read."""
_COMPUTE_TYPE = "eks.amazonaws.com/compute-type"
_EKS_ISSUER, _EKS_LABELS = "https://oidc.eks.", "eks.amazonaws.com/"


class Platform(StrEnum):
    """Who made the node; it decides who sets its hop limit."""

    FARGATE = "Fargate"
    AUTO_MODE = "EKS Auto Mode"
    HYBRID = "EKS Hybrid Nodes"
    KARPENTER = "Karpenter"
    MANAGED = "a managed node group"
    EKSCTL = "an eksctl node group"


@dataclass(frozen=True)
class KubernetesView:
    """The pod's own objects."""

    case: Case

    @cached_property
    def account(self) -> AccountFacts | None:
        """The ServiceAccount."""
        facts = self.case.evidence.facts("kubernetes.service-account", AccountFacts)
        return facts if facts is not None and facts.exists else None

    @cached_property
    def role_arn(self) -> str | None:
        """The role that the ServiceAccount names; an empty annotation names none."""
        return (self.account.role_arn or "").strip() or None if self.account else None

    @property
    def names_no_role(self) -> bool:
        """Whether the ServiceAccount was read and names no role."""
        return self.account is not None and self.role_arn is None

    @cached_property
    def pod(self) -> PodFacts | None:
        """The pod."""
        return self.case.evidence.facts("kubernetes.pod", PodFacts)

    @cached_property
    def injected(self) -> tuple[PodContainer, ...]:
        """Containers of this pod to which the webhook gave web identity: the variable alone may be set by hand."""
        containers = self.pod.containers if self.pod else ()
        return tuple(one for one in containers if TOKEN_VARIABLE in one.variables and WEB_IDENTITY_VOLUME in one.mounts)

    @cached_property
    def neighbours(self) -> tuple[str, ...]:
        """Containers of this pod to which the webhook gave an identity of either kind, by name."""
        containers = self.pod.containers if self.pod else ()
        by_agent = (one for one in containers if URI_VARIABLE in one.variables and POD_IDENTITY_VOLUME in one.mounts)
        return tuple(dict.fromkeys(one.name for one in (*self.injected, *by_agent)))[:4]

    @cached_property
    def is_eks(self) -> bool:
        """Whether the control plane is EKS' own, whose webhook has a known name and takes roles from annotations."""
        issued = (self.case.given.pod.issuer or "").startswith(_EKS_ISSUER)
        return issued or (self.node is not None and any(label.startswith(_EKS_LABELS) for label in self.node.labels))

    @cached_property
    def node(self) -> NodeFacts | None:
        """The node."""
        return self.case.evidence.facts("kubernetes.node", NodeFacts)

    @cached_property
    def platform(self) -> Platform | None:
        """Who made the node, by its labels."""
        if self.node is None:
            return None
        labels = self.node.labels
        by_type = {"fargate": Platform.FARGATE, "auto": Platform.AUTO_MODE, "hybrid": Platform.HYBRID}
        if labels.get(_COMPUTE_TYPE) in by_type:
            return by_type[labels[_COMPUTE_TYPE]]
        by_label = {
            "karpenter.sh/nodepool": Platform.KARPENTER,
            "eks.amazonaws.com/nodegroup": Platform.MANAGED,
            "alpha.eksctl.io/nodegroup-name": Platform.EKSCTL,
        }
        return next((platform for label, platform in by_label.items() if label in labels), None)

    @property
    def node_line(self) -> str | None:
        """The node in one line of evidence."""
        if self.node is None:
            return None
        made = f", made by {self.platform}" if self.platform else ""
        return f"node {self.node.name}{made}, runs {self.node.os_image or 'an unknown system'}"

    @cached_property
    def agent(self) -> AgentFacts | None:
        """The agent's pods on this node."""
        return self.case.evidence.facts("kubernetes.agent", AgentFacts)

    @cached_property
    def webhook(self) -> WebhookFacts | None:
        """The webhook's configuration."""
        return self.case.evidence.facts("kubernetes.webhook", WebhookFacts)

    @cached_property
    def policies(self) -> PolicyList | None:
        """The policies that select this pod."""
        return self.case.evidence.facts("kubernetes.network-policies", PolicyList)

    def policies_against(self, address: str) -> tuple[PolicyFacts, ...]:
        """Return the policies of this namespace that together keep the pod from an address on port 80.

        Policies add up: one that allows it is enough. One that was not worked out, or not seen, leaves a doubt; so does
        the host network, to which most networks do not apply them (Kubernetes documentation: Network Policies).
        """
        known = self.policies
        if known is None or not known.complete or (self.pod is not None and self.pod.host_network):
            return ()
        return () if any(address in one.allows or one.undecided for one in known.policies) else known.policies

    @property
    def is_unselected(self) -> bool:
        """Whether every policy of the namespace was seen, of the kinds that are read, and none restricts this pod."""
        return self.policies is not None and self.policies.complete and not self.policies.policies

    def unread(self, *step_ids: str) -> Iterator[str]:
        """Yield of these steps those that were not permitted or not taken."""
        for step_id in step_ids:
            if self.case.evidence.outcome(step_id) is Outcome.SKIPPED:
                yield step_id


def listed(policies: tuple[PolicyFacts, ...]) -> str:
    """Name policies in a sentence, each once."""
    names = list(dict.fromkeys(f"{one.kind} {one.name}" for one in policies))
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
