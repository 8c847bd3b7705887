"""The rules about TLS with STS."""

from dataclasses import replace

import pytest

from probe.evidence import Attempts, Ending, Exchange, Handshake
from probe.findings import sts
from probe.report import Certainty, Finding
from tests.findings.building import judged, pod, step
from tests.findings.sts_building import HOST, REGIONAL, VARIABLES, Irsa, healthy

UNTRUSTED = Handshake(
    host=HOST,
    ending=Ending.TLS_UNTRUSTED,
    issuer="EXAMPLE Corp, Inspection CA",
    subject=f"EXAMPLE Corp, {HOST}",
    error="unable to get local issuer certificate",
    roots="default",
    milliseconds=9.0,
)


def found(shaken: Handshake, irsa: Irsa | None = None) -> dict[str, Finding]:
    return judged(pod(*replace(irsa or Irsa(), handshake=shaken).steps()), sts.RULES)


def test_a_certificate_that_is_trusted_is_no_finding_whoever_issued_it() -> None:
    trusted = replace(UNTRUSTED, ending=Ending.CONNECTED, error=None)
    assert found(trusted, healthy()) == {}


def test_a_strangers_certificate_is_interception_for_certain_and_names_the_stranger() -> None:
    findings = found(UNTRUSTED)
    assert set(findings) == {"sts-tls-intercepted"}
    assert findings["sts-tls-intercepted"].certainty is Certainty.CERTAIN
    assert "EXAMPLE Corp, Inspection CA" in findings["sts-tls-intercepted"].summary


@pytest.mark.parametrize("subject", [HOST, "*.eu-central-1.amazonaws.com", f"A, B and C, {HOST.upper()}"])
def test_a_certificate_that_was_made_for_sts_is_an_interceptors(subject: str) -> None:
    assert found(replace(UNTRUSTED, subject=subject))["sts-tls-intercepted"].certainty is Certainty.CERTAIN


@pytest.mark.parametrize(
    "subject", ["Acme Co, Kubernetes Ingress Controller Fake Certificate", "*.apps.example.com", "*.com", None]
)
def test_a_strangers_certificate_for_another_name_may_be_that_of_whom_dns_leads_to(subject: str | None) -> None:
    finding = found(replace(UNTRUSTED, subject=subject))["sts-tls-intercepted"]
    assert finding.certainty is Certainty.LIKELY
    assert finding.becomes_certain_with is not None
    assert "wildcard of a DNS search domain" in finding.becomes_certain_with
    assert "resolves to" in finding.remedies[0].text


@pytest.mark.parametrize("region", ["cn-north-1", "us-iso-east-1", "eusc-de-east-1"])
def test_in_partitions_with_authorities_of_their_own_a_stranger_is_only_likely(region: str) -> None:
    partition = {"cn": "aws-cn", "us": "aws-iso", "eu": "aws-eusc"}[region[:2]]
    variables = replace(
        VARIABLES,
        role_arn=f"arn:{partition}:iam::111122223333:role/a",
        endpoint=replace(REGIONAL, region=region),
    )
    finding = found(UNTRUSTED, Irsa(variables=variables))["sts-tls-intercepted"]
    assert finding.certainty is Certainty.LIKELY


@pytest.mark.parametrize(
    "shaken",
    [
        replace(UNTRUSTED, issuer="Amazon, Amazon RSA 2048 M01"),
        replace(UNTRUSTED, issuer="Starfield Technologies, Inc., Starfield Services Root"),
        replace(UNTRUSTED, issuer="DigiCert Inc, DigiCert Global Root"),
        replace(UNTRUSTED, issuer=None),
        replace(UNTRUSTED, error="certificate has expired"),
        replace(UNTRUSTED, error="Hostname mismatch, certificate is not valid for 'sts'."),
        replace(UNTRUSTED, roots="AWS_CA_BUNDLE", roots_problem="the file is missing"),
        replace(UNTRUSTED, ending=Ending.TLS_FAILED, issuer=None, error="WRONG_VERSION_NUMBER"),
        replace(UNTRUSTED, ending=Ending.TLS_TIMEOUT, issuer=None, error=None),
    ],
)
def test_what_is_no_strangers_certificate_is_a_failure_and_never_interception(shaken: Handshake) -> None:
    findings = found(shaken)
    assert set(findings) == {"sts-tls-failed"}
    assert findings["sts-tls-failed"].certainty is Certainty.CERTAIN
    assert not findings["sts-tls-failed"].summary.endswith(".."), "some errors of OpenSSL end in a full stop"


def test_a_strangers_certificate_behind_an_override_is_no_surprise() -> None:
    overridden = replace(VARIABLES, endpoint=replace(REGIONAL, host_from="AWS_ENDPOINT_URL_STS"))
    assert set(found(UNTRUSTED, Irsa(variables=overridden))) == {"sts-tls-failed"}


def test_an_unusable_bundle_is_named_as_the_reason() -> None:
    finding = found(replace(UNTRUSTED, roots="AWS_CA_BUNDLE", roots_problem="the file is missing"))["sts-tls-failed"]
    assert "AWS_CA_BUNDLE names a certificate bundle that cannot be used (the file is missing)" in finding.summary


def test_a_silent_handshake_brings_the_packet_size_up() -> None:
    finding = found(replace(UNTRUSTED, ending=Ending.TLS_TIMEOUT, issuer=None, error=None))["sts-tls-failed"]
    assert any("MTU" in line for line in finding.evidence)


def expired_beside(skew: float | None) -> str:
    shaken = replace(UNTRUSTED, error="certificate has expired")
    answer = Exchange(
        method="GET",
        url="http://169.254.169.254/latest/meta-data/",
        ending=Ending.ANSWERED,
        status=401,
        server="EC2ws",
        clock_skew_seconds=skew,
    )
    steps = (*Irsa(handshake=shaken).steps(), step("imds.tokenless", Attempts(exchanges=(answer,))))
    return " ".join(judged(pod(*steps), sts.RULES)["sts-tls-failed"].evidence)


def test_an_expired_certificate_says_what_is_known_of_the_local_clock() -> None:
    assert "the local clock is right" in expired_beside(0.5)
    assert "24 hours off, by the Date header of IMDS" in expired_beside(86_400.0)
    assert "a wrong local clock looks the same" in expired_beside(None)
