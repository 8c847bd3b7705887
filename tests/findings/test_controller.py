"""What the named controller can take credentials from."""

from dataclasses import replace

import pytest

from probe.controllers import CONTROLLERS, Chosen
from probe.evidence import Ending, KeysInEnvironment, Outcome, SelectedProfile, Wanted, WebIdentityVariables
from probe.evidence.container_text import ContainerText
from probe.findings import controller
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.judge import judge
from probe.report import Finding
from tests.findings.building import POD, VARIABLES, judged, keys, pod_identity, refusal, step
from tests.findings.container_rules import commands, failed_connect
from tests.sdks.pods import asked, container, pod

OLD, NEW = "aws-load-balancer-controller@2.6.2", "aws-load-balancer-controller@2.7.0"


def run_by(controller_named: str, case: Case, *arguments: str) -> Case:
    """The same pod, for a controller."""
    name, _, version = controller_named.partition("@")
    wanted = Wanted(controller=name, controller_version=version or None, controller_arguments=arguments)
    return Case(replace(case.evidence, wanted=wanted))


def found(case: Case) -> dict[str, Finding]:
    return judged(case, controller.RULES)


def test_a_release_that_does_not_know_the_agent_is_certain_once_the_agent_gives_keys() -> None:
    finding = found(run_by(OLD, pod_identity(keys())))["controller-sdk-too-old"]

    assert (finding.certainty, finding.severity) == ("certain", Severity.ERROR)
    assert "2.7.0" in finding.summary
    assert finding.evidence[0] == "aws-load-balancer-controller@2.6.2 is built with go-v1 1.44.294"
    assert finding.sdks == ("go-v1",)
    assert "eks.amazonaws.com/role-arn=ROLE_ARN" in commands(finding)


def test_the_verdict_is_the_release_although_the_credentials_work_from_here() -> None:
    report = judge(run_by(OLD, pod_identity(keys())).evidence)

    assert (report.verdict.code, report.verdict.exit_code) == ("controller-sdk-too-old", 41)


@pytest.mark.parametrize(("version", "first"), [("1.27.4", "1.27.6"), ("1.28.2", "1.28.3"), ("1.26.0", "1.27.6")])
def test_the_release_that_is_named_is_of_the_same_line_where_it_was_ported_back(version: str, first: str) -> None:
    finding = found(run_by(f"cluster-autoscaler@{version}", pod_identity(keys())))["controller-sdk-too-old"]

    assert f"The first release that can is {first}." in finding.summary


def test_a_release_is_not_the_verdict_while_the_agent_gives_no_keys() -> None:
    case = run_by(OLD, pod_identity(refusal(404, ContainerText.EKS_AUTH, "ResourceNotFoundException")))
    finding = found(case)["controller-sdk-too-old"]

    assert (finding.certainty, finding.severity) == ("likely", Severity.WARNING)
    assert judge(case.evidence).verdict.code == "agent-no-association"


def test_an_agent_that_nobody_reaches_is_the_verdict_and_not_the_release() -> None:
    case = run_by(OLD, pod_identity(connection=failed_connect(Ending.REFUSED)))

    assert judge(case.evidence).verdict.code == "agent-refused"


@pytest.mark.parametrize(
    "named",
    [NEW, "aws-load-balancer-controller", "cloudwatch-agent@1.300040", "cluster-autoscaler@1.29.0", "of-tomorrow@0.1"],
)
def test_a_release_that_can_or_that_nobody_knows_of_is_not_accused(named: str) -> None:
    assert "controller-sdk-too-old" not in found(run_by(named, pod_identity(keys())))


def test_an_old_release_that_web_identity_serves_is_not_accused() -> None:
    variables = {**VARIABLES, "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/x", "AWS_WEB_IDENTITY_TOKEN_FILE": "/t"}
    web_identity = step("web-identity.variables", WebIdentityVariables(token_file="/t"))
    case = run_by(OLD, pod_identity(keys(), variables=variables, more=[web_identity]))

    assert found(case) == {}


def test_an_old_release_that_static_keys_serve_is_not_accused() -> None:
    static = step("environment.keys", KeysInEnvironment(has_access_key=True, has_secret=True))

    assert found(run_by(OLD, pod_identity(keys(), more=[static]))) == {}


def test_an_old_release_that_a_profile_serves_is_not_accused() -> None:
    profile = step("shared-config.profile", SelectedProfile(name="default", kind="static-keys"))

    assert found(run_by(OLD, pod_identity(keys(), more=[profile]))) == {}


def test_without_a_controller_nothing_is_said_about_one() -> None:
    assert found(pod_identity(keys())) == {}


RELEASES = [
    pytest.param(Chosen(profile=profile, version=since.release), id=f"{profile.name}@{since.release}")
    for profile in CONTROLLERS
    for since in profile.sdks
    if since.sdk and since.sdk_version and profile.pod_identity_since
]


@pytest.mark.parametrize("chosen", RELEASES)
def test_a_profile_says_of_a_release_what_the_model_of_its_sdk_says(chosen: Chosen) -> None:
    since = chosen.sdk
    assert since is not None
    assert since.sdk is not None
    predicted = asked(since.sdk, pod(container()), since.sdk_version or "")
    assert (predicted.source == "container") == chosen.takes_pod_identity


def test_karpenter_on_fargate_is_told_of_its_own_way_out() -> None:
    on_fargate = replace(POD, fargate_hints=("node name fargate-ip-10-0-3-17",))
    case = run_by("karpenter@1.5.0", pod_identity(here=on_fargate))
    finding = found(case)["controller-feature-unsupported"]

    assert (finding.certainty, finding.severity) == ("likely", Severity.ERROR)
    assert "IRSA" in finding.remedies[0].text


def test_karpenter_on_ec2_may_use_pod_identity() -> None:
    assert found(run_by("karpenter@1.5.0", pod_identity(keys()))) == {}


@pytest.mark.parametrize("named", ["fluent-bit@4.0.1", "velero@1.10.0"])
def test_a_part_that_may_not_be_in_use_is_a_note(named: str) -> None:
    finding = found(run_by(named, pod_identity(keys())))["controller-feature-unsupported"]

    assert (finding.certainty, finding.severity) == ("likely", Severity.NOTE)
    assert finding.summary.startswith(f"If {named} uses ")


def test_notes_about_parts_never_make_a_verdict() -> None:
    assert judge(run_by("external-secrets@0.18.0", pod_identity(keys())).evidence).verdict.code is None


def test_a_part_is_not_mentioned_while_no_keys_come() -> None:
    failed = step("container.credentials", None, Outcome.FAIL)

    assert found(run_by("fluent-bit@4.0.1", pod_identity(more=[failed]))) == {}
