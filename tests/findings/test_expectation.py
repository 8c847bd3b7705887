"""Which source the verdict is measured against."""

from collections.abc import Mapping

import pytest

from probe.evidence import (
    AccountFacts,
    ContainerVariables,
    Evidence,
    KeysInEnvironment,
    Outcome,
    SelectedProfile,
    Step,
    Wanted,
    WebIdentityVariables,
)
from probe.findings.expectation import expectation
from tests.findings.imds_building import pod, step

KEYS = step("environment.keys", KeysInEnvironment(has_access_key=True, has_secret=True), Outcome.OK)
HALF_KEYS = step("environment.keys", KeysInEnvironment(has_secret=True), Outcome.FAIL)
PROFILE = step("shared-config.profile", SelectedProfile(name="default", kind="static"), Outcome.OK)
PROCESS = step("shared-config.profile", SelectedProfile(name="default", kind="process"), Outcome.SKIPPED)
MISSING = step("shared-config.profile", SelectedProfile(name="prod", kind="missing"), Outcome.FAIL)
EMPTY = step("shared-config.profile", SelectedProfile(name="default", kind="empty"), Outcome.ABSENT)
WEB_IDENTITY = step("web-identity.variables", WebIdentityVariables(token_file="/token"), Outcome.FAIL)
CONTAINER = step("container.variables", ContainerVariables(full_uri="http://169.254.170.23/"), Outcome.OK)
LONE_ROLE = step(
    "web-identity.variables", WebIdentityVariables(role_arn="arn:aws:iam::111122223333:role/a"), Outcome.FAIL
)
ANNOTATED = step(
    "kubernetes.service-account",
    AccountFacts(namespace="kube-system", name="a", role_arn="arn:aws:iam::111122223333:role/a"),
    Outcome.OK,
)
UNANNOTATED = step("kubernetes.service-account", AccountFacts(namespace="kube-system", name="a"), Outcome.OK)
NO_CONTAINER = step("container.variables", None, Outcome.ABSENT)

INFERRED: Mapping[str, tuple[tuple[Step, ...], str]] = {
    "web identity before everything": ((KEYS, PROFILE, WEB_IDENTITY, CONTAINER), "web-identity"),
    "half of web identity is meant all the same": ((WEB_IDENTITY,), "web-identity"),
    "a role without a token file is meant where nothing else is": ((LONE_ROLE,), "web-identity"),
    "a role without a token file is a leftover beside an endpoint": ((LONE_ROLE, CONTAINER), "container"),
    "the container endpoint before leftovers": ((KEYS, PROFILE, CONTAINER), "container"),
    "keys in the environment before a profile": ((KEYS, PROFILE, NO_CONTAINER), "environment"),
    "half a pair of keys is meant all the same": ((HALF_KEYS,), "environment"),
    "a profile with keys": ((PROFILE,), "shared-config"),
    "a profile that the probe cannot use itself": ((PROCESS,), "shared-config"),
    "a profile that is not there": ((MISSING,), "shared-config"),
    "a profile without credentials is none": ((EMPTY,), "imds"),
    "nothing at all": ((), "imds"),
    "nothing, and the ServiceAccount names a role": ((ANNOTATED,), "web-identity"),
    "nothing, and the ServiceAccount names none": ((UNANNOTATED,), "imds"),
    "keys before a role that was not injected": ((ANNOTATED, KEYS), "environment"),
}


@pytest.mark.parametrize("what", INFERRED)
def test_without_a_word_of_the_user_the_configuration_tells(what: str) -> None:
    steps, source = INFERRED[what]
    expected = expectation(pod(*steps))
    assert (expected.source, expected.inferred) == (source, True)
    assert expected.because


@pytest.mark.parametrize("wanted", ["environment", "shared-config", "web-identity", "container", "imds", "none"])
def test_what_the_user_says_goes_before_everything(wanted: str) -> None:
    expected = expectation(pod(KEYS, WEB_IDENTITY, wanted=wanted))
    assert (expected.source, expected.inferred) == (wanted, False)


def test_the_expected_role_stands_beside_an_inferred_source() -> None:
    role = "arn:aws:iam::111122223333:role/load-balancer-controller"
    evidence = pod(WEB_IDENTITY)
    expected = expectation(Evidence(given=evidence.given, steps=evidence.steps, wanted=Wanted(role_arn=role)))
    assert (expected.source, expected.role_arn, expected.inferred) == ("web-identity", role, True)
