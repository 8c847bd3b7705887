"""Programs that answer in the place of IMDS or of the agent."""

import json

import pytest

from probe.lab.servers import Canaries, ImpostorConfig, ImpostorServer, mint_credentials
from tests.lab.servers.asking import TOKEN_TTL, Reply, ask

ROLES = "/latest/meta-data/iam/security-credentials/"


def put_token(server: ImpostorServer) -> Reply:
    return ask(server.port, "PUT", "/latest/api/token", {TOKEN_TTL: "60"})


def test_a_role_proxy_blocks_the_token_path_in_its_own_words_and_is_not_ec2() -> None:
    with ImpostorServer(ImpostorConfig()) as server:
        reply = put_token(server)
    assert (reply.status, reply.header("Server")) == (404, None)
    assert reply.text == 'request blocked by whitelist-route-regexp "^$": /latest/api/token\n'


def test_a_role_proxy_lists_the_role_of_the_pod_and_serves_its_keys(canaries: Canaries) -> None:
    keys = mint_credentials(canaries, role="pod-role")
    with ImpostorServer(ImpostorConfig(credentials=keys)) as server:
        assert ask(server.port, "GET", ROLES).text == "pod-role"
        document = json.loads(ask(server.port, "GET", f"{ROLES}pod-role").text)
    assert document["AccessKeyId"] == keys.access_key_id


def test_a_role_proxy_refuses_the_role_of_another_pod() -> None:
    with ImpostorServer(ImpostorConfig()) as server:
        reply = ask(server.port, "GET", f"{ROLES}other-role")
    assert (reply.status, reply.text) == (403, "Invalid role other-role\n")


def test_a_role_proxy_without_a_role_for_the_pod_says_so_with_404() -> None:
    with ImpostorServer(ImpostorConfig(role=None)) as server:
        reply = ask(server.port, "GET", ROLES)
    assert reply.status == 404
    assert reply.text.startswith("unable to find role for IP ")


def test_kube2iam_forwards_the_token_put_into_a_refusal_and_labels_itself_as_ec2() -> None:
    with ImpostorServer(ImpostorConfig(forwards_token_put=True)) as server:
        refused, listing = put_token(server), ask(server.port, "GET", ROLES)
    assert (refused.status, refused.body, refused.header("Server")) == (403, b"", "EC2ws")
    assert (listing.status, listing.text, listing.header("Server")) == (200, "pod-role", "EC2ws")


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("PUT", 405)])
def test_nginx_answers_with_its_own_page(method: str, status: int) -> None:
    with ImpostorServer(ImpostorConfig(flavour="nginx")) as server:
        reply = ask(server.port, method, "/v1/credentials")
    assert (reply.status, reply.header("Server")) == (status, "nginx/1.25.3")
    assert f"<h1>{status} " in reply.text


def test_an_old_mock_does_not_know_put_but_serves_the_role(canaries: Canaries) -> None:
    config = ImpostorConfig(flavour="mock-old", credentials=mint_credentials(canaries))
    with ImpostorServer(config) as server:
        assert put_token(server).status == 405
        assert ask(server.port, "GET", ROLES).text == "pod-role"
        assert ask(server.port, "GET", f"{ROLES}pod-role").status == 200
        assert put_token(server).header("Server") == "WSGIServer/0.1 Python/2.7.18"
