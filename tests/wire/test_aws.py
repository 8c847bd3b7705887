"""Calls of AWS services: against the lab's, which check signatures, and against answers that no service gives."""

import html
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from probe.credentials import Credentials
from probe.evidence import AwsAnswer, AwsEndpoint, Ending, Exchange, Permission
from probe.lab.network import LabNetwork
from probe.lab.servers import Canaries, mint_credentials
from probe.lab.servers.aws_api import AwsApiServer
from probe.lab.servers.aws_api_config import AwsConfig, Denial, Reply
from probe.secret import Redactor, Secret
from probe.wire.aws import MOST_OF_A_MESSAGE, AwsCaller, Told
from probe.wire.deadline import Deadline
from probe.wire.exchange import Answer, Request, exchange
from tests.wire.test_sts import live

AWS = AwsConfig()
ADDRESS = "198.51.100.20"
HOSTS = {"ec2": "ec2", "elbv2": "elasticloadbalancing", "iam": "iam", "eks": "eks", "acm": "acm", "route53": "route53"}
CALLS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("ec2", "DescribeSubnets", {"MaxResults": 5}, {"Subnets": [{"SubnetId": "subnet-1", "Tags": []}]}),
    ("elbv2", "DescribeLoadBalancers", {"PageSize": 1}, {"LoadBalancers": [{"LoadBalancerName": "one"}]}),
    ("iam", "GetRole", {"RoleName": "x"}, {"Role": {"RoleName": "x", "Path": "/", "RoleId": "AROA", "Arn": "arn"}}),
    ("acm", "ListCertificates", {}, {"CertificateSummaryList": [{"DomainName": "example.com"}]}),
    (
        "eks",
        "ListPodIdentityAssociations",
        {"clusterName": "prod", "namespace": "kube-system"},
        {"associations": [{"associationId": "a-1"}]},
    ),
    ("route53", "ListHostedZones", {}, {"HostedZones": [{"Id": "/hostedzone/Z1"}]}),
]


@contextmanager
def asking(config: AwsConfig = AWS, canaries: Canaries | None = None) -> Iterator[tuple[Any, AwsApiServer]]:
    """Ask the lab's services with keys that they know."""
    known = canaries or Canaries()
    keys = mint_credentials(known, role="controller")
    with AwsApiServer(replace(config, known_keys=(keys,)), canaries=known) as server:

        def ask(service: str, operation: str, parameters: Mapping[str, Any]) -> tuple[AwsAnswer, Told]:
            host = f"{HOSTS[service]}.eu-central-1.amazonaws.com"
            endpoint = AwsEndpoint(
                service=service, region="eu-central-1", host=host, port=80, secure=False, host_from="test"
            )
            network = LabNetwork(dial={f"{ADDRESS}:80": str(server.port)}, names={host: [ADDRESS]})
            caller = AwsCaller(
                service, endpoint, lambda request: exchange(network, request, Deadline.after(5)), Redactor()
            )
            return caller.call(operation, parameters, live(keys))

        yield ask, server


def answered(
    body: bytes, status: int = 200, *, service: str = "ec2", operation: str = "DescribeSubnets", **headers: str
) -> AwsAnswer:
    """Have a call answered with this."""

    def send(request: Request) -> Answer:
        told = Exchange(method=request.method, url=request.url, ending=Ending.ANSWERED, status=status)
        return Answer(exchange=told, headers=headers, body=body)

    endpoint = AwsEndpoint(service=service, region="eu-central-1", host="ec2.example", host_from="test")
    keys = Credentials(access_key_id="ASIAEXAMPLEEXAMPLE00", secret_access_key=Secret("example-secret-key"))
    redactor = Redactor([keys.secret_access_key])
    return AwsCaller(service, endpoint, send, redactor).call(operation, {}, keys)[0]


@pytest.mark.parametrize(("service", "operation", "parameters", "result"), CALLS, ids=[one[0] for one in CALLS])
def test_a_service_takes_the_signature_and_its_result_is_read(
    service: str, operation: str, parameters: dict[str, Any], result: dict[str, Any]
) -> None:
    with asking(AwsConfig(replies=(Reply(call=f"{service}.{operation}", result=result),))) as (ask, server):
        answer, told = ask(service, operation, parameters)
    assert (answer.succeeded, answer.permission) == (True, Permission.ALLOWED)
    assert {name: told.result[name] for name in result} == result
    assert [request.action for request in server.requests] == [f"{service}.{operation}"]


@pytest.mark.parametrize("service", [one[0] for one in CALLS])
def test_a_denial_is_told_with_the_services_own_words(service: str) -> None:
    operation = next(one[1] for one in CALLS if one[0] == service)
    action = f"{HOSTS[service]}:{operation}"
    with asking(AwsConfig(denied={action: "identity"})) as (ask, _):
        answer, told = ask(service, operation, next(one[2] for one in CALLS if one[0] == service))
    assert answer.permission is Permission.DENIED
    assert f"is not authorized to perform: {action} because no identity-based policy allows" in (answer.message or "")
    assert told.result is None


