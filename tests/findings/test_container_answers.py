"""Every answer of an endpoint that is no credentials has exactly one name."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from probe.evidence import (
    NO_PATH,
    AwsRead,
    ContainerVariables,
    CredentialsAnswer,
    Ending,
    Outcome,
    PlainAnswer,
    PodIdentityAssociations,
)
from probe.evidence.container_text import ContainerText
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty
from tests.findings.building import (
    AGENT,
    CLAIMS,
    TOKEN,
    URL,
    exchange,
    keys,
    plain,
    pod_identity,
    refusal,
    step,
)
from tests.findings.container_rules import certainties, commands, failed_connect, found, silence


def test_a_healthy_agent_gives_no_finding() -> None:
    assert found(pod_identity(keys())) == {}


@pytest.mark.parametrize(
    ("answer", "code", "certainty"),
    [
        (refusal(500, ContainerText.UPSTREAM_SILENT), "agent-upstream-unreachable", Certainty.LIKELY),
        (
            refusal(500, ContainerText.UPSTREAM_LOOKUP, detail="eks-auth.eu-central-1.api.aws"),
            "agent-upstream-unreachable",
            Certainty.CERTAIN,
        ),
        (
            refusal(500, ContainerText.UPSTREAM_DIAL, detail="10.0.0.9:443"),
            "agent-upstream-unreachable",
            Certainty.CERTAIN,
        ),
        (refusal(500, ContainerText.UPSTREAM_X509), "agent-upstream-unreachable", Certainty.CERTAIN),
        (refusal(500, ContainerText.UPSTREAM_TIMEOUT), "agent-upstream-unreachable", Certainty.CERTAIN),
        (refusal(500, ContainerText.NO_NODE_CREDENTIALS), "agent-upstream-unreachable", Certainty.CERTAIN),
        (refusal(404, ContainerText.EKS_AUTH, "ResourceNotFoundException"), "agent-no-association", Certainty.CERTAIN),
        (refusal(400, ContainerText.ROLE_TRUST, "AccessDeniedException"), "agent-role-trust", Certainty.CERTAIN),
        (refusal(500, ContainerText.ROLE_TRUST, "AccessDeniedException"), "agent-role-trust", Certainty.CERTAIN),
        (
            refusal(400, ContainerText.NODE_ROLE_DENIED, "AccessDeniedException"),
            "agent-node-role-denied",
            Certainty.CERTAIN,
        ),
        (refusal(400, ContainerText.EKS_AUTH, "InvalidTokenException"), "agent-token-rejected", Certainty.CERTAIN),
        (refusal(400, ContainerText.TOKEN_UNPARSABLE), "agent-token-rejected", Certainty.CERTAIN),
        (refusal(400, ContainerText.TOKEN_NOT_YET_VALID), "agent-token-rejected", Certainty.CERTAIN),
        (refusal(400, ContainerText.TOKEN_EMPTY), "agent-token-rejected", Certainty.CERTAIN),
        (refusal(400, ContainerText.TOKEN_EXPIRED), "container-token-expired", Certainty.LIKELY),
        (refusal(400, ContainerText.EKS_AUTH, "ExpiredTokenException"), "container-token-expired", Certainty.LIKELY),
        (refusal(429, ContainerText.RATE_LIMITED), "agent-throttled", Certainty.CERTAIN),
        (refusal(429, ContainerText.EKS_AUTH, "ThrottlingException"), "agent-throttled", Certainty.CERTAIN),
        (refusal(429, None), "agent-throttled", Certainty.LIKELY),
        (refusal(503, ContainerText.EKS_AUTH, "ServiceUnavailableException"), "agent-unavailable", Certainty.CERTAIN),
        (refusal(500, ContainerText.EKS_AUTH, "InternalServerException"), "agent-unavailable", Certainty.CERTAIN),
        (refusal(400, ContainerText.EKS_AUTH, "AccessDeniedException"), "container-rejected", Certainty.CERTAIN),
        (refusal(418, None), "container-rejected", Certainty.CERTAIN),
        (refusal(302, None), "container-rejected", Certainty.CERTAIN),
    ],
)
def test_every_refusal_has_exactly_one_name(answer: CredentialsAnswer, code: str, certainty: Certainty) -> None:
    assert certainties(pod_identity(answer)) == {code: certainty}


def test_the_throttling_of_the_agent_and_of_eks_auth_are_told_apart() -> None:
    own = found(pod_identity(refusal(429, ContainerText.RATE_LIMITED)))["agent-throttled"]
    aws = found(pod_identity(refusal(429, ContainerText.EKS_AUTH, "ThrottlingException")))["agent-throttled"]

    assert own.summary.startswith("The Pod Identity agent itself")
    assert aws.summary.startswith("EKS Auth")


def test_a_429_in_words_of_neither_is_blamed_on_neither() -> None:
    summary = found(pod_identity(refusal(429, None)))["agent-throttled"].summary

    assert summary.startswith("Something at or behind the Pod Identity agent's address throttles")


def test_a_failed_look_up_names_the_host_and_the_vpc_endpoint_that_cures_it() -> None:
    answer = refusal(500, ContainerText.UPSTREAM_LOOKUP, detail="eks-auth.eu-central-1.api.aws")

    finding = found(pod_identity(answer))["agent-upstream-unreachable"]

    assert "eks-auth.eu-central-1.api.aws" in finding.summary
    assert "com.amazonaws.eu-central-1.eks-auth" in commands(finding)


def test_an_association_that_eks_lists_leaves_the_answer_of_eks_auth_likely() -> None:
    listed = PodIdentityAssociations(
        read=AwsRead(action="eks:ListPodIdentityAssociations"), cluster="prod", cluster_from="CLUSTER_NAME", exists=True
    )
    refused = refusal(404, ContainerText.EKS_AUTH, "ResourceNotFoundException")
    case = pod_identity(refused, more=[step("needs.associations", listed, Outcome.OK)])
    finding = found(case)["agent-no-association"]
    assert finding.certainty is Certainty.LIKELY
    assert "though EKS lists one" in finding.summary


def test_a_missing_association_is_created_for_this_very_service_account() -> None:
    finding = found(pod_identity(refusal(404, ContainerText.EKS_AUTH, "ResourceNotFoundException")))[
        "agent-no-association"
    ]

    wanted = "--namespace kube-system --service-account aws-load-balancer-controller"
    assert f"create-pod-identity-association --cluster-name CLUSTER {wanted}" in commands(finding)


def test_a_denied_node_role_is_named_in_the_command() -> None:
    principal = "arn:aws:sts::111122223333:assumed-role/team-nodes/i-0123456789abcdef0"
    answer = refusal(400, ContainerText.NODE_ROLE_DENIED, "AccessDeniedException", detail=principal)

    finding = found(pod_identity(answer))["agent-node-role-denied"]

    assert "attach-role-policy --role-name team-nodes " in commands(finding)


@pytest.mark.parametrize(
    ("status", "code"), [(503, "agent-unavailable"), (500, "agent-unavailable"), (429, "agent-throttled")]
)
def test_what_a_second_try_did_not_see_is_a_warning(status: int, code: str) -> None:
    case = pod_identity(keys(earlier=exchange(status)))

    assert {name: finding.severity for name, finding in found(case).items()} == {code: Severity.WARNING}


ECS = ContainerVariables(
    relative_uri="/v2/credentials/***",
    used="relative",
    url="http://169.254.170.2/v2/credentials/***",
    host="169.254.170.2",
    port=80,
    host_class="ecs",
)


def test_an_ecs_task_without_a_token_is_healthy() -> None:
    assert found(pod_identity(keys(), container=ECS, token=None)) == {}


def test_an_unknown_ecs_id_is_a_refusal_with_its_code() -> None:
    answer = refusal(400, ContainerText.ECS_ERROR, "InvalidIdInRequest")

    finding = found(pod_identity(answer, container=ECS, token=None))["container-rejected"]

    assert "InvalidIdInRequest" in finding.summary


def test_an_ecs_address_outside_ecs_is_an_endpoint_that_cannot_be_reached() -> None:
    case = pod_identity(container=ECS, token=None, connection=failed_connect(Ending.CONNECT_TIMEOUT))

    assert certainties(case) == {"container-endpoint-failed": Certainty.CERTAIN}


@pytest.mark.parametrize(
    ("container", "says"),
    [(ECS, False), (replace(ECS, url="http://127.0.0.1:8080/", host="127.0.0.1", host_class="loopback"), True)],
)
def test_that_nobody_listens_is_said_only_where_nobody_else_can_refuse(
    container: ContainerVariables, *, says: bool
) -> None:
    finding = found(pod_identity(container=container, token=None, connection=failed_connect(Ending.REFUSED)))
    assert ("nobody listens" in finding["container-endpoint-failed"].summary) is says


def test_an_endpoint_that_stays_silent_after_the_connect_has_failed() -> None:
    assert list(found(pod_identity(silence(), container=ECS, token=None))) == ["container-endpoint-failed"]


@pytest.mark.parametrize(
    "answer",
    [
        CredentialsAnswer(exchange=exchange(200), not_json=True),
        CredentialsAnswer(exchange=exchange(200, Ending.TOO_LARGE)),
        CredentialsAnswer(exchange=exchange(200), missing_fields=("SecretAccessKey",)),
    ],
)
def test_an_answer_that_is_no_set_of_keys_is_malformed(answer: CredentialsAnswer) -> None:
    assert certainties(pod_identity(answer)) == {"container-response-malformed": Certainty.CERTAIN}


def test_keys_without_expiration_stop_three_sdks() -> None:
    finding = found(podded := pod_identity(keys(missing=("Expiration",))))["container-response-malformed"]

    assert finding.sdks == ("botocore", "js-v3", "rust")
    assert list(found(podded)) == ["container-response-malformed"]


WITHOUT_ANSWER = (Ending.NO_ANSWER, Ending.INCOMPLETE, Ending.RESET, Ending.CLOSED, Ending.NOT_HTTP, *NO_PATH)


def answers_without_keys() -> Iterator[CredentialsAnswer]:
    for ending in WITHOUT_ANSWER:
        yield CredentialsAnswer(exchange=exchange(None, ending))
    for ending in (Ending.ANSWERED, Ending.TOO_LARGE, Ending.INCOMPLETE):
        yield CredentialsAnswer(exchange=exchange(200, ending), not_json=True)
        for status in (301, 400, 401, 403, 404, 429, 500, 503):
            for kind in (None, *ContainerText):
                yield CredentialsAnswer(exchange=exchange(status, ending), text_kind=kind)


@pytest.mark.parametrize("container", [AGENT, ECS], ids=["agent", "ecs"])
@pytest.mark.parametrize("liveness", [plain(), plain(404, None), plain(None, None, ending=Ending.NO_ANSWER)])
def test_no_failure_is_left_without_a_name(container: ContainerVariables, liveness: PlainAnswer) -> None:
    nameless = [
        answer
        for answer in answers_without_keys()
        if not any(
            finding.severity is Severity.ERROR
            for finding in found(pod_identity(answer, container=container, liveness=liveness, seconds=10.0)).values()
        )
    ]

    assert nameless == []


def test_urls_in_evidence_are_the_masked_ones() -> None:
    answer = CredentialsAnswer(exchange=exchange(400, url=ECS.url), text_kind=ContainerText.ECS_ERROR, code="X")

    finding = found(pod_identity(answer, container=ECS, token=None))["container-rejected"]

    assert any("/v2/credentials/***" in line for line in finding.evidence)
    assert URL not in str(finding.evidence)


def test_the_token_of_a_healthy_pod_is_not_judged_by_its_age_alone() -> None:
    old = replace(TOKEN, claims=replace(CLAIMS, expires=1))

    assert found(pod_identity(keys(), token=old)) == {}
