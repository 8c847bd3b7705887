"""The rules about web identity as it is configured."""

from dataclasses import replace

import pytest

from probe.evidence import ArnFault, CredentialsAnswer, StsEndpoint, WebIdentityVariables
from probe.findings import web_identity
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding
from tests.findings.building import exchange as imds_exchange
from tests.findings.building import judged, pod, step
from tests.findings.sts_building import DENIED, REGIONAL, VARIABLES, Irsa, answered, healthy

FAULT = ArnFault(text="x", position=12, found=":", expected="12 digits", sentence="There are too many colons.")


def found(irsa: Irsa) -> dict[str, Finding]:
    return judged(pod(*irsa.steps()), web_identity.RULES)


def test_web_identity_that_works_is_no_finding() -> None:
    assert found(healthy()) == {}


def test_a_pod_without_web_identity_is_no_finding() -> None:
    assert judged(pod(), web_identity.RULES) == {}


def test_a_token_file_without_a_role_is_half_a_pair_and_names_the_sdks_that_stop() -> None:
    finding = found(Irsa(variables=replace(VARIABLES, role_arn=None)))["web-identity-partial"]
    assert finding.certainty is Certainty.CERTAIN
    assert finding.summary.endswith("AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not.")
    assert finding.sdks == ("go-v1", "go-v2", "botocore")


def test_a_role_without_a_token_file_is_half_a_pair_that_no_sdk_stops_at() -> None:
    finding = found(Irsa(variables=replace(VARIABLES, token_file=None), token=None))["web-identity-partial"]
    assert finding.sdks == ()
    assert "ignore it" in finding.evidence[0]


def test_a_role_in_the_profile_saves_botocore_and_says_so() -> None:
    variables = replace(VARIABLES, role_arn=None, profile_role_arn="arn:aws:iam::111122223333:role/of-profile")
    finding = found(Irsa(variables=variables))["web-identity-partial"]
    assert any("botocore takes the role from the profile" in line for line in finding.evidence)


def test_half_a_pair_beside_a_node_role_warns_of_the_node_role() -> None:
    steps = Irsa(variables=replace(VARIABLES, role_arn=None)).steps()
    node = step("imds.credentials", CredentialsAnswer(exchange=imds_exchange(200), has_keys=True))
    finding = judged(pod(*steps, node), web_identity.RULES)["web-identity-partial"]
    assert any("node role" in line for line in finding.evidence)


def test_a_lint_fault_alone_is_certain_and_shows_the_place_counted_from_one() -> None:
    finding = found(Irsa(variables=replace(VARIABLES, arn_fault=FAULT)))["web-identity-role-arn-invalid"]
    assert finding.certainty is Certainty.CERTAIN
    assert any("character 13" in line for line in finding.evidence)


def test_a_partition_that_the_probe_does_not_know_is_only_likely_a_fault() -> None:
    unsure = replace(FAULT, certain=False)
    finding = found(Irsa(variables=replace(VARIABLES, arn_fault=unsure)))["web-identity-role-arn-invalid"]
    assert finding.certainty is Certainty.LIKELY


def test_sts_has_the_last_word_about_an_arn_that_the_lint_does_not_like() -> None:
    variables = replace(VARIABLES, arn_fault=FAULT)
    went_on = found(Irsa(variables=variables, answers=answered("AccessDenied", DENIED, status=403)))
    assert went_on["web-identity-role-arn-invalid"].certainty is Certainty.LIKELY
    assert went_on["web-identity-role-arn-invalid"].severity is Severity.WARNING
    assert "web-identity-role-arn-invalid" not in found(replace(healthy(), variables=variables))


def test_an_arn_that_only_sts_refuses_is_certain_too() -> None:
    finding = found(Irsa(answers=answered("ValidationError", "Request ARN is invalid")))
    assert finding["web-identity-role-arn-invalid"].certainty is Certainty.CERTAIN
    assert finding["web-identity-role-arn-invalid"].step == "web-identity.assume-role"


