"""The rules about the way to STS: name, address, proxy, and the endpoint that older SDKs take."""

from dataclasses import replace

import pytest

from probe.evidence import Connection, Connections, Ending, Handshake, NameLookup, NameLookups, StsAnswer, Wanted
from probe.findings import sts
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding
from tests.findings.building import POD, judged, pod
from tests.findings.building import VARIABLES as CONTAINER_VARIABLES
from tests.findings.sts_building import (
    EVERYWHERE,
    FOUND,
    FOUND_GLOBAL,
    GLOBAL,
    HOST,
    OPEN,
    OPEN_GLOBAL,
    REGIONAL,
    VARIABLES,
    Irsa,
    healthy,
    keys_in_environment,
    silent,
)

PROXY = "http://proxy.example.com:3128"
TO_PROXY = Connection(
    host="proxy.example.com", port=3128, address="192.0.2.80", ending=Ending.CONNECTED, via_proxy=PROXY, milliseconds=1
)
UNSAID: dict[str, str] = {"AWS_REGION": "eu-central-1"}


def found(irsa: Irsa, variables: dict[str, str] | None = None) -> dict[str, Finding]:
    return judged(pod(*irsa.steps(), variables=UNSAID if variables is None else variables), sts.RULES)


def failed_lookup(ending: Ending, name: str | None = None, host: str = HOST) -> NameLookup:
    return NameLookup(host=host, error=ending, error_name=name, milliseconds=1.0)


def unnamed(ending: Ending, *, other: NameLookup | None = None, seconds: float = 0.01) -> dict[str, Finding]:
    lookup = failed_lookup(ending, "EAI_AGAIN" if ending is Ending.NAME_LOOKUP_FAILED else None)
    broken = Connection(host=HOST, port=443, ending=ending)
    return found(
        Irsa(
            lookups=NameLookups(used=lookup, other=other),
            connections=Connections(used=broken),
            handshake=None,
            seconds=seconds,
        )
    )


def reached(
    used: Connection, other: Connection | None = None, variables: dict[str, str] | None = None
) -> dict[str, Finding]:
    return found(Irsa(connections=Connections(used=used, other=other), handshake=None), variables)


def gone(
    ending: Ending, *, address: str = "198.51.100.10", milliseconds: float = 3200.0, host: str = HOST
) -> Connection:
    return Connection(host=host, port=443, address=address, ending=ending, milliseconds=milliseconds)


def test_a_way_that_is_open_is_no_finding() -> None:
    assert found(healthy()) == {}


def test_a_name_that_does_not_exist_is_told_from_dns_that_does_not_work() -> None:
    missing = unnamed(Ending.NAME_NOT_FOUND, other=FOUND_GLOBAL)["sts-dns-failed"]
    broken = unnamed(Ending.NAME_LOOKUP_FAILED, other=failed_lookup(Ending.NAME_LOOKUP_FAILED, host=GLOBAL))
    assert missing.certainty is broken["sts-dns-failed"].certainty is Certainty.CERTAIN
    assert any("DNS works" in line for line in missing.evidence)
    assert not any("DNS works" in line for line in broken["sts-dns-failed"].evidence)
    assert "EAI_AGAIN" in broken["sts-dns-failed"].summary


def test_dns_that_was_given_its_time_is_certainly_silent_and_dns_that_was_not_only_likely() -> None:
    assert unnamed(Ending.NAME_LOOKUP_TIMEOUT, seconds=6.5)["sts-dns-failed"].certainty is Certainty.CERTAIN
    assert unnamed(Ending.NAME_LOOKUP_TIMEOUT, seconds=1.0)["sts-dns-failed"].certainty is Certainty.LIKELY


def test_a_name_that_fails_is_not_called_unreachable_as_well() -> None:
    assert set(unnamed(Ending.NAME_NOT_FOUND)) == {"sts-dns-failed"}


def test_a_name_that_a_proxy_looks_up_need_not_resolve_here() -> None:
    lookups = NameLookups(used=failed_lookup(Ending.NAME_NOT_FOUND))
    assert found(replace(healthy(), lookups=lookups, connections=Connections(used=TO_PROXY))) == {}


