"""EC2 IMDS as the EC2 User Guide and dumps of real instances describe it."""

import json
import re
from email.utils import parsedate_to_datetime

import pytest

from probe.lab.servers import Canaries, Fault, FaultKind, ImdsConfig, ImdsServer, mint_credentials
from tests.lab.servers.asking import TOKEN, TOKEN_TTL, Reply, ask, dial, everything, request_bytes

ROLES = "/latest/meta-data/iam/security-credentials/"


def put_token(server: ImdsServer, ttl: str = "21600", **fields: str) -> Reply:
    extra = {name.replace("_", "-"): value for name, value in fields.items()}
    return ask(server.port, "PUT", "/latest/api/token", {TOKEN_TTL: ttl, **extra})


def get(server: ImdsServer, path: str, token: str | None = None) -> Reply:
    return ask(server.port, "GET", path, {} if token is None else {TOKEN: token})


def with_token(server: ImdsServer, path: str) -> Reply:
    return get(server, path, put_token(server).text)


def test_a_token_put_is_answered_with_a_token_and_the_lifetime_asked_for() -> None:
    with ImdsServer(ImdsConfig()) as server:
        reply = put_token(server, "300")
    assert (reply.status, reply.header("Content-Type"), reply.header(TOKEN_TTL)) == (200, "text/plain", "300")
    assert re.fullmatch(r"AQAAA[A-Za-z0-9_-]{49}==", reply.text)


def test_a_handed_out_token_is_a_registered_canary(canaries: Canaries) -> None:
    with ImdsServer(ImdsConfig(), canaries=canaries) as server:
        token = put_token(server).text
    assert canaries.word in token
    assert token in canaries.values()


@pytest.mark.parametrize("ttl", ["0", "-1", "21601", "five", "", "1.5"])
def test_a_lifetime_out_of_range_is_a_bad_request(ttl: str) -> None:
    with ImdsServer(ImdsConfig()) as server:
        reply = put_token(server, ttl)
    assert (reply.status, reply.header("Content-Type"), len(reply.body)) == (400, "text/html", 349)
    assert "<h1>400 - Bad Request</h1>" in reply.text


@pytest.mark.parametrize("ttl", ["1", "21600"])
def test_the_ends_of_the_lifetime_range_are_accepted(ttl: str) -> None:
    with ImdsServer(ImdsConfig()) as server:
        assert put_token(server, ttl).status == 200


def test_a_token_put_without_a_lifetime_is_a_bad_request() -> None:
    with ImdsServer(ImdsConfig()) as server:
        reply = ask(server.port, "PUT", "/latest/api/token")
    assert (reply.status, reply.header("Connection")) == (400, "close")


def test_a_forwarded_token_put_is_forbidden_with_an_empty_body() -> None:
    with ImdsServer(ImdsConfig()) as server:
        reply = put_token(server, x_forwarded_for="192.0.2.1")
    assert (reply.status, reply.body, reply.header("Server")) == (403, b"", "EC2ws")


def test_a_server_that_trusts_forwarders_hands_the_token_out() -> None:
    with ImdsServer(ImdsConfig(trust_forwarded=True)) as server:
        assert put_token(server, x_forwarded_for="192.0.2.1").status == 200


@pytest.mark.parametrize("path", ["/latest/api/token/", "/2021-03-23/api/token"])
def test_a_token_put_to_any_other_spelling_of_the_path_is_forbidden(path: str) -> None:
    with ImdsServer(ImdsConfig()) as server:
        reply = ask(server.port, "PUT", path, {TOKEN_TTL: "300"})
    assert (reply.status, reply.reason, reply.body) == (403, "Forbidden", b"")
    assert reply.names == ("Content-Length", "Content-Type", "Date", "Server")


def test_a_get_on_the_token_path_is_not_allowed() -> None:
    with ImdsServer(ImdsConfig()) as server:
        reply = get(server, "/latest/api/token")
    assert (reply.status, reply.reason, reply.body) == (405, "Not Allowed", b"")
    assert reply.headers[:2] == (("Allow", "OPTIONS, PUT"), ("Content-Length", "0"))
    assert (reply.header("Server"), reply.header("Connection")) == ("EC2ws", "close")


def test_an_expectation_is_refused_before_any_body_is_read() -> None:
    with ImdsServer(ImdsConfig()) as server:
        put = request_bytes("PUT", "/latest/api/token", f"{TOKEN_TTL}: 60", "Expect: 100-continue", "Content-Length: 5")
        with dial(server.port, put) as connection:
            assert everything(connection).startswith(b"HTTP/1.1 417 Expectation Failed\r\n")


@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_a_disabled_endpoint_forbids_everything(method: str) -> None:
    with ImdsServer(ImdsConfig(endpoint="disabled", tokens="optional")) as server:
        reply = ask(server.port, method, "/latest/api/token" if method == "PUT" else "/latest/meta-data/")
    assert (reply.status, reply.body, reply.header("Server")) == (403, b"", "EC2ws")


