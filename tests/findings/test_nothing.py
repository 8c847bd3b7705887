"""Nothing is configured: what is said of it, how grave it is, and what is said of IMDS beside it."""

from dataclasses import replace

import pytest

from probe.evidence import (
    ContainerVariables,
    Evidence,
    KeysInEnvironment,
    Outcome,
    PodContainer,
    PodFacts,
    SelectedProfile,
    Step,
    WebIdentityVariables,
)
from probe.findings import nothing
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding
from tests.findings.imds_building import (
    ANSWERED,
    NODE,
    POD,
    STALLED,
    VARIABLES,
    confirmed,
    get,
    imds_steps,
    keys,
    listing,
    pod,
    put,
    step,
)

NODE_ROLE = imds_steps(
    puts=(put(200),), gets=(get(401),), token=True, role=listing(), credentials=keys(), identity=confirmed(NODE)
)
HOP_LIMIT = imds_steps(puts=STALLED, gets=ANSWERED)


def found(evidence: Evidence) -> list[Finding]:
    return [finding for rule in nothing.RULES for finding in rule(Case(evidence))]


def only(evidence: Evidence) -> Finding:
    (finding,) = found(evidence)
    return finding


def test_a_pod_that_nothing_was_injected_into_is_an_error() -> None:
    finding = only(pod(*HOP_LIMIT))
    assert (finding.code, finding.severity, finding.certainty) == (
        "nothing-configured",
        Severity.ERROR,
        Certainty.CERTAIN,
    )
    assert "nothing was injected into this container of kube-system/aws-load-balancer" in finding.summary


@pytest.mark.parametrize(
    ("variable", "volume"),
    [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "aws-iam-token"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "eks-pod-identity-token"),
    ],
)
def test_a_container_whose_neighbour_has_an_identity_is_the_exception_and_not_its_pod(
    variable: str, volume: str
) -> None:
    neighbour = PodContainer(name="controller", variables=(variable,), mounts=(volume,))
    own = step("kubernetes.pod", PodFacts(namespace="a", name="b", containers=(neighbour,)), Outcome.OK)
    finding = only(pod(*HOP_LIMIT, own))
    assert "its pod has one in controller" in finding.summary
    assert [remedy.command for remedy in finding.remedies if "manifest debug" in (remedy.command or "")]


def test_what_a_container_without_a_token_cannot_see_is_said() -> None:
    finding = only(pod(*HOP_LIMIT, here=replace(POD, service_account=None)))
    assert "this pod" not in finding.summary
    assert any("ephemeral container" in line for line in finding.evidence)


def test_a_pod_that_runs_as_the_node_role_is_a_warning_and_says_so() -> None:
    finding = only(pod(*NODE_ROLE))
    assert finding.severity is Severity.WARNING
    assert "it runs as the node role" in finding.summary


@pytest.mark.parametrize("wanted", ["web-identity", "container", "environment", "shared-config"])
def test_who_expects_a_source_is_told_that_none_is_there_even_beside_the_node_role(wanted: str) -> None:
    finding = only(pod(*NODE_ROLE, wanted=wanted))
    assert finding.severity is Severity.ERROR
    assert f"{wanted} is expected" in finding.summary


@pytest.mark.parametrize("wanted", ["imds", "none"])
def test_who_expects_imds_or_nothing_misses_nothing(wanted: str) -> None:
    assert found(pod(*HOP_LIMIT, wanted=wanted)) == []


def test_a_switched_off_imds_is_not_what_the_pod_runs_as() -> None:
    off = replace(VARIABLES, disabled=True)
    steps = imds_steps(
        puts=(put(200),), gets=(get(401),), token=True, role=listing(), credentials=keys(), variables=off
    )
    finding = only(pod(*steps))
    assert finding.severity is Severity.ERROR
    assert "IMDS gives keys, but AWS_EC2_METADATA_DISABLED keeps SDKs from asking" in finding.evidence


CONFIGURED = {
    "keys in the environment": step("environment.keys", KeysInEnvironment(has_access_key=True), Outcome.FAIL),
    "a secret alone": step("environment.keys", KeysInEnvironment(has_secret=True), Outcome.FAIL),
    "web identity": step("web-identity.variables", WebIdentityVariables(role_arn="arn"), Outcome.FAIL),
    "a container endpoint": step("container.variables", ContainerVariables(relative_uri="/v2"), Outcome.OK),
    "a profile": step("shared-config.profile", SelectedProfile(name="default", kind="static"), Outcome.OK),
    "a profile that is only used by others": step(
        "shared-config.profile", SelectedProfile(name="default", kind="process"), Outcome.SKIPPED
    ),
}


@pytest.mark.parametrize("what", CONFIGURED)
def test_what_is_configured_is_not_nothing_however_broken(what: str) -> None:
    assert found(pod(*HOP_LIMIT, CONFIGURED[what])) == []


NOT_CONFIGURED = {
    "older names of variables": step(
        "environment.keys", KeysInEnvironment(legacy_names=("AWS_SECURITY_TOKEN",)), Outcome.WARN
    ),
    "a profile without credentials": step(
        "shared-config.profile", SelectedProfile(name="default", kind="empty"), Outcome.ABSENT
    ),
}


@pytest.mark.parametrize("what", NOT_CONFIGURED)
def test_what_gives_no_credentials_to_anybody_is_nothing(what: str) -> None:
    assert len(found(pod(*HOP_LIMIT, NOT_CONFIGURED[what]))) == 1


def state(*steps: Step) -> str:
    return only(pod(*steps)).evidence[-1]


def test_what_imds_did_is_told_beside_it() -> None:
    assert state(*NODE_ROLE) == "IMDS gives the node role, which STS accepts"
    assert state(*HOP_LIMIT) == "IMDS gives no keys either: imds.token failed"


def test_an_imds_that_was_cut_short_is_not_said_to_give_no_keys() -> None:
    cut = step("imds.connect", None, Outcome.SKIPPED, reason="cut: still running at the deadline")
    assert state(cut) == "whether IMDS gives keys is not known (imds.connect: cut: still running at the deadline)"


def test_the_commands_are_filled_with_the_pods_own_names() -> None:
    commands = [remedy.command or "" for remedy in only(pod(*HOP_LIMIT)).remedies]
    assert "kubectl -n kube-system get serviceaccount aws-load-balancer-controller -o yaml" in commands


def test_a_pod_that_does_not_know_itself_gets_placeholders() -> None:
    here = replace(POD, namespace=None, service_account=None)
    finding = only(pod(*HOP_LIMIT, here=here))
    assert "into this container" in finding.summary
    assert "kubectl -n NAMESPACE get serviceaccount SERVICEACCOUNT" in (finding.remedies[0].command or "")
