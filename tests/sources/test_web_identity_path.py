"""The way to STS: which endpoint, which proxy, which certificates, and what each step leaves behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from probe.evidence import (
    Connections,
    Ending,
    Handshakes,
    NameLookups,
    Outcome,
    StsAnswers,
    StsEndpoint,
    WebIdentityVariables,
)
from probe.lab.servers import ForwardProxy, ProxyConfig, StsConfig, StsServer, refusing_port
from probe.sources.sts_path import other_endpoint, sts_endpoint
from tests.sources.irsa_world import GLOBAL, PATH, REGIONAL, Cluster, Walked, cluster

PASSWORD = "correct-horse-battery"


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(tmp_path) as made:
        yield made


@pytest.fixture
def nowhere() -> Iterator[str]:
    """A port where connects are refused."""
    with refusing_port() as port:
        yield str(port)


def endpoint(pod: Cluster, **variables: str) -> StsEndpoint:
    """Return the endpoint of a pod with these variables alone; a name without a value is taken away."""
    pod.environment = {"AWS_ROLE_ARN": "x", "AWS_WEB_IDENTITY_TOKEN_FILE": PATH, **variables}
    return sts_endpoint(pod.walk())


@pytest.mark.parametrize(
    ("variables", "host", "host_from", "region_from"),
    [
        ({"AWS_REGION": "eu-west-1"}, "sts.eu-west-1.amazonaws.com", "regional", "AWS_REGION"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "sts.eu-west-1.amazonaws.com", "regional", "AWS_DEFAULT_REGION"),
        ({"AWS_REGION": "cn-north-1"}, "sts.cn-north-1.amazonaws.com.cn", "regional", "AWS_REGION"),
        ({}, REGIONAL, "regional", "the token's issuer"),
        (
            {"AWS_REGION": "eu-west-1", "AWS_STS_REGIONAL_ENDPOINTS": "legacy"},
            GLOBAL,
            "global",
            "AWS_REGION",
        ),
        (
            {"AWS_REGION": "eu-central-2", "AWS_STS_REGIONAL_ENDPOINTS": "legacy"},
            "sts.eu-central-2.amazonaws.com",
            "regional",
            "AWS_REGION",
        ),
        (
            {"AWS_REGION": "eu-west-1", "AWS_USE_FIPS_ENDPOINT": "true"},
            "sts-fips.eu-west-1.amazonaws.com",
            "regional",
            "AWS_REGION",
        ),
        (
            {"AWS_REGION": "eu-west-1", "AWS_USE_DUALSTACK_ENDPOINT": "true"},
            "sts.eu-west-1.api.aws",
            "regional",
            "AWS_REGION",
        ),
        ({"AWS_REGION": "xx-new-1"}, "sts.xx-new-1.amazonaws.com", "regional", "AWS_REGION"),
        (
            {"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL_STS": "https://sts.internal.example:8443"},
            "sts.internal.example",
            "AWS_ENDPOINT_URL_STS",
            "AWS_REGION",
        ),
        (
            {
                "AWS_REGION": "eu-west-1",
                "AWS_ENDPOINT_URL": "https://all.example",
                "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
            },
            "sts.eu-west-1.amazonaws.com",
            "regional",
            "AWS_REGION",
        ),
    ],
)
def test_the_endpoint_is_the_one_that_the_sdks_would_use_and_says_who_decides(
    pod: Cluster, variables: dict[str, str], host: str, host_from: str, region_from: str
) -> None:
    found = endpoint(pod, **variables)
    assert (found.host, found.host_from, found.region_from) == (host, host_from, region_from)


def test_a_pod_that_knows_no_region_at_all_takes_the_global_endpoint(pod: Cluster) -> None:
    (pod.root / PATH.lstrip("/")).unlink()
    found = endpoint(pod)
    assert (found.host, found.region, found.region_from) == (GLOBAL, "us-east-1", "default")


def test_a_region_that_is_none_is_told_and_the_walk_goes_on_elsewhere(pod: Cluster) -> None:
    found = endpoint(pod, AWS_REGION=" eu-west-1")
    assert found.region_problem
    assert found.region_problem.startswith("AWS_REGION: ")
    assert (found.host, found.region_from) == (REGIONAL, "the token's issuer")


def test_an_override_that_is_no_url_is_told_and_the_ordinary_endpoint_is_taken(pod: Cluster) -> None:
    found = endpoint(pod, AWS_REGION="eu-west-1", AWS_ENDPOINT_URL_STS="sts.internal.example")
    assert found.override_problem
    assert found.override_problem.startswith("AWS_ENDPOINT_URL_STS: ")
    assert found.host == "sts.eu-west-1.amazonaws.com"


def test_the_profile_decides_where_no_variable_does(pod: Cluster) -> None:
    pod.write("/aws/config", "[default]\nregion = eu-west-3\nsts_regional_endpoints = legacy\n")
    found = endpoint(pod, AWS_CONFIG_FILE="/aws/config")
    assert (found.host, found.meant_region, found.region_from) == (GLOBAL, "eu-west-3", "the profile")


def test_the_other_endpoint_of_a_regional_one_is_the_global_one_and_back(pod: Cluster) -> None:
    regional = endpoint(pod, AWS_REGION="eu-west-1")
    everywhere = other_endpoint(regional)
    assert everywhere
    assert (everywhere.host, everywhere.region) == (GLOBAL, "us-east-1")
    back = other_endpoint(everywhere)
    assert back
    assert (back.host, back.region) == ("sts.eu-west-1.amazonaws.com", "eu-west-1")


def test_there_is_no_other_endpoint_in_china_or_behind_an_override(pod: Cluster) -> None:
    assert other_endpoint(endpoint(pod, AWS_REGION="cn-north-1")) is None
    override = endpoint(pod, AWS_REGION="eu-west-1", AWS_ENDPOINT_URL_STS="https://sts.internal.example")
    assert other_endpoint(override) is None


def test_both_endpoints_are_tried_and_only_the_used_one_counts(pod: Cluster, nowhere: str) -> None:
    pod.dial["198.51.100.11:443"] = nowhere
    walked = pod.walked()
    connections = walked.facts("connect", Connections)
    assert connections.other is not None
    assert (connections.used.ending, connections.other.ending) == (Ending.CONNECTED, Ending.REFUSED)
    assert walked.outcome("connect") is Outcome.OK
    assert walked.outcome("identity.web-identity") is Outcome.OK


def test_a_name_that_fails_is_not_asked_for_again_and_nothing_behind_it_is_tried(pod: Cluster) -> None:
    pod.names[REGIONAL] = "nxdomain"
    walked = pod.walked()
    assert walked.facts("dns", NameLookups).used.error is Ending.NAME_NOT_FOUND
    connections = walked.facts("connect", Connections)
    assert connections.used.ending is Ending.NAME_NOT_FOUND
    assert connections.other is not None
    assert connections.other.ending is Ending.CONNECTED
    assert (walked.outcome("tls"), walked.step("assume-role").reason) == (Outcome.SKIPPED, "no connection to STS")


def test_a_refused_connection_ends_the_way(pod: Cluster, nowhere: str) -> None:
    pod.dial["198.51.100.10:443"] = nowhere
    walked = pod.walked()
    assert walked.outcome("connect") is Outcome.FAIL
    assert walked.outcome("tls") is walked.outcome("assume-role") is Outcome.SKIPPED


def test_a_certificate_that_is_not_trusted_keeps_the_token_here(pod: Cluster) -> None:
    with StsServer(StsConfig(), tls=pod.authority.interception_context(REGIONAL)) as interceptor:
        pod.dial["198.51.100.10:443"] = str(interceptor.port)
        walked = pod.walked()
    assert walked.outcome("tls") is Outcome.FAIL
    assert walked.facts("tls", Handshakes).used.issuer == "EXAMPLE Corporate TLS Inspection CA"
    assert walked.step("assume-role").reason == "no TLS with STS"
    assert interceptor.requests == []


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_bundle_of_the_pod_is_trusted_in_the_place_of_the_default(pod: Cluster, variable: str) -> None:
    pod.environment[variable] = "/etc/ssl/corporate.pem"
    pod.write("/etc/ssl/corporate.pem", pod.authority.inspection_ca_pem_path.read_bytes())
    with StsServer(StsConfig(), tls=pod.authority.interception_context(REGIONAL)) as interceptor:
        pod.dial["198.51.100.10:443"] = str(interceptor.port)
        used = pod.walked().facts("tls", Handshakes).used
    assert (used.ending, used.roots, used.roots_problem) == (Ending.CONNECTED, variable, None)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "the file is missing"), (b"no certificate", "the file holds no certificate that can be read")],
)
def test_a_bundle_that_cannot_be_used_trusts_nobody_and_says_why(
    pod: Cluster, content: bytes | None, problem: str
) -> None:
    pod.environment["AWS_CA_BUNDLE"] = "/etc/ssl/corporate.pem"
    if content is not None:
        pod.write("/etc/ssl/corporate.pem", content)
    used = pod.walked().facts("tls", Handshakes).used
    assert (used.ending, used.roots, used.roots_problem) == (Ending.TLS_UNTRUSTED, "AWS_CA_BUNDLE", problem)


def proxied(pod: Cluster, config: ProxyConfig, url: str = "http://proxy.example.com:3128", **variables: str) -> Walked:
    """Walk with a proxy that knows the way to both endpoints, in a pod that does not."""
    ports = {f"{REGIONAL}:443": pod.server.port, f"{GLOBAL}:443": pod.everywhere.port}
    with ForwardProxy(ProxyConfig(mode=config.mode, targets=ports)) as proxy, refusing_port() as nowhere:
        pod.environment |= {"HTTPS_PROXY": url, **variables}
        pod.names |= {"proxy.example.com": ["192.0.2.80"]}
        pod.dial |= {"192.0.2.80:3128": str(proxy.port)}
        pod.dial |= {f"{address}:443": str(nowhere) for address in ("198.51.100.10", "198.51.100.11")}
        return pod.walked()


def test_a_proxy_leads_to_sts_and_every_step_says_so(pod: Cluster) -> None:
    walked = proxied(pod, ProxyConfig())
    connections = walked.facts("connect", Connections)
    assert connections.used.via_proxy == "http://proxy.example.com:3128"
    assert connections.direct is not None
    assert connections.direct.ending is Ending.REFUSED
    assert walked.facts("tls", Handshakes).used.via_proxy == "http://proxy.example.com:3128"
    assert walked.facts("assume-role", StsAnswers).first.exchange.via_proxy == "http://proxy.example.com:3128"
    assert walked.outcome("identity.web-identity") is Outcome.OK


def test_behind_a_proxy_the_other_endpoint_is_not_tried_because_only_the_proxy_would_answer(pod: Cluster) -> None:
    assert proxied(pod, ProxyConfig()).facts("connect", Connections).other is None


def test_a_name_that_only_the_proxy_resolves_is_a_warning(pod: Cluster) -> None:
    pod.names[REGIONAL] = "nxdomain"
    walked = proxied(pod, ProxyConfig())
    assert walked.outcome("dns") is Outcome.WARN
    assert walked.outcome("assume-role") is Outcome.OK


def test_a_proxy_that_refuses_the_tunnel_is_seen_at_the_handshake(pod: Cluster) -> None:
    walked = proxied(pod, ProxyConfig(mode="refuses"))
    used = walked.facts("tls", Handshakes).used
    assert used.ending is Ending.PROXY_FAILED
    assert used.error == "the proxy answers CONNECT with status 403 Forbidden"
    assert walked.outcome("assume-role") is Outcome.SKIPPED


def test_no_proxy_takes_sts_out_of_the_proxy(pod: Cluster) -> None:
    walked = proxied(pod, ProxyConfig(mode="refuses"), NO_PROXY=f"169.254.169.254,{REGIONAL}")
    connections = walked.facts("connect", Connections)
    assert (connections.used.via_proxy, connections.used.ending) == (None, Ending.REFUSED)


@pytest.mark.parametrize(
    "url", [f"http://svc:{PASSWORD}@proxy.example.com:3128", f"svc:{PASSWORD}@proxy.example.com:3128"]
)
def test_the_login_of_a_proxy_is_in_no_evidence(pod: Cluster, url: str) -> None:
    walked = proxied(pod, ProxyConfig(mode="auth"), url=url)
    assert walked.outcome("tls") is Outcome.FAIL
    assert PASSWORD not in repr(walked.evidence)


@pytest.mark.parametrize("url", ["socks5://proxy.example.com:1080", "http://proxy.example.com:port", "http://"])
def test_a_proxy_url_that_cannot_be_used_is_told_and_nobody_is_asked_around_it(pod: Cluster, url: str) -> None:
    pod.environment["HTTPS_PROXY"] = url
    walked = pod.walked()
    used = walked.facts("connect", Connections).used
    assert (used.ending, used.error_name) == (Ending.PROXY_FAILED, "unusable proxy URL")
    assert walked.outcome("assume-role") is Outcome.SKIPPED
    assert pod.server.requests == []


def test_an_endpoint_without_tls_has_no_handshake_and_is_asked(pod: Cluster) -> None:
    with StsServer(StsConfig()) as plain:
        pod.environment["AWS_ENDPOINT_URL_STS"] = f"http://127.0.0.1:{plain.port}"
        pod.dial[f"127.0.0.1:{plain.port}"] = str(plain.port)
        walked = pod.walked()
    assert walked.step("tls").reason == "the endpoint is plain http"
    assert walked.facts("assume-role", StsAnswers).first.exchange.status == 400
    assert walked.facts("variables", WebIdentityVariables).endpoint is not None


def test_the_walk_ends_at_its_deadline_whatever_step_it_is_at(pod: Cluster) -> None:
    pod.names |= {REGIONAL: "silent", GLOBAL: "silent"}
    pod.deadline = 0.4
    walked = pod.walked()
    assert walked.outcome("token") is Outcome.OK
    assert {walked.outcome(name) for name in ("dns", "connect", "tls", "assume-role")} == {Outcome.SKIPPED}
