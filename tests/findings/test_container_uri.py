"""The URI: whose hosts, which family, and whether it is one at all."""

from dataclasses import replace

import pytest

from probe.evidence import (
    ContainerVariables,
    Ending,
    Outcome,
)
from probe.evidence.container_text import ContainerText
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty
from tests.findings.building import (
    AGENT,
    POD,
    URL,
    VARIABLES,
    keys,
    pod,
    pod_identity,
    refusal,
    step,
)
from tests.findings.container_rules import certainties, failed_connect, found

IPV6 = replace(AGENT, url="http://[fd00:ec2::23]/v1/credentials", host="fd00:ec2::23", host_class="eks-ipv6")


def test_an_ipv6_uri_in_a_pod_without_ipv6_is_a_family_mismatch_and_no_missing_route() -> None:
    connection = failed_connect(Ending.UNREACHABLE, host="fd00:ec2::23")

    assert certainties(pod_identity(container=IPV6, connection=connection)) == {
        "container-family-mismatch": Certainty.CERTAIN
    }


def test_the_family_mismatch_is_only_likely_where_the_pods_addresses_are_unknown() -> None:
    connection = failed_connect(Ending.UNREACHABLE, host="fd00:ec2::23", other_ending=Ending.CONNECTED)
    case = pod_identity(container=IPV6, connection=connection, here=replace(POD, address_families=()))

    assert certainties(case) == {"container-family-mismatch": Certainty.LIKELY}


@pytest.mark.parametrize(
    ("ending", "code"), [(Ending.REFUSED, "agent-refused"), (Ending.CONNECT_TIMEOUT, "agent-unreachable")]
)
def test_a_pod_whose_packets_leave_has_the_family_even_where_its_tables_do_not_show_it(
    ending: Ending, code: str
) -> None:
    here = replace(POD, address_families=("ipv6",))

    assert certainties(pod_identity(connection=failed_connect(ending), here=here)) == {code: Certainty.CERTAIN}


def test_a_missing_route_in_a_family_that_the_pod_has_is_no_mismatch() -> None:
    case = pod_identity(
        container=IPV6,
        connection=failed_connect(Ending.UNREACHABLE, host="fd00:ec2::23"),
        here=replace(POD, address_families=("ipv4", "ipv6")),
    )

    assert "agent-no-route" in found(case)
    assert found(case)["container-family-mismatch"].sdks == ("java-v2",)


def test_java_refuses_the_ipv6_address_until_it_is_told_the_mode() -> None:
    here = replace(POD, address_families=("ipv6",))
    told = {**VARIABLES, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"}

    finding = found(pod_identity(keys(), container=IPV6, here=here))["container-family-mismatch"]

    assert (finding.sdks, finding.severity) == (("java-v2",), Severity.WARNING)
    assert found(pod_identity(keys(), container=IPV6, here=here, variables=told)) == {}


def named(host: str, host_class: str, scheme: str = "http") -> ContainerVariables:
    return replace(AGENT, url=f"{scheme}://{host}/v1/credentials", host=host, host_class=host_class)


def test_an_address_that_no_sdk_accepts_over_http_is_refused_by_all() -> None:
    skipped = step("container.connect", None, Outcome.SKIPPED, reason="no SDK sends anything there")
    case = pod_identity(container=named("192.0.2.7", "other-ip"), connection=None, more=[skipped])

    finding = found(case)["container-host-not-allowed"]

    assert (finding.sdks, finding.certainty) == ((), Certainty.CERTAIN)
    assert "no SDK sends anything there" in finding.evidence


def test_a_name_for_a_helper_on_loopback_is_refused_only_by_those_who_do_not_look_names_up() -> None:
    container = named("helper.local", "name")

    finding = found(pod_identity(keys(), container=container))["container-host-not-allowed"]

    assert (finding.sdks, finding.severity) == (("botocore", "js-v3"), Severity.WARNING)


def test_a_name_for_the_agent_is_refused_by_the_agent_as_well() -> None:
    case = pod_identity(refusal(403, ContainerText.WRONG_HOST), container=named("agent.internal", "name"))

    assert certainties(case) == {"container-host-not-allowed": Certainty.CERTAIN}
    assert found(case)["container-host-not-allowed"].sdks == ()


@pytest.mark.parametrize(
    ("host", "host_class", "scheme"),
    [("localhost", "localhost", "http"), ("127.0.0.1", "loopback", "http"), ("creds.example.com", "name", "https")],
)
def test_hosts_that_every_sdk_accepts_are_no_finding(host: str, host_class: str, scheme: str) -> None:
    assert found(pod_identity(keys(), container=named(host, host_class, scheme))) == {}


def test_a_text_that_is_no_uri_is_named_with_its_variable() -> None:
    container = ContainerVariables(
        full_uri="169.254.170.23", used="full", problem="The URI does not begin with http://."
    )
    case = pod(step("container.variables", container, Outcome.FAIL))

    finding = found(case)["container-uri-invalid"]

    assert finding.summary.startswith("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    assert finding.sdks == ()


def test_an_empty_variable_stops_only_the_sdks_that_count_it_as_set() -> None:
    container = ContainerVariables(full_uri="", used="full", problem="The variable is set and empty.")
    case = pod(step("container.variables", container, Outcome.FAIL))

    assert found(case)["container-uri-invalid"].sdks == ("botocore", "java-v2", "rust")


@pytest.mark.parametrize(("url", "port"), [("https://169.254.170.23/v1/credentials", 443), (f"{URL}", 8080)])
def test_the_agent_on_another_port_or_with_tls_is_a_wrong_uri_and_no_missing_agent(url: str, port: int) -> None:
    case = pod_identity(container=replace(AGENT, url=url, port=port), connection=failed_connect(Ending.REFUSED))

    assert certainties(case) == {"container-uri-invalid": Certainty.CERTAIN}
