"""Whether a pod runs on EKS Fargate, where there is neither an agent nor IMDS."""

from collections.abc import Iterator

from probe.findings.case import Case

_NODE_NAME = "node name"


def fargate_hints(case: Case) -> Iterator[str]:
    """Yield what speaks for EKS Fargate. AWS_EXECUTION_ENV=AWS_ECS_FARGATE is ECS, which has its own endpoint."""
    is_ecs = case.given.variables.get("AWS_EXECUTION_ENV", "").startswith("AWS_ECS")
    for hint in case.given.pod.fargate_hints:
        if hint.startswith(_NODE_NAME) or not is_ecs:
            yield hint


def runs_on_fargate(case: Case) -> bool:
    """Whether anything speaks for EKS Fargate."""
    return any(True for _ in fargate_hints(case))


def node_says_so(case: Case) -> bool:
    """Whether the node's own name says it, which nothing else has."""
    return any(hint.startswith(_NODE_NAME) for hint in fargate_hints(case))