def test_a_region_that_makes_no_name_is_likely_what_fails_in_the_sdks() -> None:
    endpoint = replace(REGIONAL, region_problem="AWS_REGION: The region is empty.", region_from="the token's issuer")
    finding = found(replace(healthy(), variables=replace(VARIABLES, endpoint=endpoint)))["sts-dns-failed"]
    assert finding.certainty is Certainty.LIKELY
    assert "AWS_REGION" in finding.summary


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (Ending.CONNECT_TIMEOUT, "gets no answer"),
        (Ending.REFUSED, "is refused"),
        (Ending.UNREACHABLE, "has no route"),
        (Ending.PROHIBITED, "is forbidden"),
    ],
)
def test_how_a_connect_fails_is_certain(ending: Ending, words: str) -> None:
    finding = reached(gone(ending))["sts-unreachable"]
    assert finding.certainty is Certainty.CERTAIN
    assert words in finding.summary


def test_a_pod_without_ipv4_is_told_that_the_address_is_of_a_family_that_it_lacks() -> None:
    irsa = Irsa(connections=Connections(used=gone(Ending.UNREACHABLE)), handshake=None)
    case = pod(*irsa.steps(), here=replace(POD, address_families=("ipv6",)))
    finding = judged(case, sts.RULES)["sts-unreachable"]
    assert any("no address of that family (IPv4)" in line for line in finding.evidence)


def test_a_connect_that_was_cut_short_is_only_likely_unreachable() -> None:
    assert reached(gone(Ending.CONNECT_TIMEOUT, milliseconds=400))["sts-unreachable"].certainty is Certainty.LIKELY


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.0.3.25", True),
        ("100.64.7.7", True),
        ("fd12:3456::1", True),
        ("198.51.100.10", False),
        ("2600:9000::1", False),
    ],
)
def test_the_kind_of_address_decides_between_endpoint_and_way_out(address: str, private: bool) -> None:
    finding = reached(gone(Ending.CONNECT_TIMEOUT, address=address))["sts-unreachable"]
    commands = " ".join(remedy.command or "" for remedy in finding.remedies)
    assert ("authorize-security-group-ingress" in commands) is private
    assert ("create-vpc-endpoint" in commands) is not private


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "240.240.0.7", "198.18.0.4", "::"])
def test_an_address_that_no_server_of_aws_has_shows_a_dns_that_answers_by_itself(address: str) -> None:
    finding = reached(gone(Ending.REFUSED, address=address))["sts-unreachable"]
    assert any("an answer of its own" in line for line in finding.evidence)
    assert not any("create-vpc-endpoint" in (remedy.command or "") for remedy in finding.remedies)


def test_a_private_address_may_be_that_of_a_wildcard_and_not_of_a_vpc_endpoint() -> None:
    finding = reached(gone(Ending.CONNECT_TIMEOUT, address="10.0.3.25"))["sts-unreachable"]
    assert any("or a server that another name of this DNS leads to" in line for line in finding.evidence)


@pytest.mark.parametrize("name", ["EAI_NODATA", "EAI_ADDRFAMILY"])
def test_a_name_without_an_address_for_this_pod_need_not_be_missing(name: str) -> None:
    lookup = replace(failed_lookup(Ending.NAME_NOT_FOUND), error_name=name)
    finding = found(Irsa(lookups=NameLookups(used=lookup), connections=None, handshake=None))["sts-dns-failed"]
    assert "has no address that this pod could use" in finding.summary


def test_the_remedy_names_the_endpoint_service_of_the_region_in_china_too() -> None:
    china = replace(REGIONAL, region="cn-north-1", host="sts.cn-north-1.amazonaws.com.cn")
    irsa = Irsa(
        variables=replace(VARIABLES, endpoint=china, role_arn="arn:aws-cn:iam::111122223333:role/a"),
        connections=Connections(used=gone(Ending.CONNECT_TIMEOUT)),
        handshake=None,
    )
    commands = " ".join(remedy.command or "" for remedy in found(irsa)["sts-unreachable"].remedies)
    assert "cn.com.amazonaws.cn-north-1.sts" in commands


