"""Endpoints out of reach: needed or not, public or private, and STS only once."""

import pytest

from probe.evidence import (
    Connection,
    Connections,
    Ending,
    Endpoints,
    Handshake,
    Outcome,
    ReachedEndpoint,
    Step,
    Wanted,
)
from probe.findings import endpoints
from probe.findings.catalogue.entry import Severity
from probe.report import Finding
from tests.findings.needs_building import case, found, reached

TIMEOUT = Ending.CONNECT_TIMEOUT


def judged(*those: ReachedEndpoint, before: tuple[Step, ...] = (), controller: str | None = None) -> list[Finding]:
    facts = Endpoints(region="eu-central-1", region_from="AWS_REGION", reached=those)
    wanted = Wanted(controller=controller)
    return found(case("needs.endpoints", facts, before=before, wanted=wanted), endpoints.RULES)


def commands(finding: Finding) -> str:
    return "\n".join(one.command or "" for one in finding.remedies)


def test_endpoints_that_are_reached_are_no_finding() -> None:
    assert judged(reached("ec2"), reached("acm")) == []


def test_a_public_address_that_never_answers_wants_a_vpc_endpoint() -> None:
    (finding,) = judged(reached("ec2"), reached("elasticloadbalancing", TIMEOUT))
    assert (finding.code, finding.certainty) == ("endpoint-unreachable", "certain")
    assert "no VPC endpoint with private DNS is there" in " ".join(finding.evidence)
    assert "--service-name com.amazonaws.eu-central-1.elasticloadbalancing" in commands(finding)


def test_a_private_address_that_never_answers_has_one_that_is_closed() -> None:
    (finding,) = judged(reached("ec2", TIMEOUT, address="10.0.3.17"))
    assert "as of a VPC endpoint" in " ".join(finding.evidence)
    assert "create-vpc-endpoint" not in commands(finding)
    assert "security group" in finding.remedies[0].text


def test_what_a_flag_turns_off_is_a_finding_of_its_own() -> None:
    needed, optional = judged(reached("ec2", TIMEOUT), reached("shield", TIMEOUT, flag="--enable-shield=false"))
    assert "shield" not in needed.summary
    assert "ec2" not in optional.summary
    assert "--set enableShield=false" in commands(optional)
    assert "create-vpc-endpoint" not in commands(optional)


@pytest.mark.parametrize(
    ("controller", "service"),
    [
        ("aws-load-balancer-controller", "acm"),
        ("aws-load-balancer-controller", "sts"),
        ("karpenter", "iam"),
        ("velero", "kms"),
        ("cluster-autoscaler", "eks"),
    ],
)
def test_what_only_some_uses_need_is_a_warning_beside_what_all_need(controller: str, service: str) -> None:
    needed, seldom = judged(reached("needed", TIMEOUT), reached(service, TIMEOUT), controller=controller)
    assert (needed.severity, seldom.severity) == (Severity.ERROR, Severity.WARNING)
    assert service in seldom.summary
    assert "only some uses" in seldom.summary
    assert service not in needed.summary


def test_what_a_flag_may_spare_the_controller_is_a_warning_where_nobody_told_the_flags() -> None:
    (finding,) = judged(reached("route53", TIMEOUT), controller="external-dns")
    assert finding.severity is Severity.WARNING


def test_a_connect_that_had_no_time_is_only_likely() -> None:
    (finding,) = judged(reached("ec2", TIMEOUT, milliseconds=400.0))
    assert finding.certainty == "likely"
    assert finding.becomes_certain_with == "A longer deadline: the connects were given too little time."


@pytest.mark.parametrize("ending", [Ending.NAME_NOT_FOUND, Ending.NAME_LOOKUP_FAILED])
def test_a_name_that_is_not_resolved_points_to_dns(ending: Ending) -> None:
    (finding,) = judged(reached("ec2", ending, address=None))
    assert "DNS" in finding.remedies[-1].text


def test_a_certificate_that_is_not_trusted_is_told_with_its_issuer() -> None:
    shaken = Handshake(host="ec2", ending=Ending.TLS_UNTRUSTED, issuer="EXAMPLE Inspection", error="self-signed")
    (finding,) = judged(reached("ec2", handshake=shaken))
    assert "issued by EXAMPLE Inspection" in " ".join(finding.evidence)
    assert finding.certainty == "likely"
    assert "image trusts" in (finding.becomes_certain_with or "")
    assert "create-vpc-endpoint" not in commands(finding)


def test_a_certificate_that_is_over_is_so_for_everybody() -> None:
    shaken = Handshake(host="ec2", ending=Ending.TLS_UNTRUSTED, issuer="EXAMPLE", error="certificate has expired")
    (finding,) = judged(reached("ec2", handshake=shaken))
    assert finding.certainty == "certain"


def test_sts_that_the_chain_did_not_reach_is_not_told_again() -> None:
    place = Connection(host="sts.eu-central-1.amazonaws.com", port=443, ending=TIMEOUT)
    way = Step(id="web-identity.connect", outcome=Outcome.FAIL, facts=Connections(used=place))
    assert judged(reached("sts", TIMEOUT), before=(way,)) == []
    assert len(judged(reached("sts", TIMEOUT))) == 1
