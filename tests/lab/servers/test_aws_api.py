"""The lab's AWS services, as botocore's own clients see them: with its whole models, signer and parsers."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import botocore.config
import botocore.session
import pytest
from botocore.exceptions import ClientError, HTTPClientError

from probe.lab.servers import Canaries, Fault, FaultKind, MintedCredentials, mint_credentials
from probe.lab.servers.aws_api import AwsApiServer
from probe.lab.servers.aws_api_config import AwsConfig, Denial, Reply

RESULTS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    (
        "ec2",
        "describe_subnets",
        {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}]},
        {
            "Subnets": [
                {
                    "SubnetId": "subnet-1",
                    "AvailableIpAddressCount": 8,
                    "MapPublicIpOnLaunch": True,
                    "Tags": [{"Key": "kubernetes.io/role/elb", "Value": "<1>"}],
                },
                {"SubnetId": "subnet-2"},
            ]
        },
    ),
    (
        "elbv2",
        "describe_load_balancers",
        {},
        {"LoadBalancers": [{"LoadBalancerName": "one", "AvailabilityZones": [{"ZoneName": "eu-central-1a"}]}]},
    ),
    (
        "iam",
        "list_open_id_connect_providers",
        {},
        {"OpenIDConnectProviderList": [{"Arn": "arn:aws:iam::111122223333:oidc-provider/one"}]},
    ),
    (
        "eks",
        "list_pod_identity_associations",
        {"clusterName": "prod", "namespace": "kube-system"},
        {"associations": [{"associationId": "a-1"}]},
    ),
    ("acm", "list_certificates", {}, {"CertificateSummaryList": [{"DomainName": "example.com"}]}),
    ("route53", "list_hosted_zones", {}, {"HostedZones": [{"Id": "/hostedzone/Z1", "Name": "example.com."}]}),
]
NAMES = {
    "describe_subnets": "DescribeSubnets",
    "describe_load_balancers": "DescribeLoadBalancers",
    "list_open_id_connect_providers": "ListOpenIDConnectProviders",
    "list_pod_identity_associations": "ListPodIdentityAssociations",
    "list_certificates": "ListCertificates",
    "list_hosted_zones": "ListHostedZones",
}


@functools.cache
def session() -> botocore.session.Session:
    return botocore.session.Session()


def client(service: str, server: AwsApiServer, keys: MintedCredentials, secret: str | None = None) -> Any:  # noqa: ANN401 - made at run time
    """Return botocore's client of a service with these keys."""
    config = botocore.config.Config(
        retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5, proxies={}, parameter_validation=False
    )
    return session().create_client(
        service,
        region_name="eu-central-1",
        endpoint_url=server.base_url,
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=secret or keys.secret_access_key,
        aws_session_token=keys.session_token,
        config=config,
    )


@contextmanager
def running(config: AwsConfig = AwsConfig()) -> Iterator[tuple[AwsApiServer, MintedCredentials]]:  # noqa: B008 - it is frozen
    canaries = Canaries()
    keys = mint_credentials(canaries, role="controller")
    with AwsApiServer(replace(config, known_keys=(keys,)), canaries=canaries) as server:
        yield server, keys


