"""Whether a pod runs on EKS Fargate, where there is neither an agent nor IMDS."""

from collections.abc import Iterator

from probe.evidence import NodeFacts, PodFacts
from probe.findings.case import Case

_NODE_NAME, _PREFIX = "node name", "fargate-"
_READ = "Kubernetes says"
_COMPUTE_TYPE, _PROFILE = "eks.amazonaws.com/compute-type", "eks.amazonaws.com/fargate-profile"


def fargate_hints(case: Case) -> Iterator[str]:
    """Yield what speaks for EKS Fargate. AWS_EXECUTION_ENV=AWS_ECS_FARGATE is ECS, which has its own endpoint.

    A pod's label wishes for a profile (EKS user guide, "Define which Pods use AWS Fargate when launched"); where that
    profile does not match, the pod runs on EC2 all the same. So it counts only while the node does not say otherwise.
    """
    node = case.evidence.facts("kubernetes.node", NodeFacts)
    pod = case.evidence.facts("kubernetes.pod", PodFacts)
    if node is not None and node.labels.get(_COMPUTE_TYPE) == "fargate":
        yield f"{_READ}: node {node.name} has the label {_COMPUTE_TYPE}=fargate"
    if pod is not None and _PROFILE in pod.labels and not _is_elsewhere(case):
        yield f"{_READ}: the pod has the label {_PROFILE}={pod.labels[_PROFILE]}"
    is_ecs = case.given.variables.get("AWS_EXECUTION_ENV", "").startswith("AWS_ECS")
    for hint in case.given.pod.fargate_hints:
        if hint.startswith(_NODE_NAME) or not (is_ecs or _is_elsewhere(case)):
            yield hint


def _is_elsewhere(case: Case) -> bool:
    """Whether the node is known not to be Fargate's: every one of those has the label, and the name."""
    node = case.evidence.facts("kubernetes.node", NodeFacts)
    if node is not None:
        return node.labels.get(_COMPUTE_TYPE) != "fargate"
    return not (case.given.pod.node or _PREFIX).startswith(_PREFIX)


def runs_on_fargate(case: Case) -> bool:
    """Whether anything speaks for EKS Fargate."""
    return any(True for _ in fargate_hints(case))


def node_says_so(case: Case) -> bool:
    """Whether the node says it: by its label, or where that could not be read, by its name, which nothing else has."""
    node = case.evidence.facts("kubernetes.node", NodeFacts)
    if node is not None:
        return not _is_elsewhere(case)
    return any(hint.startswith(_NODE_NAME) for hint in fargate_hints(case))
