"""Mocks of IMDS as the lab imitates them: what they do like EC2, and what not."""

import json

import pytest

from probe.lab.servers import Canaries, ImpostorConfig, ImpostorServer, mint_credentials
from tests.lab.servers.asking import TOKEN, TOKEN_TTL, Reply, ask

ROLES = "/latest/meta-data/iam/security-credentials/"
PATH = "/latest/api/token"


def put_token(server: ImpostorServer, ttl: str = "60") -> Reply:
    return ask(server.port, "PUT", PATH, {TOKEN_TTL: ttl})


def test_aemm_repeats_the_time_to_live_of_a_token_and_names_no_server() -> None:
    with ImpostorServer(ImpostorConfig(flavour="aemm")) as server:
        reply = put_token(server)
    assert (reply.status, reply.header(TOKEN_TTL), reply.header("Server")) == (200, "60", None)


@pytest.mark.parametrize("ttl", ["0", "21601", "soon", ""])
def test_aemm_refuses_a_bad_time_to_live(ttl: str) -> None:
    with ImpostorServer(ImpostorConfig(flavour="aemm")) as server:
        assert put_token(server, ttl).status == 400


def test_aemm_answers_a_get_of_the_token_path_with_an_empty_200_where_ec2_says_405() -> None:
    with ImpostorServer(ImpostorConfig(flavour="aemm")) as server:
        reply = ask(server.port, "GET", PATH)
    assert (reply.status, reply.body) == (200, b"")


def test_aemm_with_required_tokens_refuses_with_a_page() -> None:
    with ImpostorServer(ImpostorConfig(flavour="aemm", tokens_required=True)) as server:
        without, wrong = ask(server.port, "GET", ROLES), ask(server.port, "GET", ROLES, {TOKEN: "invented"})
        good = ask(server.port, "GET", ROLES, {TOKEN: put_token(server).text})
    assert (without.status, wrong.status) == (401, 401)
    assert "<h1>401 - Unauthorized</h1>" in without.text
    assert (good.status, good.text) == (200, "baskinc-role")


def test_aemm_without_required_tokens_takes_any_token() -> None:
    with ImpostorServer(ImpostorConfig(flavour="aemm")) as server:
        assert ask(server.port, "GET", ROLES, {TOKEN: "invented"}).status == 200


def test_aemm_sends_its_sample_keys_as_json() -> None:
    with ImpostorServer(ImpostorConfig(flavour="aemm")) as server:
        reply = ask(server.port, "GET", f"{ROLES}baskinc-role")
    assert reply.header("Content-Type") == "application/json"
    assert json.loads(reply.text)["Expiration"] == "2020-04-02T00:49:51Z"


def test_aemm_hands_out_the_keys_that_it_was_configured_with(canaries: Canaries) -> None:
    keys = mint_credentials(canaries, role="baskinc-role")
    with ImpostorServer(ImpostorConfig(flavour="aemm", credentials=keys)) as server:
        assert json.loads(ask(server.port, "GET", f"{ROLES}baskinc-role").text)["AccessKeyId"] == keys.access_key_id


def test_moto_gives_everybody_the_same_token_without_a_time_to_live() -> None:
    with ImpostorServer(ImpostorConfig(flavour="moto")) as server:
        reply = put_token(server)
    assert (reply.status, reply.text, reply.header(TOKEN_TTL)) == (200, "fake-imdsv2-token", None)


def test_moto_has_keys_without_a_code_and_no_identity_document() -> None:
    with ImpostorServer(ImpostorConfig(flavour="moto")) as server:
        keys = json.loads(ask(server.port, "GET", f"{ROLES}default-role").text)
        document = ask(server.port, "GET", "/latest/dynamic/instance-identity/document")
    assert set(keys) == {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
    assert document.status == 404
