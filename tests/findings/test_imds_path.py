"""The way to IMDS: how a connect fails, who may be behind it, and endpoints that cannot be used at all."""

from dataclasses import replace

import pytest

from probe.evidence import Connection, Ending, Evidence, ImdsVariables, Route
from probe.findings.catalogue.entry import Severity
from probe.parse.endpoint import UriProblemKind
from probe.report import Certainty, Finding
from tests.findings.imds_building import (
    ADDRESS,
    CONNECTED,
    POD,
    VARIABLES,
    found,
    get,
    imds_steps,
    pod,
    put,
    unanswered,
    verdicts,
)

CERTAIN, LIKELY = Certainty.CERTAIN, Certainty.LIKELY
OVERRIDE, MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"


def failed(ending: Ending, *, attempts: int = 2, error_name: str | None = None) -> Connection:
    return Connection(host=ADDRESS, port=80, address=ADDRESS, ending=ending, attempts=attempts, error_name=error_name)


def only(evidence: Evidence) -> Finding:
    (finding,) = found(evidence).values()
    return finding


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (Ending.REFUSED, "imds-refused"),
        (Ending.CONNECT_TIMEOUT, "imds-blocked"),
    ],
)
def test_a_connect_that_failed_once_is_only_likely(ending: Ending, code: str) -> None:
    assert verdicts(pod(*imds_steps(connection=failed(ending, attempts=1)))) == {code: LIKELY}
    assert verdicts(pod(*imds_steps(connection=failed(ending)))) == {code: CERTAIN}


@pytest.mark.parametrize("name", ["EACCES", "EPERM"])
def test_a_forbidden_connect_is_not_told_as_a_missing_route(name: str) -> None:
    finding = only(pod(*imds_steps(connection=failed(Ending.PROHIBITED, error_name=name))))
    assert finding.code == "imds-no-route"
    assert finding.summary == f"A rule forbids this pod to connect to IMDS ({name})."


def test_who_answered_with_icmp_is_named() -> None:
    route = Route(address=ADDRESS, hops=None, rejected_by="10.0.0.1")
    finding = only(pod(*imds_steps(connection=failed(Ending.REFUSED), route=route)))
    assert any("10.0.0.1" in line for line in finding.evidence)


def test_a_node_that_is_fargates_has_no_imds_for_certain() -> None:
    here = replace(POD, fargate_hints=("node name fargate-ip-10-0-1-23.eu-central-1.compute.internal",))
    evidence = pod(*imds_steps(connection=failed(Ending.CONNECT_TIMEOUT)), here=here)
    assert verdicts(evidence) == {"imds-absent-fargate": CERTAIN}


def test_another_hint_of_fargate_is_only_likely() -> None:
    here = replace(POD, node=None, fargate_hints=("AWS_EXECUTION_ENV",))
    evidence = pod(*imds_steps(connection=failed(Ending.CONNECT_TIMEOUT)), here=here)
    assert verdicts(evidence) == {"imds-absent-fargate": LIKELY}


def test_a_refusal_on_fargate_is_not_the_absence_of_imds() -> None:
    here = replace(POD, fargate_hints=("AWS_EXECUTION_ENV",))
    assert verdicts(pod(*imds_steps(connection=failed(Ending.REFUSED)), here=here)) == {"imds-refused": CERTAIN}


def test_the_ipv6_endpoint_is_off_by_default() -> None:
    six = ImdsVariables(endpoint="http://[fd00:ec2::254]", host="fd00:ec2::254")
    finding = only(pod(*imds_steps(connection=failed(Ending.CONNECT_TIMEOUT), variables=six)))
    assert (finding.code, finding.certainty) == ("imds-blocked", CERTAIN)
    assert "IPv6 endpoint is off unless switched on" in finding.summary


def test_a_pod_with_ipv6_alone_is_told_of_the_endpoint_mode() -> None:
    here = replace(POD, address_families=("ipv6",))
    connection = failed(Ending.UNREACHABLE, error_name="ENETUNREACH")
    finding = only(pod(*imds_steps(connection=connection), here=here))
    assert finding.remedies[0].command == "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6"


@pytest.mark.parametrize("name", ["EHOSTUNREACH", "EADDRNOTAVAIL"])
def test_an_error_that_a_rule_can_cause_as_well_is_not_called_a_missing_route(name: str) -> None:
    assert "no route" not in only(pod(*imds_steps(connection=failed(Ending.UNREACHABLE, error_name=name)))).summary


def test_a_router_that_says_the_network_is_unreachable_is_not_a_missing_route_of_the_pod() -> None:
    route = Route(address=ADDRESS, hops=None, rejected_by="10.0.0.1")
    connection = failed(Ending.UNREACHABLE, error_name="ENETUNREACH")
    assert "no route" not in only(pod(*imds_steps(connection=connection, route=route))).summary


def test_a_refusal_is_not_blamed_on_the_node_where_a_sidecar_or_another_network_refuses() -> None:
    summary = only(pod(*imds_steps(connection=failed(Ending.REFUSED)))).summary
    assert "on the node" not in summary
    assert "or this is no EC2 instance" in summary


