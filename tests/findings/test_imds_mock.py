"""Mocks in the place of IMDS: named for what they say that EC2 does not, and never more than likely."""

from dataclasses import replace

import pytest

from probe.evidence import CredentialsAnswer, Exchange, InstanceMetadata, StsAnswer, StsAnswers
from probe.findings.catalogue.entry import Severity
from probe.judge import judge
from probe.report import Certainty, Finding
from tests.findings.imds_building import (
    EC2,
    NODE,
    NOW,
    answered,
    confirmed,
    found,
    get,
    imds_steps,
    keys,
    listing,
    pod,
    put,
)

REGION = "eu-central-1"


def unnamed(status: int = 200, *, content_type: str = "text/plain", size: int = 56) -> Exchange:
    return answered("GET", status, server=None, content_type=content_type, size=size)


def handed_out(*, content_type: str = "text/plain", **more: object) -> CredentialsAnswer:
    return replace(keys(**more), exchange=unnamed(content_type=content_type))


def instance(instance_id: str = "i-0123456789EXAMPLE0", account: str = "111122223333") -> InstanceMetadata:
    return InstanceMetadata(exchange=unnamed(), instance_id=instance_id, account=account)


def walked(
    *,
    server: str | None = None,
    refusal: int = 0,
    ttl_repeated: bool = True,
    credentials: CredentialsAnswer | None = None,
    tells: InstanceMetadata | None = None,
    identity: StsAnswers | None = None,
) -> dict[str, Finding]:
    """Find what there is to find where tokens come, and nobody says that he is EC2."""
    steps = imds_steps(
        puts=[put(200, server=server)],
        gets=[get(401, server=server, size=refusal)],
        token=True,
        ttl_repeated=ttl_repeated,
        role=replace(listing(), exchange=unnamed()),
        credentials=credentials or handed_out(),
        instance=tells or instance(),
        identity=identity,
    )
    return found(pod(*steps, wanted="imds"))


def test_a_missing_server_name_alone_makes_nobody_a_mock() -> None:
    assert "imds-impostor" not in walked()


DEVIATIONS: dict[str, dict[str, object]] = {
    "refuses a GET without a token with 351 bytes of text": {"refusal": 351},
    "gives a token that is not like EC2's": {"ttl_repeated": False},
    "sends keys as application/json": {"credentials": handed_out(content_type="application/json; charset=utf-8")},
    "hands out an access key id that is none": {"credentials": handed_out(access_key_hint="…")},
    "sends keys without a Code": {"credentials": handed_out(missing_fields=("Code",))},
    "tells of the instance i-1234567890abcdef0": {"tells": instance("i-1234567890abcdef0")},
    "tells of an account whose number is not one": {"tells": instance(account="0123456789")},
}


@pytest.mark.parametrize("said", DEVIATIONS)
def test_what_ec2_never_says_is_likely_a_mocks(said: str) -> None:
    finding = walked(**DEVIATIONS[said])["imds-impostor"]  # type: ignore[arg-type]  # each is one of its arguments
    assert finding.certainty is Certainty.LIKELY
    assert f"seems not to be the EC2 IMDS: it {said}" in finding.summary


def test_every_further_oddity_is_evidence() -> None:
    finding = walked(refusal=351, tells=instance(account="0123456789"))["imds-impostor"]
    assert "it tells of an account whose number is not one" in finding.evidence


@pytest.mark.parametrize("said", [said for said in DEVIATIONS if "token" in said])
def test_an_answer_in_the_name_of_ec2_is_taken_for_ec2s(said: str) -> None:
    assert "imds-impostor" not in walked(server=EC2, **DEVIATIONS[said])  # type: ignore[arg-type]  # as above


def test_a_mocks_expired_samples_are_not_called_expired_keys_of_ec2() -> None:
    findings = walked(credentials=handed_out(access_key_hint="…", expires=NOW - 200_000_000))
    assert set(findings) == {"imds-impostor"}
    assert findings["imds-impostor"].severity is Severity.ERROR


def test_a_mock_whose_keys_work_is_a_warning_and_the_verdict_does_not_speak_of_the_node_role() -> None:
    steps = imds_steps(
        puts=[put(200, server=None)],
        gets=[get(200, server=None)],
        token=True,
        role=replace(listing(), exchange=unnamed()),
        credentials=handed_out(content_type="application/json"),
        identity=confirmed(NODE),
    )
    report = judge(pod(*steps, wanted="imds", variables={"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}))
    assert report.verdict.is_good
    assert report.verdict.summary == f"The IMDS (a stand-in, it seems) credentials work: {NODE}."
    assert [one.severity for one in report.findings if one.code == "imds-impostor"] == [Severity.WARNING]


def test_keys_that_sts_refuses_do_not_excuse_a_mock() -> None:
    url = "https://sts.eu-central-1.amazonaws.com/"
    refused = StsAnswer(
        exchange=replace(unnamed(403), url=url), endpoint=url, region="eu-central-1", code="InvalidClientTokenId"
    )
    finding = walked(ttl_repeated=False, identity=StsAnswers(first=refused))["imds-impostor"]
    assert finding.severity is Severity.ERROR


def beside_irsa(credentials: CredentialsAnswer) -> dict[str, Finding]:
    steps = imds_steps(
        puts=[put(200, server=None)],
        gets=[get(200, server=None)],
        token=True,
        role=replace(listing(), exchange=unnamed()),
        credentials=credentials,
    )
    return found(pod(*steps, wanted="web-identity"))


def test_keys_of_a_stand_in_are_not_certainly_the_node_roles() -> None:
    finding = beside_irsa(handed_out(content_type="application/json"))["imds-reachable"]
    assert finding.certainty is Certainty.LIKELY
    assert finding.summary.startswith("This pod can take the role node-role from a stand-in for IMDS although")


def test_nobody_can_take_a_role_whose_keys_are_samples() -> None:
    assert set(beside_irsa(handed_out(access_key_hint="…", expires=NOW - 1))) == {"imds-impostor"}