def test_an_overridden_host_that_fails_is_told_to_be_mended_and_not_given_an_endpoint() -> None:
    chosen = replace(REGIONAL, host="sts.internal.example", host_from="AWS_ENDPOINT_URL_STS")
    lookup = NameLookup(host="sts.internal.example", error=Ending.NAME_NOT_FOUND, error_name="EAI_NONAME")
    lost = Connection(host="sts.internal.example", port=443, address="10.1.1.1", ending=Ending.REFUSED)
    variables = replace(VARIABLES, endpoint=chosen)
    unnamed = Irsa(
        variables=variables,
        lookups=NameLookups(used=lookup),
        connections=Connections(used=replace(lost, ending=Ending.NAME_NOT_FOUND)),
        handshake=None,
    )
    refused = Irsa(variables=variables, connections=Connections(used=lost), handshake=None)
    for irsa, code in ((unnamed, "sts-dns-failed"), (refused, "sts-unreachable")):
        remedies = found(irsa)[code].remedies
        assert "AWS_ENDPOINT_URL_STS sends STS calls to sts.internal.example" in remedies[0].text
        assert not any("vpc-endpoint" in (remedy.command or "") for remedy in remedies)


def global_in_use(used: Ending, other: Ending) -> dict[str, Finding]:
    regional = replace(OPEN, ending=other)
    irsa = Irsa(
        variables=replace(VARIABLES, endpoint=EVERYWHERE),
        lookups=NameLookups(used=FOUND_GLOBAL, other=FOUND),
        connections=Connections(used=gone(used, host=GLOBAL), other=regional),
        handshake=None,
    )
    return found(irsa, {**UNSAID, "AWS_STS_REGIONAL_ENDPOINTS": "legacy"})


def test_a_global_endpoint_in_use_that_alone_is_out_of_reach_is_certain_and_replaces_unreachable() -> None:
    findings = global_in_use(Ending.CONNECT_TIMEOUT, Ending.CONNECTED)
    assert set(findings) == {"sts-global-endpoint-unreachable"}
    finding = findings["sts-global-endpoint-unreachable"]
    assert (finding.certainty, finding.severity) == (Certainty.CERTAIN, Severity.ERROR)
    assert any("AWS_REGION=eu-central-1" in (remedy.command or "") for remedy in finding.remedies)


def test_a_global_endpoint_whose_regional_one_is_gone_too_is_plainly_unreachable() -> None:
    assert set(global_in_use(Ending.CONNECT_TIMEOUT, Ending.CONNECT_TIMEOUT)) == {"sts-unreachable"}


LOST = gone(Ending.CONNECT_TIMEOUT, host=GLOBAL, address="198.51.100.11")


def test_a_global_endpoint_that_only_older_sdks_would_use_is_a_likely_warning_that_names_them() -> None:
    irsa = replace(healthy(), connections=Connections(used=OPEN, other=LOST))
    finding = found(irsa)["sts-global-endpoint-unreachable"]
    assert (finding.certainty, finding.severity) == (Certainty.LIKELY, Severity.WARNING)
    assert finding.sdks == ("go-v1", "botocore")


@pytest.mark.parametrize("told", ["regional", "legacy"])
def test_a_global_endpoint_that_nobody_can_end_at_is_no_finding(told: str) -> None:
    irsa = replace(healthy(), connections=Connections(used=OPEN, other=LOST))
    assert found(irsa, {**UNSAID, "AWS_STS_REGIONAL_ENDPOINTS": told}) == {}


def test_a_newer_region_never_falls_back_to_the_global_endpoint() -> None:
    zurich = replace(REGIONAL, region="eu-central-2", host="sts.eu-central-2.amazonaws.com")
    irsa = replace(
        healthy(), variables=replace(VARIABLES, endpoint=zurich), connections=Connections(used=OPEN, other=LOST)
    )
    assert found(irsa) == {}


def through(used: Connection, direct: Ending, shaken: Handshake | None = None) -> dict[str, Finding]:
    connections = Connections(used=used, direct=replace(OPEN, ending=direct))
    return found(Irsa(connections=connections, handshake=shaken), {**UNSAID, "NO_PROXY": ".svc"})