@pytest.mark.parametrize(
    "broken",
    [
        "arn:aws:iam::::111122223333:role/load-balancer-controller",
        '"arn:aws:iam::111122223333:role/load-balancer-controller"',
        " arn:aws:iam::111122223333:role/load-balancer-controller\n",
    ],
)
def test_a_plain_slip_is_mended_in_the_remedy(broken: str) -> None:
    variables = replace(VARIABLES, role_arn=broken, arn_fault=FAULT)
    finding = found(Irsa(variables=variables))["web-identity-role-arn-invalid"]
    commands = [remedy.command for remedy in finding.remedies]
    assert any(command and f"role-arn={VARIABLES.role_arn} --overwrite" in command for command in commands)


def test_an_arn_beyond_repair_gets_a_form_with_placeholders() -> None:
    variables = replace(VARIABLES, role_arn="load-balancer-controller; rm -rf /", arn_fault=FAULT)
    finding = found(Irsa(variables=variables))["web-identity-role-arn-invalid"]
    assert any("role/ROLE_NAME" in (remedy.command or "") for remedy in finding.remedies)
    assert not any("rm -rf" in (remedy.command or "") for remedy in finding.remedies)


CHINA = StsEndpoint(
    region="cn-north-1",
    region_from="AWS_REGION",
    host="sts.cn-north-1.amazonaws.com.cn",
    host_from="regional",
)


def test_a_role_of_one_partition_in_a_region_of_another_is_certain_and_replaces_what_sts_says() -> None:
    variables = replace(VARIABLES, endpoint=CHINA)
    for message in ("No OpenIDConnect provider found in your account for …",):
        findings = found(Irsa(variables=variables, answers=answered("InvalidIdentityToken", message)))
        assert set(findings) == {"web-identity-partition-mismatch"}
        assert findings["web-identity-partition-mismatch"].certainty is Certainty.CERTAIN
    refused = found(Irsa(variables=variables, answers=answered("AccessDenied", DENIED, status=403)))
    assert set(refused) == {"web-identity-partition-mismatch"}


def test_partitions_that_differ_behind_an_overridden_endpoint_are_only_likely_wrong() -> None:
    overridden = replace(CHINA, host="sts.internal.example", host_from="AWS_ENDPOINT_URL_STS")
    findings = found(Irsa(variables=replace(VARIABLES, endpoint=overridden)))
    assert findings["web-identity-partition-mismatch"].certainty is Certainty.LIKELY


def test_a_region_that_only_the_probe_supposes_makes_a_mismatch_likely() -> None:
    supposed = replace(
        REGIONAL, region="us-east-1", region_from="default", host="sts.amazonaws.com", host_from="global"
    )
    variables = replace(VARIABLES, role_arn="arn:aws-cn:iam::111122223333:role/a", endpoint=supposed)
    findings = found(Irsa(variables=variables))
    assert findings["web-identity-partition-mismatch"].certainty is Certainty.LIKELY


def test_partitions_that_differ_and_work_all_the_same_are_no_finding() -> None:
    assert found(replace(healthy(), variables=replace(VARIABLES, endpoint=CHINA))) == {}


def test_a_region_that_no_partition_knows_says_nothing_about_partitions() -> None:
    unknown = replace(REGIONAL, region="xx-new-1", host="sts.xx-new-1.amazonaws.com")
    assert found(Irsa(variables=replace(VARIABLES, endpoint=unknown))) == {}


def test_every_finding_keeps_the_severity_of_the_catalogue() -> None:
    partial: WebIdentityVariables = replace(VARIABLES, role_arn=None)
    assert found(Irsa(variables=partial))["web-identity-partial"].severity is Severity.ERROR


def test_a_namespace_cannot_break_out_of_a_command() -> None:
    steps = Irsa(variables=replace(VARIABLES, role_arn=None)).steps()
    hostile = pod(*steps)
    hostile = Case(
        replace(
            hostile.evidence,
            given=replace(hostile.given, pod=replace(hostile.given.pod, namespace="x; touch /tmp/pwned")),
        )
    )
    finding = judged(hostile, web_identity.RULES)["web-identity-partial"]
    assert all("-n 'x; touch /tmp/pwned'" in one.command for one in finding.remedies if one.command)
