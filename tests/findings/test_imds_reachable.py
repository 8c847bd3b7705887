"""A pod with an identity of its own that can take the node role, and the SDKs that do so now."""

from dataclasses import replace

import pytest

from probe.evidence import Ending, Evidence, FileState, ImdsVariables, Outcome
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.findings.imds_reachable import reachable
from probe.report import Finding
from tests.sdks.pods import (
    NO_IMDS,
    ROLE_ARN,
    Part,
    container,
    imds,
    no_answer,
    pod,
    refusal,
    step,
    sts_answer,
    token_file,
    web_identity,
    without,
)

FAILED = Outcome.FAIL
DENIED = Part(
    steps=(step("web-identity.assume-role", web_identity(sts_answer("AccessDenied")).steps[-1].facts, FAILED),)
)
REFUSED = Part(steps=(step("container.credentials", refusal(404), FAILED),))
MUTE = Part(steps=(step("container.credentials", no_answer(), FAILED, 10_000.0),))
NO_TOKEN = Part(steps=(step("web-identity.token", token_file(FileState.MISSING), FAILED),))


def found(evidence: Evidence) -> Finding:
    (finding,) = reachable(Case(evidence))
    return finding


@pytest.mark.parametrize("broken", [DENIED, NO_TOKEN], ids=["STS denies", "no token"])
def test_while_web_identity_fails_the_sdks_that_fall_through_are_named(broken: Part) -> None:
    finding = found(pod(web_identity(), broken, imds()))
    assert {"java-v2", "cpp", "crt"} <= set(finding.sdks)
    assert not {"botocore", "cli-v1", "cli-v2", "go-v1", "go-v2", "js-v3", "rust"} & set(finding.sdks)
    assert "Since web-identity fails, Java v2 programs in this pod run as node now." in finding.summary


def test_of_whom_only_documentation_tells_it_is_told_apart() -> None:
    summary = found(pod(web_identity(), DENIED, imds())).summary
    claimed, _, documented = summary.partition("By their documentation ")
    assert "C++" not in claimed
    assert "C++" in documented
    assert documented.endswith(" programs do so too.")


@pytest.mark.parametrize("broken", [REFUSED, MUTE], ids=["refuses", "never answers"])
def test_while_the_agent_fails_java_falls_through_and_nobody_else_of_the_proven_ones(broken: Part) -> None:
    finding = found(pod(container(), broken, imds()))
    assert {"java-v2"} == set(finding.sdks) & {"botocore", "go-v1", "go-v2", "js-v3", "java-v2", "rust"}
    assert "Since container fails, Java v2" in finding.summary


def test_half_of_web_identity_makes_every_sdk_run_as_the_node() -> None:
    variables = Part(variables={"AWS_ROLE_ARN": ROLE_ARN})
    walked = without(web_identity(), *(one.id for one in web_identity().steps if one.id != "web-identity.variables"))
    half = replace(walked, variables={}, steps=tuple(replace(one, outcome=FAILED) for one in walked.steps))
    finding = found(pod(half, variables, imds()))
    assert {"botocore", "go-v1", "go-v2", "js-v3", "java-v2", "rust"} <= set(finding.sdks)


def test_where_the_pods_own_identity_works_nothing_falls_through() -> None:
    finding = found(pod(web_identity(), imds()))
    assert (finding.severity, finding.sdks) == (Severity.WARNING, ())
    assert finding.summary.endswith("although it is meant to use web-identity.")


def test_releases_from_before_pod_identity_are_told_of_and_not_named_as_running_now() -> None:
    finding = found(pod(container(), imds()))
    assert "java-v2" not in finding.sdks
    assert " now." not in finding.summary
    assert any("of older releases, java-v2 <2.21.26" in fact for fact in finding.evidence)


def test_releases_that_do_not_get_to_a_working_agent_are_named_all_the_same() -> None:
    by_ipv6 = container(uri="http://[fd00:ec2::23]/v1/credentials")
    finding = found(pod(by_ipv6, imds()))
    assert finding.sdks == ()
    assert "of older releases, java-v2 <2.48.0 would run as node now" in finding.evidence


def test_a_source_that_was_not_walked_to_its_end_is_not_said_to_fail() -> None:
    finding = found(pod(without(web_identity(), "web-identity.assume-role"), imds()))
    assert " now." not in finding.summary
    assert finding.sdks == ()


def test_with_imds_switched_off_for_sdks_it_is_a_note_and_nobody_runs_as_the_node() -> None:
    switched_off = ImdsVariables(
        endpoint="http://169.254.169.254", host="169.254.169.254", disabled=True, disabled_value="true"
    )
    off = Part(steps=(step("imds.variables", switched_off),))
    finding = found(pod(web_identity(), DENIED, imds(), off, AWS_EC2_METADATA_DISABLED="true"))
    assert (finding.severity, finding.sdks) == (Severity.NOTE, ())


@pytest.mark.parametrize("closed", [NO_IMDS, imds(put=Ending.NO_ANSWER)], ids=["no path", "hop limit"])
def test_where_imds_gives_no_keys_there_is_nothing_to_find(closed: Part) -> None:
    assert list(reachable(Case(pod(web_identity(), DENIED, closed)))) == []