REFUSES = Handshake(host=HOST, ending=Ending.PROXY_FAILED, error="the proxy answers CONNECT with status 403 Forbidden")


def test_a_proxy_that_refuses_the_tunnel_is_certain_and_is_gone_around_where_direct_works() -> None:
    findings = through(TO_PROXY, Ending.CONNECTED, REFUSES)
    assert set(findings) == {"sts-proxy-failed"}
    finding = findings["sts-proxy-failed"]
    assert finding.certainty is Certainty.CERTAIN
    assert f"NO_PROXY=.svc,{HOST}" in (finding.remedies[0].command or "")


def test_of_the_direct_way_nothing_is_said_where_it_was_not_tried() -> None:
    finding = found(Irsa(connections=Connections(used=TO_PROXY), handshake=REFUSES))["sts-proxy-failed"]
    assert not any(line.startswith("directly") for line in finding.evidence)


def test_a_proxy_that_is_the_only_way_out_has_to_be_opened_first() -> None:
    finding = through(TO_PROXY, Ending.CONNECT_TIMEOUT, REFUSES)["sts-proxy-failed"]
    assert finding.remedies[0].command is None
    assert any("cannot be reached either" in line for line in finding.evidence)


def test_a_proxy_that_cannot_be_reached_is_not_called_an_unreachable_sts() -> None:
    findings = through(replace(TO_PROXY, ending=Ending.REFUSED), Ending.CONNECTED)
    assert set(findings) == {"sts-proxy-failed"}


def test_a_proxy_url_that_the_probe_cannot_use_is_never_certain() -> None:
    unusable = replace(TO_PROXY, port=0, address=None, ending=Ending.PROXY_FAILED)
    assert through(unusable, Ending.CONNECTED)["sts-proxy-failed"].certainty is Certainty.LIKELY


def test_a_proxy_that_works_is_no_finding() -> None:
    irsa = replace(healthy(), connections=Connections(used=TO_PROXY, direct=gone(Ending.CONNECT_TIMEOUT)))
    assert found(irsa) == {}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (silent(Ending.NAME_NOT_FOUND), "sts-dns-failed"),
        (silent(Ending.CONNECT_TIMEOUT), "sts-unreachable"),
        (silent(Ending.TLS_UNTRUSTED), "sts-tls-failed"),
        (silent(Ending.PROXY_FAILED), "sts-proxy-failed"),
    ],
)
def test_keys_from_elsewhere_whose_question_finds_no_way_cost_a_warning_only(answer: StsAnswer, code: str) -> None:
    nowhere = replace(answer, exchange=replace(answer.exchange, phases=replace(answer.exchange.phases, connected=None)))
    case = pod(*keys_in_environment(nowhere, seconds=3.2), variables=CONTAINER_VARIABLES)
    findings = judged(case, sts.RULES)
    assert set(findings) == {code}
    assert findings[code].severity is Severity.WARNING
    assert findings[code].source == "environment"


def test_the_same_broken_way_is_told_once_however_many_sources_met_it() -> None:
    irsa = Irsa(connections=Connections(used=gone(Ending.REFUSED)), handshake=None)
    nowhere = silent(Ending.REFUSED)
    nowhere = replace(
        nowhere, exchange=replace(nowhere.exchange, phases=replace(nowhere.exchange.phases, connected=None))
    )
    case = pod(*irsa.steps(), *keys_in_environment(nowhere), variables=UNSAID)
    assert set(judged(case, sts.RULES)) == {"sts-unreachable"}


def test_what_the_user_expects_does_not_change_what_happened_on_the_wire() -> None:
    case = pod(*healthy().steps(), variables=UNSAID)
    expecting = Case(replace(case.evidence, wanted=Wanted(source="imds")))
    assert judged(expecting, sts.RULES) == {}


def test_the_other_endpoint_may_be_slow_or_gone_while_the_used_one_works() -> None:
    irsa = replace(healthy(), connections=Connections(used=OPEN, other=replace(OPEN_GLOBAL, ending=Ending.REFUSED)))
    assert found(irsa, {**UNSAID, "AWS_STS_REGIONAL_ENDPOINTS": "regional"}) == {}
