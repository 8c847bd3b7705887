"""Calls of AWS against moto, which neither shares the cut-down models nor the lab's way of writing answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from probe.credentials import Credentials
from probe.evidence import AwsAnswer, AwsEndpoint, Permission
from probe.lab.network import LabNetwork
from probe.secret import Redactor, Secret
from probe.wire.aws import AwsCaller, Told
from probe.wire.deadline import Deadline
from probe.wire.exchange import Answer, Request, exchange
from probe.wire.models import service_model
from tests.oracle.third_party.servers import moto
from tools.third_party import why_not

pytestmark = [pytest.mark.oracle, pytest.mark.xdist_group("third-party")]
ADDRESS = "198.51.100.20"
ACCOUNT = "123456789012"
KEYS = Credentials(access_key_id="ASIAEXAMPLEEXAMPLE00", secret_access_key=Secret("example-secret-key"))

Ask = Callable[..., tuple[AwsAnswer, Told]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    with moto(tmp_path_factory.mktemp("moto")) as port:
        yield asking(port)


def asking(port: int) -> Ask:
    """Return a way to call any service of moto by its own host name."""

    def ask(service: str, operation: str, parameters: Mapping[str, Any] | None = None) -> tuple[AwsAnswer, Told]:
        prefix = service_model(service).endpoint_prefix
        host = f"{prefix}.amazonaws.com" if service == "iam" else f"{prefix}.eu-central-1.amazonaws.com"
        region = "us-east-1" if service == "iam" else "eu-central-1"
        endpoint = AwsEndpoint(service=service, region=region, host=host, port=80, secure=False, host_from="test")
        network = LabNetwork(dial={f"{ADDRESS}:80": str(port)}, names={host: [ADDRESS]})

        def send(request: Request) -> Answer:
            # The first call of a service makes moto import it.
            return exchange(network, replace(request, answer_seconds=60.0), Deadline.after(60))

        caller = AwsCaller(service, endpoint, send, Redactor())
        return caller.call(operation, parameters or {}, KEYS)

    return ask


def test_the_subnets_of_the_default_vpc_are_read(ask: Ask) -> None:
    answer, told = ask("ec2", "DescribeSubnets", {"Filters": [{"Name": "default-for-az", "Values": ["true"]}]})
    assert answer.permission is Permission.ALLOWED
    assert told.result is not None
    subnets = told.result["Subnets"]
    assert {one["AvailabilityZone"] for one in subnets} == {f"eu-central-1{zone}" for zone in "abc"}
    assert all(isinstance(one["AvailableIpAddressCount"], int) for one in subnets)
    assert all(one["VpcId"].startswith("vpc-") and one["State"] == "available" for one in subnets)


def test_a_filter_reaches_the_service(ask: Ask) -> None:
    _, told = ask("ec2", "DescribeSubnets", {"Filters": [{"Name": "vpc-id", "Values": ["vpc-0aaaaaaaaaaaaaaaa"]}]})
    assert told.result is not None
    assert told.result["Subnets"] == []


def test_zones_are_read(ask: Ask) -> None:
    _, told = ask("ec2", "DescribeAvailabilityZones")
    assert told.result is not None
    assert {one["RegionName"] for one in told.result["AvailabilityZones"]} == {"eu-central-1"}


def test_an_instance_that_is_not_there_is_no_permission(ask: Ask) -> None:
    answer, _ = ask("ec2", "DescribeInstances", {"InstanceIds": ["i-0123456789abcdef0"]})
    assert (answer.code, answer.permission) == ("InvalidInstanceID.NotFound", Permission.UNKNOWN)


def test_a_dry_run_is_permitted(ask: Ask) -> None:
    answer, _ = ask("ec2", "DescribeInstances", {"DryRun": True})
    assert (answer.code, answer.permission) == ("DryRunOperation", Permission.ALLOWED)


def test_load_balancers_are_read(ask: Ask) -> None:
    answer, told = ask("elbv2", "DescribeLoadBalancers", {"PageSize": 1})
    assert answer.succeeded
    assert told.result is not None
    assert told.result["LoadBalancers"] == []


def test_a_role_that_is_not_there_is_told_by_the_services_own_code(ask: Ask) -> None:
    answer, told = ask("iam", "GetRole", {"RoleName": "nobody"})
    assert (answer.exchange.status, answer.code, told.result) == (404, "NoSuchEntity", None)


def test_providers_are_read(ask: Ask) -> None:
    answer, told = ask("iam", "ListOpenIDConnectProviders")
    assert answer.succeeded
    assert told.result is not None
    assert told.result["OpenIDConnectProviderList"] == []


@pytest.mark.parametrize(
    ("service", "operation", "member"),
    [
        ("acm", "ListCertificates", "CertificateSummaryList"),
        ("autoscaling", "DescribeAutoScalingGroups", "AutoScalingGroups"),
        ("route53", "ListHostedZones", "HostedZones"),
    ],
)
def test_services_of_every_protocol_are_read(service: str, operation: str, member: str, ask: Ask) -> None:
    answer, told = ask(service, operation)
    assert answer.succeeded
    assert told.result is not None
    assert told.result[member] == []


def test_a_second_role_is_given(ask: Ask) -> None:
    parameters = {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/dns",
        "RoleSessionName": "credential-probe",
        "DurationSeconds": 900,
    }
    answer, told = ask("sts", "AssumeRole", parameters)
    assert answer.succeeded
    assert told.result is not None
    assert told.result["AssumedRoleUser"]["Arn"].endswith(":assumed-role/dns/credential-probe")
    assert told.result["Credentials"]["SecretAccessKey"] not in repr((answer, told))