@pytest.mark.parametrize(("service", "method", "parameters", "result"), RESULTS, ids=[one[0] for one in RESULTS])
def test_botocores_own_client_reads_what_a_scenario_says(
    service: str, method: str, parameters: dict[str, Any], result: dict[str, Any]
) -> None:
    replies = (Reply(call=f"{service}.{NAMES[method]}", result=result),)
    with running(AwsConfig(replies=replies)) as (server, keys):
        told = getattr(client(service, server, keys), method)(**parameters)
    assert {name: told[name] for name in result} == result
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("service", [one[0] for one in RESULTS])
@pytest.mark.parametrize("kind", ["identity", "scp-explicit", "boundary"])
def test_botocores_own_client_reads_a_denial(service: str, kind: Denial) -> None:
    _, method, parameters, _ = next(one for one in RESULTS if one[0] == service)
    signing = {"elbv2": "elasticloadbalancing"}.get(service, service)
    action = f"{signing}:{NAMES[method]}"
    with running(AwsConfig(denied={action: kind})) as (server, keys), pytest.raises(ClientError) as raised:
        getattr(client(service, server, keys), method)(**parameters)
    error = raised.value.response["Error"]
    assert error["Code"] in {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
    assert f"assumed-role/controller/i-0123456789EXAMPLE0 is not authorized to perform: {action}" in error["Message"]


@pytest.mark.parametrize(
    ("service", "code"),
    [("ec2", "SignatureDoesNotMatch"), ("iam", "SignatureDoesNotMatch"), ("acm", "SignatureDoesNotMatch")],
)
def test_a_wrong_secret_is_refused(service: str, code: str) -> None:
    _, method, parameters, _ = next(one for one in RESULTS if one[0] == service)
    with running() as (server, keys), pytest.raises(ClientError) as raised:
        getattr(client(service, server, keys, "wrong" * 8), method)(**parameters)
    assert raised.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("service", "code"),
    [("ec2", "AuthFailure"), ("iam", "InvalidClientTokenId"), ("acm", "UnrecognizedClientException")],
)
def test_keys_of_another_world_are_not_known(service: str, code: str) -> None:
    _, method, parameters, _ = next(one for one in RESULTS if one[0] == service)
    with running() as (server, _), pytest.raises(ClientError) as raised:
        getattr(client(service, server, mint_credentials(Canaries())), method)(**parameters)
    assert raised.value.response["Error"]["Code"] == code


def test_the_first_reply_that_fits_a_request_answers_it() -> None:
    replies = (
        Reply(call="ec2.DescribeSubnets", having=("Filter.1.Value.1=vpc-1",), result={"Subnets": [{"SubnetId": "a"}]}),
        Reply(call="ec2.DescribeSubnets", code="InvalidVpcID.NotFound", message="no"),
    )
    with running(AwsConfig(replies=replies)) as (server, keys):
        ec2 = client("ec2", server, keys)
        told = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": ["vpc-1"]}])
        with pytest.raises(ClientError, match=r"InvalidVpcID\.NotFound"):
            ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": ["vpc-2"]}])
    assert told["Subnets"] == [{"SubnetId": "a"}]


def test_a_dry_run_changes_nothing_and_would_have_succeeded() -> None:
    with running() as (server, keys), pytest.raises(ClientError) as raised:
        client("ec2", server, keys).describe_subnets(DryRun=True)
    assert raised.value.response["Error"]["Code"] == "DryRunOperation"


def test_what_no_reply_is_about_succeeds_with_nothing() -> None:
    with running() as (server, keys):
        assert client("ec2", server, keys).describe_subnets()["Subnets"] == []


def test_the_keys_of_an_assumed_role_are_canaries_and_work() -> None:
    with running() as (server, keys):
        told = client("sts", server, keys).assume_role(
            RoleArn="arn:aws:iam::444455556666:role/dns", RoleSessionName="one", DurationSeconds=900
        )
        given = told["Credentials"]
        assert given["SecretAccessKey"] in server._canaries.values()
        again = replace(
            keys,
            access_key_id=given["AccessKeyId"],
            secret_access_key=given["SecretAccessKey"],
            session_token=given["SessionToken"],
        )
        assert client("ec2", server, again).describe_subnets()["Subnets"] == []
    assert told["AssumedRoleUser"]["Arn"] == "arn:aws:sts::444455556666:assumed-role/dns/one"


@pytest.mark.parametrize("route", ["ec2", "ec2.DescribeSubnets", "*"])
def test_a_fault_is_for_a_service_a_call_or_all(route: str) -> None:
    faults = (Fault(kind=FaultKind.CLOSE, route=route),)
    with running(AwsConfig(faults=faults)) as (server, keys):
        with pytest.raises(HTTPClientError):
            client("ec2", server, keys).describe_subnets()
        if route != "*":
            assert client("acm", server, keys).list_certificates()["CertificateSummaryList"] == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(call="ec2.DescribeSubnets", result={"Subnet": []}),
        Reply(call="ec2.DescribeSubnet"),
        Reply(call="sagemaker.ListModels"),
    ],
    ids=["result", "operation", "service"],
)
def test_a_slip_of_a_scenario_is_found_before_anybody_asks(reply: Reply) -> None:
    with pytest.raises(ValueError, match="no such answer to"):
        AwsApiServer(AwsConfig(replies=(reply,)))
