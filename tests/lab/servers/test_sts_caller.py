"""GetCallerIdentity with signatures by botocore, and what every STS answer looks like."""

import re
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree as ET

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from botocore.exceptions import ClientError

from probe.lab.servers import (
    Canaries,
    KeyRing,
    MintedCredentials,
    StsConfig,
    StsServer,
    mint_credentials,
    mint_user_keys,
)
from tests.lab.servers.asking import ask
from tests.lab.servers.sts_world import client

CALL = "Action=GetCallerIdentity&Version=2011-06-15"
NAMESPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}"


def refusal(config: StsConfig, keys: MintedCredentials, secret: str | None = None) -> tuple[int, str, str]:
    """Status, code and message of the error that botocore raises."""
    with StsServer(config) as server, pytest.raises(ClientError) as raised:
        client(server, keys, secret=secret).get_caller_identity()
    answer = raised.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def signed_headers(server: StsServer, keys: MintedCredentials, method: str, url: str, body: str) -> Mapping[str, str]:
    """The headers that botocore signs a hand-made request with."""
    request = botocore.awsrequest.AWSRequest(method=method, url=url, data=body)
    pair = botocore.credentials.Credentials(keys.access_key_id, keys.secret_access_key, keys.session_token)
    botocore.auth.SigV4Auth(pair, "sts", "eu-west-1").add_auth(request)
    return {**dict(request.headers.items()), "Host": f"127.0.0.1:{server.port}"}


def test_the_owner_of_the_keys_is_told(canaries: Canaries) -> None:
    keys = mint_credentials(canaries, role="node-role", session="i-0123456789EXAMPLE0")
    with StsServer(StsConfig(known_keys=(keys,))) as server:
        answer = client(server, keys).get_caller_identity()
    assert (answer["Arn"], answer["UserId"], answer["Account"]) == (keys.arn, keys.user_id, "111122223333")


def test_long_term_keys_need_no_session_token(canaries: Canaries) -> None:
    keys = mint_user_keys(canaries)
    with StsServer(StsConfig(known_keys=(keys,))) as server:
        assert client(server, keys).get_caller_identity()["Arn"].endswith(":user/example-user")