def test_a_get_without_token_is_unauthorized_and_empty_where_tokens_are_required() -> None:
    with ImdsServer(ImdsConfig()) as server:
        reply = get(server, "/latest/meta-data/")
    assert (reply.status, reply.reason, reply.body) == (401, "Unauthorized", b"")
    assert reply.header("Server") == "EC2ws"


def test_a_get_without_token_is_served_where_tokens_are_optional_and_has_no_lifetime() -> None:
    with ImdsServer(ImdsConfig(tokens="optional")) as server:
        reply = get(server, "/latest/meta-data/instance-id")
    assert (reply.status, reply.text, reply.header(TOKEN_TTL)) == (200, "i-0123456789EXAMPLE0", None)


@pytest.mark.parametrize("tokens", ["required", "optional"])
def test_a_token_of_somebody_else_is_unauthorized_even_where_tokens_are_optional(tokens: str) -> None:
    config = ImdsConfig(tokens="required" if tokens == "required" else "optional")
    with ImdsServer(config) as server, ImdsServer(config) as other:
        reply = get(server, "/latest/meta-data/", put_token(other).text)
    assert (reply.status, reply.body) == (401, b"")


def test_a_token_ends_after_its_lifetime(monkeypatch: pytest.MonkeyPatch) -> None:
    with ImdsServer(ImdsConfig()) as server:
        token = put_token(server, "60").text
        later = server.now() + 61
        monkeypatch.setattr(server, "now", lambda: later)
        assert get(server, "/latest/meta-data/", token).status == 401


def test_a_get_with_token_echoes_the_remaining_lifetime(monkeypatch: pytest.MonkeyPatch) -> None:
    with ImdsServer(ImdsConfig()) as server:
        begun = server.now()
        monkeypatch.setattr(server, "now", lambda: begun)
        token = put_token(server, "300").text
        monkeypatch.setattr(server, "now", lambda: begun + 100)
        assert get(server, "/latest/meta-data/mac", token).header(TOKEN_TTL) == "200"


def test_a_success_carries_the_headers_of_a_real_instance_in_their_order() -> None:
    with ImdsServer(ImdsConfig(tokens="optional")) as server:
        reply = get(server, "/latest/meta-data/mac")
    assert reply.names == (
        "Content-Type",
        "Accept-Ranges",
        "Last-Modified",
        "Content-Length",
        "Date",
        "Server",
        "Connection",
    )


def test_an_unknown_item_is_the_xhtml_page_of_a_404() -> None:
    with ImdsServer(ImdsConfig()) as server:
        reply = with_token(server, "/latest/meta-data/nothing")
    assert (reply.status, len(reply.body), reply.header("Content-Type")) == (404, 345, "text/html")
    assert "<title>404 - Not Found</title>" in reply.text


def test_a_head_request_has_the_headers_and_no_body() -> None:
    with ImdsServer(ImdsConfig(tokens="optional")) as server:
        reply = ask(server.port, "HEAD", "/latest/meta-data/mac")
    assert (reply.status, reply.header("Content-Length"), reply.body) == (200, "17", b"")


def test_listings_mark_directories_and_end_without_a_newline() -> None:
    with ImdsServer(ImdsConfig()) as server:
        names = with_token(server, "/latest/meta-data/").text
        identity = with_token(server, "/latest/dynamic/instance-identity/").text
    assert "instance-id\n" in names
    assert "placement/\n" in names
    assert not names.endswith("\n")
    assert identity == "document\npkcs7\nrsa2048\nsignature"


def test_the_interfaces_are_listed_by_mac_and_hold_the_vpc() -> None:
    with ImdsServer(ImdsConfig(mac="06:aa:bb:cc:dd:ee", vpc_id="vpc-EXAMPLE")) as server:
        macs = "/latest/meta-data/network/interfaces/macs/"
        assert with_token(server, macs).text == "06:aa:bb:cc:dd:ee/"
        assert with_token(server, f"{macs}06:aa:bb:cc:dd:ee/vpc-id").text == "vpc-EXAMPLE"


def test_the_identity_document_tells_region_and_account_in_the_spelling_of_ec2() -> None:
    with ImdsServer(ImdsConfig(region="eu-central-1", availability_zone="eu-central-1b")) as server:
        reply = with_token(server, "/latest/dynamic/instance-identity/document")
    document = json.loads(reply.text)
    assert (document["region"], document["availabilityZone"]) == ("eu-central-1", "eu-central-1b")
    assert (document["accountId"], document["version"]) == ("111122223333", "2017-09-30")
    assert '"region" : "eu-central-1"' in reply.text


@pytest.mark.parametrize(
    ("region", "partition", "domain"),
    [("eu-west-1", "aws", "amazonaws.com"), ("cn-north-1", "aws-cn", "amazonaws.com.cn")],
)
def test_the_partition_follows_the_region(region: str, partition: str, domain: str) -> None:
    with ImdsServer(ImdsConfig(region=region)) as server:
        assert with_token(server, "/latest/meta-data/services/partition").text == partition
        assert with_token(server, "/latest/meta-data/services/domain").text == domain


