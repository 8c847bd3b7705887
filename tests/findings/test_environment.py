"""The rules about the environment: static keys, region, endpoints, the switch for IMDS."""

import pytest

from probe.evidence import (
    ContainerVariables,
    Exchange,
    FileFacts,
    FileState,
    ImdsVariables,
    InstanceMetadata,
    KeysInEnvironment,
    Outcome,
    ProfileFacts,
    SelectedProfile,
    SharedFiles,
    Step,
    StsAnswer,
    StsAnswers,
    WebIdentityVariables,
)
from probe.findings import environment
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding
from tests.findings.building import AGENT, exchange, judged, pod, step

REGIONS = {"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1"}
WHOLE = KeysInEnvironment(access_key_hint="…1234", has_access_key=True, has_secret=True)
IRSA = step(
    "web-identity.variables", WebIdentityVariables(role_arn="arn:aws:iam::111122223333:role/a", token_file="/t")
)
AGENT_STEP = step("container.variables", AGENT)
USER = "arn:aws:iam::111122223333:user/leftover"


def found(case: Case) -> dict[str, Finding]:
    return judged(case, environment.RULES)


def keys(facts: KeysInEnvironment, outcome: Outcome = Outcome.OK) -> Step:
    return step("environment.keys", facts, outcome)


def identity(arn: str | None, code: str | None = None) -> Step:
    answer = StsAnswer(
        exchange=Exchange(
            method="POST", url="https://sts.eu-central-1.amazonaws.com/", ending=exchange().ending, status=200
        ),
        endpoint="sts.eu-central-1.amazonaws.com",
        region="eu-central-1",
        arn=arn,
        code=code,
    )
    return step("identity.environment", StsAnswers(first=answer))


def test_whole_keys_and_a_region_are_no_finding() -> None:
    assert found(pod(keys(WHOLE), identity(USER))) == {}


@pytest.mark.parametrize(
    ("facts", "lacking", "sdks"),
    [
        (KeysInEnvironment(has_access_key=True), "AWS_SECRET_ACCESS_KEY", ("botocore",)),
        (KeysInEnvironment(has_secret=True), "AWS_ACCESS_KEY_ID", ()),
    ],
)
def test_half_a_pair_names_the_missing_half_and_who_stops(
    facts: KeysInEnvironment, lacking: str, sdks: tuple[str, ...]
) -> None:
    finding = found(pod(keys(facts, Outcome.FAIL)))["static-keys-partial"]

    assert finding.summary.endswith(f"without {lacking}.")
    assert finding.sdks == sdks


def test_a_value_that_cannot_be_a_key_is_certain() -> None:
    broken = KeysInEnvironment(
        has_access_key=True, has_secret=True, problems=("AWS_SECRET_ACCESS_KEY has a line break.",)
    )

    assert found(pod(keys(broken, Outcome.FAIL)))["static-keys-malformed"].certainty is Certainty.CERTAIN


def test_a_value_of_an_odd_shape_is_only_likely_wrong() -> None:
    odd = KeysInEnvironment(has_access_key=True, has_secret=True, doubts=("AWS_ACCESS_KEY_ID looks odd.",))

    finding = found(pod(keys(odd), identity(None, "InvalidClientTokenId")))["static-keys-malformed"]

    assert (finding.certainty, finding.severity) == (Certainty.LIKELY, Severity.WARNING)


def test_a_value_of_an_odd_shape_that_sts_accepts_is_no_finding() -> None:
    odd = KeysInEnvironment(has_access_key=True, has_secret=True, doubts=("AWS_ACCESS_KEY_ID looks odd.",))

    assert found(pod(keys(odd), identity(USER))) == {}


@pytest.mark.parametrize("injected", [IRSA, AGENT_STEP], ids=["web identity", "pod identity"])
def test_keys_beside_an_injected_identity_shadow_it_and_say_as_whom(injected: Step) -> None:
    finding = found(pod(keys(WHOLE), identity(USER), injected))["static-keys-shadow"]

    assert USER in finding.summary
    assert finding.sdks == ("go-v1", "go-v2", "botocore", "js-v3", "java-v2", "rust")


def test_js_leaves_the_keys_for_a_profile_that_aws_profile_names() -> None:
    case = pod(keys(WHOLE), IRSA, variables={**REGIONS, "AWS_PROFILE": "prod"})

    assert "js-v3" not in found(case)["static-keys-shadow"].sdks


def test_keys_that_are_expected_shadow_nothing() -> None:
    assert found(pod(keys(WHOLE), IRSA, wanted="environment")) == {}


def test_older_key_names_shadow_for_go_alone() -> None:
    legacy = KeysInEnvironment(legacy_names=("AWS_ACCESS_KEY", "AWS_SECRET_KEY"))

    assert found(pod(keys(legacy), IRSA))["static-keys-shadow"].sdks == ("go-v1", "go-v2")


def test_keys_that_cannot_work_are_told_once() -> None:
    broken = KeysInEnvironment(
        has_access_key=True, has_secret=True, problems=("AWS_SECRET_ACCESS_KEY has a line break.",)
    )

    assert list(found(pod(keys(broken, Outcome.FAIL), IRSA))) == ["static-keys-malformed"]