def test_the_record_has_action_and_region_and_no_secret(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    with StsServer(StsConfig(known_keys=(keys,))) as server:
        client(server, keys).get_caller_identity()
        record = server.requests[0]
    assert (record.action, record.region) == ("GetCallerIdentity", "eu-west-1")
    assert record.routes == ("get-caller-identity",)
    assert not [value for value in canaries.values() if value in repr(record)]


def test_a_signed_get_with_a_query_string_is_verified_as_well(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    with StsServer(StsConfig(known_keys=(keys,))) as server:
        good = signed_headers(server, keys, "GET", f"{server.base_url}/?{CALL}", "")
        assert ask(server.port, "GET", f"/?{CALL}", good).status == 200
        assert "SignatureDoesNotMatch" in ask(server.port, "GET", f"/?{CALL}&Extra=1", good).text


def test_a_body_that_was_changed_on_the_way_breaks_the_signature(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    with StsServer(StsConfig(known_keys=(keys,))) as server:
        good = signed_headers(server, keys, "POST", f"{server.base_url}/", CALL)
        assert ask(server.port, "POST", "/", good, CALL).status == 200
        assert "SignatureDoesNotMatch" in ask(server.port, "POST", "/", good, f"{CALL}&x=1").text


def test_a_wrong_secret_does_not_match(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    status, code, message = refusal(StsConfig(known_keys=(keys,)), keys, secret="another" * 5)
    assert (status, code) == (403, "SignatureDoesNotMatch")
    assert message.startswith("The request signature we calculated does not match the signature you provided.")


UNKNOWN = (403, "InvalidClientTokenId", "The security token included in the request is invalid")


def test_an_unknown_key_is_an_invalid_token(canaries: Canaries) -> None:
    assert refusal(StsConfig(), mint_credentials(canaries)) == UNKNOWN


@pytest.mark.parametrize("session_token", [None, "mangled"])
def test_a_known_key_with_another_session_token_is_an_invalid_token(
    canaries: Canaries, session_token: str | None
) -> None:
    keys = mint_credentials(canaries)
    assert refusal(StsConfig(known_keys=(keys,)), replace(keys, session_token=session_token)) == UNKNOWN


EXPIRED = (403, "ExpiredToken", "The security token included in the request is expired")


def test_a_session_that_has_ended_is_expired(canaries: Canaries) -> None:
    keys = mint_credentials(canaries, expires_in=-1)
    assert refusal(StsConfig(known_keys=(keys,)), keys) == EXPIRED


def test_a_session_can_be_expired_whatever_its_expiration_says(canaries: Canaries) -> None:
    keys = mint_credentials(canaries, expires_in=3600)
    assert refusal(StsConfig(expired_keys=(keys,)), keys) == EXPIRED


def test_a_slow_client_clock_is_told_as_an_expired_signature(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    status, code, message = refusal(StsConfig(known_keys=(keys,), date_offset_seconds=1200), keys)
    assert (status, code) == (403, "SignatureDoesNotMatch")
    stamp = r"\d{8}T\d{6}Z"
    assert re.fullmatch(rf"Signature expired: {stamp} is now earlier than {stamp} \({stamp} - 15 min\.\)", message)


def test_a_fast_client_clock_is_told_as_a_signature_of_the_future(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    _, code, message = refusal(StsConfig(known_keys=(keys,), date_offset_seconds=-1200), keys)
    assert code == "SignatureDoesNotMatch"
    stamp = r"\d{8}T\d{6}Z"
    assert re.fullmatch(
        rf"Signature not yet current: {stamp} is still later than {stamp} \({stamp} \+ 15 min\.\)", message
    )


@pytest.mark.parametrize("offset", [-800, 800])
def test_a_skew_below_fifteen_minutes_is_tolerated(canaries: Canaries, offset: float) -> None:
    keys = mint_credentials(canaries)
    with StsServer(StsConfig(known_keys=(keys,), date_offset_seconds=offset)) as server:
        assert client(server, keys).get_caller_identity()["Account"] == "111122223333"


def test_an_opt_in_region_refuses_sessions_of_the_global_endpoint_only(canaries: Canaries) -> None:
    of_global, of_region = mint_credentials(canaries, issued_by="global"), mint_credentials(canaries)
    config = StsConfig(known_keys=(of_global, of_region), accepts_session_tokens="regional-only")
    assert refusal(config, of_global) == UNKNOWN
    with StsServer(config) as opt_in, StsServer(replace(config, accepts_session_tokens="all")) as ordinary:
        assert client(opt_in, of_region).get_caller_identity()["Account"] == "111122223333"
        assert client(ordinary, of_global).get_caller_identity()["Account"] == "111122223333"


def test_endpoints_can_share_their_keys(canaries: Canaries) -> None:
    ring, keys = KeyRing(), mint_credentials(canaries)
    ring.add(keys)
    with StsServer(StsConfig(), keys=ring) as one, StsServer(StsConfig(region="eu-central-1"), keys=ring) as other:
        assert client(one, keys).get_caller_identity() is not None
        assert client(other, keys).get_caller_identity() is not None


def test_an_unsigned_call_misses_its_token() -> None:
    with StsServer(StsConfig()) as server:
        reply = ask(server.port, "POST", "/", body=CALL)
    assert (reply.status, "MissingAuthenticationToken" in reply.text) == (403, True)


@pytest.mark.parametrize("authorization", ["Basic x", "AWS4-HMAC-SHA256 Credential=a/b"])
def test_another_kind_of_authorization_is_incomplete(authorization: str) -> None:
    with StsServer(StsConfig()) as server:
        reply = ask(server.port, "POST", "/", {"Authorization": authorization}, CALL)
    assert (reply.status, "IncompleteSignature" in reply.text) == (400, True)


def test_an_error_is_byte_for_byte_the_document_of_the_real_endpoint(canaries: Canaries) -> None:
    with StsServer(StsConfig()) as server:
        headers = signed_headers(server, mint_credentials(canaries), "POST", f"{server.base_url}/", CALL)
        reply = ask(server.port, "POST", "/", headers, CALL)
    request_id = reply.header("x-amzn-RequestId")
    assert reply.names == ("x-amzn-RequestId", "Content-Type", "Content-Length", "Date")
    assert (reply.header("Content-Type"), len(reply.body)) == ("text/xml", 305)
    assert reply.text == (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        "  <Error>\n"
        "    <Type>Sender</Type>\n"
        "    <Code>InvalidClientTokenId</Code>\n"
        "    <Message>The security token included in the request is invalid</Message>\n"
        "  </Error>\n"
        f"  <RequestId>{request_id}</RequestId>\n"
        "</ErrorResponse>\n"
    )


def test_a_success_repeats_its_request_id_in_the_body(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    with StsServer(StsConfig(known_keys=(keys,))) as server:
        headers = signed_headers(server, keys, "POST", f"{server.base_url}/", CALL)
        reply = ask(server.port, "POST", "/", headers, CALL)
    found: Any = ET.fromstring(reply.text).find(f"{NAMESPACE}ResponseMetadata/{NAMESPACE}RequestId")
    assert found.text == reply.header("x-amzn-RequestId")


def test_the_date_of_an_error_follows_the_offset() -> None:
    with StsServer(StsConfig(date_offset_seconds=86400)) as off, StsServer(StsConfig()) as exact:
        dates = [
            parsedate_to_datetime(ask(one.port, "POST", "/", body=CALL).header("Date") or "") for one in (off, exact)
        ]
    assert 86390 <= (dates[0] - dates[1]).total_seconds() <= 86410


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/other", 404), ("PUT", "/", 405), ("DELETE", "/", 405)]
)
def test_other_paths_and_methods_are_refused(method: str, path: str, status: int) -> None:
    with StsServer(StsConfig()) as server:
        assert ask(server.port, method, path, body=CALL).status == status


@pytest.mark.parametrize(("body", "code"), [("", "MissingAction"), ("Action=Dance", "InvalidAction")])
def test_an_unknown_action_is_named(body: str, code: str) -> None:
    with StsServer(StsConfig()) as server:
        reply = ask(server.port, "POST", "/", body=body)
    assert (reply.status, f"<Code>{code}</Code>" in reply.text) == (400, True)


def test_what_the_client_sent_is_escaped_in_xml() -> None:
    with StsServer(StsConfig()) as server:
        reply = ask(server.port, "POST", "/", body="Action=%3Cscript%3E%26")
    assert "operation &lt;script&gt;&amp; for" in reply.text
