"""The ECS endpoint as aws/amazon-ecs-agent answers."""

import json

import pytest

from probe.lab.servers import Canaries, EcsConfig, EcsErrorCode, EcsServer, mint_credentials
from tests.lab.servers.asking import ask


def test_success_names_the_role_and_has_no_code(canaries: Canaries) -> None:
    keys = mint_credentials(canaries, role="task-role")
    with EcsServer(EcsConfig(credentials=keys)) as server:
        reply = ask(server.port, "GET", EcsConfig.path)
    document = json.loads(reply.text)
    assert (reply.status, reply.header("Content-Type")) == (200, "application/json")
    assert list(document) == ["RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"]
    assert document["RoleArn"] == "arn:aws:iam::111122223333:role/task-role"
    assert document["Token"] == keys.session_token


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/v2/credentials/", 400, "NoIdInRequest"), ("/v2/credentials/another-id", 400, "InvalidIdInRequest")],
)
def test_a_missing_or_unknown_id_is_a_bad_request(canaries: Canaries, path: str, status: int, code: str) -> None:
    with EcsServer(EcsConfig(credentials=mint_credentials(canaries))) as server:
        reply = ask(server.port, "GET", path)
    document = json.loads(reply.text)
    assert list(document) == ["code", "message", "HTTPErrorCode"]
    assert (reply.status, document["code"], document["HTTPErrorCode"]) == (status, code, status)


def test_an_unknown_id_is_told_in_the_words_of_the_agent() -> None:
    with EcsServer(EcsConfig()) as server:
        document = json.loads(ask(server.port, "GET", "/v2/credentials/another-id").text)
    assert document["message"] == "CredentialsV2Request: Credentials not found"


@pytest.mark.parametrize(("error", "status"), [(EcsErrorCode.UNINITIALIZED, 503), (EcsErrorCode.INTERNAL, 500)])
def test_configured_errors_have_their_status(canaries: Canaries, error: EcsErrorCode, status: int) -> None:
    with EcsServer(EcsConfig(credentials=mint_credentials(canaries), error=error)) as server:
        reply = ask(server.port, "GET", EcsConfig.path)
    assert (reply.status, json.loads(reply.text)["code"]) == (status, error.value)


def test_other_paths_are_not_found() -> None:
    with EcsServer(EcsConfig()) as server:
        reply = ask(server.port, "GET", "/v1/credentials")
    assert (reply.status, reply.text) == (404, "404 page not found\n")
