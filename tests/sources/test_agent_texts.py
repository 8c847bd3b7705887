"""The texts of the Pod Identity agent and of ECS, as they come over the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.evidence.container_text import ContainerText
from probe.lab.servers.agent import AgentConfig, EksAuthError, relayed, upstream_text
from probe.sources.agent_texts import Said, classify

NODE_ROLE = "arn:aws:sts::111122223333:assumed-role/team-nodes/i-0123456789abcdef0"
NODE_DENIED = EksAuthError(
    code="AccessDeniedException",
    message=f"User: {NODE_ROLE} is not authorized to perform: eks-auth:AssumeRoleForPodIdentity",
    status=400,
)
ROLE_TRUST = EksAuthError(
    code="AccessDeniedException",
    message="Unauthorized Exception! EKS does not have permissions to assume the associated role.",
    status=400,
)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (400, "Service account token cannot be empty\n", ContainerText.TOKEN_EMPTY),
        (400, "Service account token cannot be parsed: token is malformed: …\n", ContainerText.TOKEN_UNPARSABLE),
        (
            400,
            "Service account token failed basic claim validations: token has invalid claims: token is expired\n",
            ContainerText.TOKEN_EXPIRED,
        ),
        (
            400,
            "Service account token failed basic claim validations: token is not valid yet\n",
            ContainerText.TOKEN_NOT_YET_VALID,
        ),
        (400, "Service account token failed basic claim validations: other\n", ContainerText.TOKEN_CLAIMS),
        (403, "Access Denied. Called agent through invalid address, please use either\n", ContainerText.WRONG_HOST),
        (404, "404 page not found\n", ContainerText.NOT_FOUND),
        (429, "Too Many Requests\n", ContainerText.RATE_LIMITED),
        (500, "[]\n", ContainerText.UPSTREAM_SILENT),
    ],
)
def test_the_agents_own_texts_are_known(status: int, text: str, kind: ContainerText) -> None:
    assert classify(status, text.encode()) == Said(kind=kind)


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_known_text_under_another_status_is_not_the_agents(status: int) -> None:
    assert classify(status, b"Service account token cannot be empty\n").kind is None


@pytest.mark.parametrize("old_agent", [False, True], ids=["current", "2023"])
def test_the_two_access_denied_are_told_apart_by_their_texts(old_agent: bool) -> None:
    status = 500 if old_agent else 400

    trust = classify(status, relayed(ROLE_TRUST, old_agent=old_agent).encode())
    node = classify(status, relayed(NODE_DENIED, old_agent=old_agent).encode())

    assert trust == Said(kind=ContainerText.ROLE_TRUST, code="AccessDeniedException")
    assert node == Said(kind=ContainerText.NODE_ROLE_DENIED, code="AccessDeniedException", detail=NODE_ROLE)


@pytest.mark.parametrize(
    "code", ["ResourceNotFoundException", "InvalidTokenException", "ThrottlingException", "NeverSeenException"]
)
def test_any_other_error_of_eks_auth_is_named_by_its_code_alone(code: str) -> None:
    text = relayed(EksAuthError(code=code, message="words that nobody promised", status=400), old_agent=False)

    assert classify(400, text.encode()) == Said(kind=ContainerText.EKS_AUTH, code=code)


@pytest.mark.parametrize(
    ("upstream", "said"),
    [
        ("unreachable", Said(kind=ContainerText.UPSTREAM_SILENT)),
        ("dial", Said(kind=ContainerText.UPSTREAM_DIAL, detail="192.0.2.23:443")),
        ("lookup", Said(kind=ContainerText.UPSTREAM_LOOKUP, detail="eks-auth.eu-west-1.api.aws")),
        ("x509", Said(kind=ContainerText.UPSTREAM_X509, detail="eks-auth.eu-west-1.api.aws")),
        ("no-node-credentials", Said(kind=ContainerText.NO_NODE_CREDENTIALS)),
    ],
)
def test_a_call_of_eks_auth_without_an_answer_is_named_by_what_failed(upstream: str, said: Said) -> None:
    text = upstream_text(AgentConfig(upstream=upstream))  # type: ignore[arg-type]  # one of the literals

    assert classify(500, text.encode()) == said


def test_a_look_up_that_names_its_server_still_names_the_host() -> None:
    text = (
        b"unable to fetch credentials from EKS Auth: operation error EKS Auth: AssumeRoleForPodIdentity, dial tcp: "
        b"lookup eks-auth.eu-west-1.api.aws on 172.20.0.10:53: no such host"
    )

    assert classify(500, text).detail == "eks-auth.eu-west-1.api.aws"


def test_a_deadline_inside_the_agent_is_a_timeout() -> None:
    text = b"operation error EKS Auth: AssumeRoleForPodIdentity, StatusCode: 0, RequestID: , context deadline exceeded"

    assert classify(500, text).kind is ContainerText.UPSTREAM_TIMEOUT


def test_somebody_elses_dial_error_is_not_the_agents() -> None:
    assert classify(500, b"dial tcp 10.0.0.1:443: i/o timeout") == Said()


def test_an_error_document_of_ecs_is_named_by_its_code() -> None:
    body = b'{"code":"InvalidIdInRequest","message":"CredentialsV2Request: Credentials not found","HTTPErrorCode":400}'

    assert classify(400, body) == Said(kind=ContainerText.ECS_ERROR, code="InvalidIdInRequest")


def test_what_comes_with_200_is_no_error_text() -> None:
    assert classify(200, b"[]") == Said()


@given(status=st.integers(min_value=100, max_value=599), body=st.binary(max_size=400))
def test_no_answer_however_hostile_makes_it_fail_or_keep_free_text(status: int, body: bytes) -> None:
    said = classify(status, body)

    for kept in (said.code, said.detail):
        assert kept is None or (kept.isascii() and kept.isprintable() and " " not in kept and len(kept) <= 260)