def test_no_region_anywhere_is_an_error() -> None:
    finding = found(pod(variables={}))["region-missing"]

    assert (finding.severity, finding.certainty) == (Severity.ERROR, Certainty.CERTAIN)


def test_a_region_that_imds_would_tell_makes_it_a_warning_with_that_region() -> None:
    instance = InstanceMetadata(exchange=exchange(200), region="eu-west-3")

    finding = found(pod(step("imds.metadata", instance), variables={}))["region-missing"]

    assert finding.severity is Severity.WARNING
    assert finding.remedies[0].command == "AWS_REGION=eu-west-3 AWS_DEFAULT_REGION=eu-west-3"


def profile(region: str) -> tuple[Step, Step]:
    files = SharedFiles(
        config=FileFacts(path="/home/app/.aws/config", state=FileState.READ),
        credentials=FileFacts(path="/home/app/.aws/credentials", state=FileState.MISSING),
        profiles=(ProfileFacts(file="config", name="default", line=1, keys=("region",), settings={"region": region}),),
    )
    selected = SelectedProfile(name="default", kind="empty")
    return step("shared-config.files", files), step("shared-config.profile", selected, Outcome.ABSENT)


def test_a_region_in_the_profile_is_a_region() -> None:
    assert found(pod(*profile("eu-west-1"), variables={})) == {}


@pytest.mark.parametrize(
    ("variables", "blind"),
    [
        ({"AWS_REGION": "eu-central-1"}, ("botocore",)),
        ({"AWS_DEFAULT_REGION": "eu-central-1"}, ("go-v1", "js-v3", "java-v2")),
        ({"AWS_DEFAULT_REGION": "eu-central-1", "AWS_SDK_LOAD_CONFIG": "1"}, ("js-v3", "java-v2")),
        ({"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "us-east-1"}, ()),
    ],
)
def test_a_split_region_names_the_sdks_without_one(variables: dict[str, str], blind: tuple[str, ...]) -> None:
    finding = found(pod(variables=variables))["region-split"]

    assert (finding.sdks, finding.severity) == (blind, Severity.WARNING)


def test_a_profile_that_fills_the_gap_with_the_same_region_is_no_split() -> None:
    assert found(pod(*profile("eu-central-1"), variables={"AWS_REGION": "eu-central-1"})) == {}


def test_an_endpoint_that_is_overridden_is_a_warning_with_its_value() -> None:
    case = pod(variables={**REGIONS, "AWS_ENDPOINT_URL_STS": "https://eks.example.com"})

    finding = found(case)["endpoint-override"]

    assert "AWS_ENDPOINT_URL_STS=https://eks.example.com" in finding.summary
    assert (finding.severity, "go-v1" in finding.sdks) == (Severity.WARNING, False)


def test_an_override_that_is_switched_off_is_no_finding() -> None:
    switched_off = {"AWS_ENDPOINT_URL": "http://localhost:4566", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}

    assert found(pod(variables={**REGIONS, **switched_off})) == {}


def imds(value: str) -> tuple[Step, dict[str, str]]:
    facts = ImdsVariables(
        endpoint="http://169.254.169.254",
        host="169.254.169.254",
        disabled=value.lower() == "true",
        disabled_value=value,
    )
    return step("imds.variables", facts), {**REGIONS, "AWS_EC2_METADATA_DISABLED": value}


@pytest.mark.parametrize(
    ("value", "sdks", "severity"),
    [("true", (), Severity.ERROR), ("TRUE", (), Severity.ERROR), ("1", ("js-v3",), Severity.WARNING)],
)
def test_imds_that_is_switched_off_while_nothing_else_is_left(
    value: str, sdks: tuple[str, ...], severity: Severity
) -> None:
    variables, told = imds(value)

    finding = found(pod(variables, variables=told))["metadata-disabled-by-env"]

    assert (finding.sdks, finding.severity) == (sdks, severity)


def test_imds_is_called_the_source_of_a_pod_only_by_who_says_so() -> None:
    variables, told = imds("true")

    inferred = found(pod(variables, variables=told))["metadata-disabled-by-env"]
    wanted = found(pod(variables, variables=told, wanted="imds"))["metadata-disabled-by-env"]

    assert "all that is left" in inferred.summary
    assert "the source of this pod" in wanted.summary


@pytest.mark.parametrize("value", ["", "false"])
def test_a_switch_that_is_not_on_is_no_finding(value: str) -> None:
    variables, told = imds(value)

    assert found(pod(variables, variables=told)) == {}


def test_imds_that_is_switched_off_beside_a_source_of_its_own_is_good_practice() -> None:
    variables, told = imds("true")
    container = step("container.variables", ContainerVariables(full_uri="http://169.254.170.23/v1/credentials"))

    assert found(pod(variables, container, variables=told)) == {}


def test_values_in_commands_are_safe_to_paste() -> None:
    finding = found(pod(variables={"AWS_REGION": "x; reboot"}))["region-split"]

    assert finding.remedies[0].command == "AWS_REGION='x; reboot' AWS_DEFAULT_REGION='x; reboot'"