def test_nobody_at_an_overridden_endpoint_says_nothing_of_the_node() -> None:
    mock = ImdsVariables(endpoint="http://127.0.0.1:1338", host="127.0.0.1", port=1338, named_by=OVERRIDE)
    finding = only(pod(*imds_steps(connection=failed(Ending.REFUSED), variables=mock)))
    assert finding.code == "imds-refused"
    assert finding.summary == f"Nobody listens at the IMDS endpoint http://127.0.0.1:1338 (set by {OVERRIDE})."
    assert "iptables" not in " ".join(remedy.command or "" for remedy in finding.remedies)


def test_of_an_overridden_endpoint_elsewhere_nobody_knows_who_refuses() -> None:
    proxy = ImdsVariables(endpoint="http://10.0.9.9:1338", host="10.0.9.9", port=1338, named_by=OVERRIDE)
    finding = only(pod(*imds_steps(connection=failed(Ending.REFUSED), variables=proxy)))
    assert finding.summary.startswith("The connection is refused at the IMDS endpoint")


def test_a_connect_that_succeeded_is_no_finding_of_the_path() -> None:
    assert verdicts(pod(*imds_steps(connection=CONNECTED))) == {}


@pytest.mark.parametrize(
    ("ending", "certainty"),
    [
        (Ending.NAME_NOT_FOUND, CERTAIN),
        (Ending.NAME_LOOKUP_FAILED, LIKELY),
        (Ending.NAME_LOOKUP_TIMEOUT, LIKELY),
    ],
)
def test_an_overrides_host_that_cannot_be_looked_up(ending: Ending, certainty: Certainty) -> None:
    named = ImdsVariables(endpoint="http://imds.example", host="imds.example", named_by=OVERRIDE)
    connection = Connection(host="imds.example", port=80, ending=ending)
    assert verdicts(pod(*imds_steps(connection=connection, variables=named))) == {"imds-endpoint-invalid": certainty}


def broken(kind: UriProblemKind, named_by: str = OVERRIDE) -> ImdsVariables:
    return ImdsVariables(endpoint="", host="", port=0, problem="It is wrong.", problem_kind=kind, named_by=named_by)


def test_a_malformed_endpoint_is_a_finding_with_the_variables_name() -> None:
    evidence = pod(*imds_steps(connection=None, variables=broken(UriProblemKind.NO_SCHEME)))
    finding = only(evidence)
    assert (finding.code, finding.certainty) == ("imds-endpoint-invalid", CERTAIN)
    assert finding.summary == f"{OVERRIDE} cannot be used, and botocore then uses no source at all: It is wrong."
    assert finding.sdks == ("botocore",)


def test_a_port_that_cannot_be_is_nothing_that_botocore_minds() -> None:
    finding = only(pod(*imds_steps(connection=None, variables=broken(UriProblemKind.BAD_PORT))))
    assert finding.sdks == ()
    assert "no SDK reaches IMDS so" in finding.summary


def test_a_mode_that_nobody_knows_is_an_error_of_whatever_source_is_expected() -> None:
    variables = broken(UriProblemKind.BAD_MODE, MODE)
    finding = only(pod(*imds_steps(connection=None, variables=variables), wanted="web-identity"))
    assert (finding.source, finding.sdks) == ("web-identity", ("botocore", "go-v2"))


def test_a_malformed_endpoint_stays_a_matter_of_imds() -> None:
    variables = broken(UriProblemKind.QUOTED)
    finding = only(pod(*imds_steps(connection=None, variables=variables), wanted="web-identity"))
    assert finding.source == "imds"


def test_a_mode_that_is_set_and_empty_stops_botocore() -> None:
    finding = only(pod(*imds_steps(connection=None), wanted="web-identity", variables={MODE: ""}))
    assert (finding.code, finding.severity, finding.sdks) == ("imds-endpoint-invalid", Severity.WARNING, ("botocore",))


def test_a_mode_in_lower_case_is_a_warning_for_javascript_where_imds_is_expected() -> None:
    variables = replace(VARIABLES, mode_misspelled=True)
    finding = only(pod(*imds_steps(connection=None, variables=variables), wanted="imds", variables={MODE: "ipv4"}))
    assert (finding.code, finding.severity, finding.sdks) == ("imds-endpoint-invalid", Severity.WARNING, ("js-v3",))
    assert verdicts(pod(*imds_steps(connection=None, variables=variables), wanted="container")) == {}


SECURE = ImdsVariables(endpoint="https://169.254.169.254", host=ADDRESS, port=443, named_by=OVERRIDE)


def test_an_https_endpoint_that_refuses_is_the_override_and_not_the_node() -> None:
    evidence = pod(*imds_steps(connection=failed(Ending.REFUSED), variables=SECURE))
    assert verdicts(evidence) == {"imds-endpoint-invalid": LIKELY}


def test_an_https_endpoint_whose_handshake_fails_is_the_override() -> None:
    puts, gets = (unanswered("PUT", Ending.TLS_FAILED),) * 2, (unanswered("GET", Ending.TLS_FAILED),) * 2
    evidence = pod(*imds_steps(puts=puts, gets=gets, variables=SECURE))
    assert verdicts(evidence) == {"imds-endpoint-invalid": LIKELY}


def test_an_https_endpoint_that_answers_is_no_finding() -> None:
    evidence = pod(*imds_steps(puts=(put(200),), gets=(get(401),), token=True, variables=SECURE))
    assert verdicts(evidence) == {}