def test_the_role_is_listed_by_name_and_its_credentials_are_json_served_as_text(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    with ImdsServer(ImdsConfig(role="node-role", credentials=keys)) as server:
        assert with_token(server, ROLES).text == "node-role"
        reply = with_token(server, f"{ROLES}node-role")
    document = json.loads(reply.text)
    assert reply.header("Content-Type") == "text/plain"
    assert list(document) == [
        "Code",
        "LastUpdated",
        "Type",
        "AccessKeyId",
        "SecretAccessKey",
        "Token",
        "Expiration",
    ]
    assert (document["Code"], document["Type"]) == ("Success", "AWS-HMAC")
    assert document["SecretAccessKey"] == keys.secret_access_key
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["Expiration"])


def test_a_role_that_is_not_the_attached_one_is_not_found(canaries: Canaries) -> None:
    with ImdsServer(ImdsConfig(credentials=mint_credentials(canaries))) as server:
        assert with_token(server, f"{ROLES}stale-role").status == 404


@pytest.mark.parametrize("path", [ROLES, "/latest/meta-data/iam/info", f"{ROLES}node-role"])
def test_an_instance_without_profile_has_no_iam_branch(path: str) -> None:
    with ImdsServer(ImdsConfig(role=None)) as server:
        assert with_token(server, path).status == 404


def test_the_profile_names_account_and_role() -> None:
    with ImdsServer(ImdsConfig(role="node-role")) as server:
        document = json.loads(with_token(server, "/latest/meta-data/iam/info").text)
    assert document["Code"] == "Success"
    assert document["InstanceProfileArn"] == "arn:aws:iam::111122223333:instance-profile/node-role"


def test_error_documents_are_served_with_200() -> None:
    refused = {"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role"}
    deleted = {"Code": "InstanceProfileNotFound", "Message": "Instance Profile not found"}
    with ImdsServer(ImdsConfig(role_document=refused, info_document=deleted)) as server:
        role, info = with_token(server, f"{ROLES}node-role"), with_token(server, "/latest/meta-data/iam/info")
    assert (role.status, json.loads(role.text)) == (200, refused)
    assert (info.status, json.loads(info.text)) == (200, deleted)


def test_an_endpoint_from_before_v2_has_no_token_path_and_needs_no_token() -> None:
    with ImdsServer(ImdsConfig(v2_supported=False)) as server:
        assert put_token(server).status == 404
        assert get(server, "/latest/meta-data/mac", "any-token").status == 200


def test_dated_versions_of_the_data_are_served_and_unknown_ones_are_not() -> None:
    with ImdsServer(ImdsConfig()) as server:
        assert with_token(server, "/2021-03-23/meta-data/mac").status == 200
        assert with_token(server, "/newest/meta-data/mac").status == 404


def test_the_server_header_can_be_left_out() -> None:
    with ImdsServer(ImdsConfig(server_header=None)) as server:
        assert get(server, "/latest/meta-data/").header("Server") is None


def test_the_date_header_follows_the_offset() -> None:
    with ImdsServer(ImdsConfig(date_offset_seconds=-7200)) as off, ImdsServer(ImdsConfig()) as exact:
        dates = [parsedate_to_datetime(get(one, "/").header("Date") or "") for one in (off, exact)]
    assert 7190 <= (dates[1] - dates[0]).total_seconds() <= 7210


def test_a_fault_of_tokenless_requests_leaves_requests_with_token_alone() -> None:
    fault = Fault(kind=FaultKind.ANSWER, route="tokenless", status=503)
    with ImdsServer(ImdsConfig(faults=(fault,))) as server:
        assert get(server, "/latest/meta-data/").status == 503
        assert with_token(server, "/latest/meta-data/").status == 200


@pytest.mark.parametrize(
    ("path", "routes"),
    [
        (ROLES, ("tokenless", "listing")),
        (ROLES.rstrip("/"), ("tokenless", "listing")),
        (f"{ROLES}node-role", ("tokenless", "role")),
        ("/latest/meta-data/mac", ("tokenless", "metadata")),
        ("/latest/api/token", ("token",)),
    ],
)
def test_requests_are_named_by_what_they_ask_for(path: str, routes: tuple[str, ...]) -> None:
    with ImdsServer(ImdsConfig()) as server:
        get(server, path)
        assert server.requests[0].routes == routes


def test_a_token_put_that_stalls_beside_a_tokenless_get_that_answers_can_be_set_up() -> None:
    with ImdsServer(ImdsConfig(faults=(Fault(kind=FaultKind.STALL, route="token"),))) as server:
        with dial(server.port, request_bytes("PUT", "/latest/api/token", f"{TOKEN_TTL}: 60"), timeout=0.2) as put:
            assert get(server, "/latest/meta-data/").status == 401
            with pytest.raises(TimeoutError):
                put.recv(1)
        # Two connections, two threads: which request is read first is not promised.
        assert sorted(one.method for one in server.requests) == ["GET", "PUT"]
