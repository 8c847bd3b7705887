"""Injection: not at all, on Fargate, twice."""

from dataclasses import replace

import pytest

from probe.evidence import (
    Outcome,
    PodContainer,
    PodFacts,
)
from probe.evidence.container_text import ContainerText
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty
from tests.findings.building import (
    POD,
    VARIABLES,
    keys,
    pod,
    pod_identity,
    refusal,
    step,
)
from tests.findings.container_rules import certainties, commands, found


def test_a_role_that_eks_may_not_assume_gets_the_statement_with_both_actions() -> None:
    finding = found(pod_identity(refusal(400, ContainerText.ROLE_TRUST, "AccessDeniedException")))["agent-role-trust"]

    assert "sts:TagSession" in commands(finding)
    assert "pods.eks.amazonaws.com" in commands(finding)
    assert finding.becomes_certain_with is not None


def test_pod_identity_that_was_expected_and_not_injected_says_what_not_to_do() -> None:
    case = pod(step("imds.token", None, Outcome.FAIL), wanted="container", variables={})

    finding = found(case)["container-not-injected"]

    assert any("raising its hop limit would only hand this pod the node role" in line for line in finding.evidence)
    assert "create-pod-identity-association" in commands(finding)


def test_a_container_that_was_left_out_of_its_pods_identity_is_not_told_to_make_new_pods() -> None:
    neighbour = PodContainer(
        name="controller", variables=("AWS_CONTAINER_CREDENTIALS_FULL_URI",), mounts=("eks-pod-identity-token",)
    )
    own = step("kubernetes.pod", PodFacts(namespace="a", name="b", containers=(neighbour,)))

    finding = found(pod(own, wanted="container", variables={}))["container-not-injected"]

    assert "its pod has an identity in controller" in finding.summary
    assert "rollout restart" not in commands(finding)


def test_nothing_is_said_of_injection_where_nobody_expects_pod_identity() -> None:
    assert found(pod(variables={})) == {}


@pytest.mark.parametrize(
    ("hints", "certainty"),
    [(("node name fargate-ip-10-0-1-9.ec2.internal",), Certainty.CERTAIN), (("AWS_EXECUTION_ENV",), Certainty.LIKELY)],
)
def test_pod_identity_on_fargate_is_told_in_place_of_the_missing_injection(
    hints: tuple[str, ...], certainty: Certainty
) -> None:
    case = pod(wanted="container", variables={}, here=replace(POD, node=None, fargate_hints=hints))

    assert certainties(case) == {"fargate-no-pod-identity": certainty}


def test_a_variable_does_not_make_a_node_with_another_name_fargates() -> None:
    case = pod(wanted="container", variables={}, here=replace(POD, fargate_hints=("AWS_EXECUTION_ENV",)))

    assert list(found(case)) == ["container-not-injected"]


def test_ecs_on_fargate_is_not_eks_on_fargate() -> None:
    case = pod(
        wanted="container",
        variables={"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE"},
        here=replace(POD, fargate_hints=("AWS_EXECUTION_ENV",)),
    )

    assert list(found(case)) == ["container-not-injected"]


def test_both_pairs_side_by_side_are_a_warning() -> None:
    pair = {"AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/a", "AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}

    case = pod_identity(keys(), variables={**VARIABLES, **pair})

    assert {code: finding.severity for code, finding in found(case).items()} == {"both-injected": Severity.WARNING}
    command = found(case)["both-injected"].remedies[0].command or ""
    assert command.endswith("AWS_ROLE_ARN- AWS_WEB_IDENTITY_TOKEN_FILE-"), "a restart alone would leave them there"


def test_half_of_the_web_identity_pair_is_not_both() -> None:
    variables = {**VARIABLES, "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/a"}

    assert found(pod_identity(keys(), variables=variables)) == {}