@pytest.mark.parametrize("service", [one[0] for one in CALLS])
def test_keys_that_a_service_does_not_know_say_nothing_of_a_permission(service: str) -> None:
    _, operation, parameters, _ = next(one for one in CALLS if one[0] == service)
    with asking() as (ask, server):
        server._keys._keys.clear()
        answer, _ = ask(service, operation, parameters)
    assert answer.code is not None
    assert answer.permission is Permission.UNKNOWN


def test_a_dry_run_that_would_have_succeeded_is_permitted() -> None:
    with asking() as (ask, _):
        answer, _ = ask("ec2", "DescribeSubnets", {"DryRun": True})
    assert (answer.code, answer.permission) == ("DryRunOperation", Permission.ALLOWED)


def test_an_encoded_message_is_kept_for_decoding_and_never_as_text() -> None:
    canaries = Canaries()
    with asking(AwsConfig(denied={"ec2:DescribeSubnets": "encoded"}), canaries) as (ask, _):
        answer, told = ask("ec2", "DescribeSubnets", {})
    assert (answer.is_encoded, answer.permission) == (True, Permission.DENIED)
    assert answer.message == "You are not authorized to perform this operation."
    assert "Encoded authorization failure message: EXAMPLE" in told.message
    assert not any(canary in repr(answer) for canary in canaries.values())


@pytest.mark.parametrize("filler", [" ", "\n", "Encoded authorization failure message: ", "<", "é"])
def test_a_long_error_text_is_cut_and_costs_no_more_than_its_length(filler: str) -> None:
    """Tried at every position, a pattern that begins with any number of blanks takes minutes here."""
    message = html.escape(filler * (400_000 // len(filler)))
    error = f"<Error><Code>UnauthorizedOperation</Code><Message>{message}x</Message></Error>"
    answer = answered(f"<Response><Errors>{error}</Errors></Response>".encode(), 403)
    assert answer.permission is Permission.DENIED
    assert len(answer.message or "") <= MOST_OF_A_MESSAGE


@pytest.mark.parametrize("kind", ["bare", "scp-explicit", "endpoint"])
def test_every_wording_of_a_denial_is_one(kind: Denial) -> None:
    with asking(AwsConfig(denied={"ec2:DescribeSubnets": kind})) as (ask, _):
        assert ask("ec2", "DescribeSubnets", {})[0].permission is Permission.DENIED


@pytest.mark.parametrize(
    ("service", "operation"), [("ec2", "DescribeSubnets"), ("acm", "ListCertificates"), ("route53", "ListHostedZones")]
)
@pytest.mark.parametrize("status", [200, 301, 400, 403, 502])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><head><title>Sign in</title></head></html>",
        b"<html>",
        b"not xml",
        b"[]",
        b'"text"',
        b"\xff\xfe<\0",
        b"<" * 5000,
        b"[" * 50_000,
    ],
    ids=["empty", "page", "broken", "text", "list", "string", "utf-16", "brackets", "deep"],
)
def test_what_no_service_answers_is_neither_allowed_nor_denied(
    body: bytes, status: int, service: str, operation: str
) -> None:
    answer = answered(body, status, service=service, operation=operation)
    assert (answer.recognised, answer.code, answer.permission) == (False, None, Permission.UNKNOWN)


@pytest.mark.parametrize(
    "body", [b"{}", b'{"error": "blocked", "url": "https://proxy.example"}', b'{"message": "Forbidden"}']
)
@pytest.mark.parametrize(("service", "operation"), [("acm", "ListCertificates"), ("efs", "DescribeFileSystems")])
def test_an_object_that_holds_nothing_of_the_operation_is_no_result(body: bytes, service: str, operation: str) -> None:
    answer = answered(body, service=service, operation=operation)
    assert (answer.recognised, answer.permission) == (False, Permission.UNKNOWN)


def test_an_empty_object_with_the_id_of_a_request_is_a_result() -> None:
    answer = answered(b"{}", 200, service="acm", operation="ListCertificates", **{"x-amzn-requestid": "0f06-71b4"})
    assert answer.permission is Permission.ALLOWED


def test_a_document_type_is_never_parsed() -> None:
    result = b'<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><subnetSet/>'
    result += b"</DescribeSubnetsResponse>"
    assert answered(result).succeeded
    assert not answered(b'<!DOCTYPE a [<!ENTITY b "c">]>' + result).succeeded


@pytest.mark.parametrize(
    "code", ["Throttling", "RequestLimitExceeded", "InternalError", "AuthFailure", "OptInRequired"]
)
def test_another_error_says_nothing_of_the_permission(code: str) -> None:
    body = f"<Response><Errors><Error><Code>{code}</Code><Message>no</Message></Error></Errors></Response>"
    answer = answered(body.encode(), 503)
    assert (answer.code, answer.permission) == (code, Permission.UNKNOWN)


def test_a_secret_in_an_answer_is_not_kept() -> None:
    body = {"__type": "AccessDeniedException", "message": "no: example-secret-key"}
    answer = answered(json.dumps(body).encode(), 400, service="acm", operation="ListCertificates")
    assert answer.code == "AccessDeniedException"
    assert "example-secret-key" not in repr(answer)


def test_a_request_id_is_kept_in_the_shape_of_one_only() -> None:
    assert answered(b"", 400, **{"x-amzn-requestid": "0f06-71b4"}).request_id == "0f06-71b4"
    assert answered(b"", 400, **{"x-amzn-requestid": "<script>"}).request_id is None
