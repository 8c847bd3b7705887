"""The rules about the shared config and credentials files."""

from dataclasses import replace

import pytest

from probe.evidence import (
    FileFacts,
    FileProblem,
    FileState,
    KeysInEnvironment,
    Outcome,
    ProfileFacts,
    SelectedProfile,
    SharedFiles,
    Step,
    WebIdentityVariables,
)
from probe.findings import shared_config
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding
from tests.findings.building import AGENT, VARIABLES, judged, pod, step

CONFIG, CREDENTIALS = "/home/app/.aws/config", "/home/app/.aws/credentials"
IRSA = step(
    "web-identity.variables", WebIdentityVariables(role_arn="arn:aws:iam::111122223333:role/a", token_file="/t")
)
AGENT_STEP = step("container.variables", AGENT)
STATIC = SelectedProfile(name="default", kind="static", access_key_hint="…1234")
KEYS = ("aws_access_key_id", "aws_secret_access_key")


def found(case: Case) -> dict[str, Finding]:
    return judged(case, shared_config.RULES)


def files(
    *profiles: ProfileFacts,
    config: FileState = FileState.READ,
    credentials: FileState = FileState.READ,
    problems: tuple[FileProblem, ...] = (),
    named_by: str | None = None,
) -> Step:
    facts = SharedFiles(
        config=FileFacts(path=CONFIG, state=config),
        credentials=FileFacts(path=CREDENTIALS, state=credentials, mode="0600", owner=0, group=0),
        credentials_named_by=named_by,
        profiles=profiles,
        problems=problems,
    )
    return step("shared-config.files", facts)


def section(file: str = "credentials", name: str = "default", keys: tuple[str, ...] = KEYS) -> ProfileFacts:
    return ProfileFacts(file=file, name=name, line=1, keys=keys)


def selected(profile: SelectedProfile, outcome: Outcome = Outcome.OK) -> Step:
    return step("shared-config.profile", profile, outcome)


def test_a_profile_with_keys_that_is_meant_is_no_finding() -> None:
    assert found(pod(files(section()), selected(STATIC))) == {}


@pytest.mark.parametrize(
    ("variable", "sdks"), [("AWS_PROFILE", ("go-v2", "botocore")), ("AWS_DEFAULT_PROFILE", ("botocore",))]
)
def test_a_profile_that_no_file_has_stops_some_sdks_even_beside_irsa(variable: str, sdks: tuple[str, ...]) -> None:
    missing = SelectedProfile(name="prod", named_by=variable, kind="missing")

    finding = found(pod(files(), selected(missing, Outcome.FAIL), IRSA))["profile-missing"]

    assert (finding.sdks, finding.certainty) == (sdks, Certainty.CERTAIN)
    assert f"{variable}-" in (finding.remedies[0].command or "")


def test_a_missing_profile_is_only_likely_while_a_file_cannot_be_parsed() -> None:
    broken = FileProblem(path=CONFIG, line=3, sentence="This line has no equals sign.", breaks_botocore=True)
    missing = SelectedProfile(name="prod", named_by="AWS_PROFILE", kind="missing")

    findings = found(pod(files(problems=(broken,)), selected(missing, Outcome.FAIL)))

    assert {code: finding.certainty for code, finding in findings.items()} == {
        "profile-missing": Certainty.LIKELY,
        "profile-malformed": Certainty.CERTAIN,
    }


def test_a_missing_profile_is_only_likely_while_a_file_cannot_be_read() -> None:
    missing = SelectedProfile(name="prod", named_by="AWS_PROFILE", kind="missing")

    findings = found(pod(files(credentials=FileState.UNREADABLE), selected(missing, Outcome.FAIL)))

    assert findings["profile-missing"].certainty is Certainty.LIKELY


def test_a_default_profile_that_is_not_there_is_no_finding() -> None:
    assert found(pod(files())) == {}


@pytest.mark.parametrize(
    "state", [FileState.UNREADABLE, FileState.DIRECTORY, FileState.NOT_REGULAR, FileState.LINK_LOOP, FileState.FAILED]
)
def test_a_file_that_is_there_and_cannot_be_read_is_named(state: FileState) -> None:
    unknown = SelectedProfile(name="default", kind="unknown")

    finding = found(pod(files(credentials=state), selected(unknown, Outcome.FAIL)))["profile-unreadable"]

    assert CREDENTIALS in finding.summary
    assert finding.severity is Severity.ERROR
    assert "mode 0600, owner 0, group 0" in finding.evidence


def test_a_file_that_a_variable_names_and_that_is_not_there_is_a_warning() -> None:
    case = pod(files(credentials=FileState.MISSING, named_by="AWS_SHARED_CREDENTIALS_FILE"))

    finding = found(case)["profile-unreadable"]

    assert (finding.severity, finding.summary.split()[0]) == (Severity.WARNING, "AWS_SHARED_CREDENTIALS_FILE")


def test_a_missing_file_that_nobody_named_is_no_finding() -> None:
    assert found(pod(files(config=FileState.MISSING, credentials=FileState.MISSING))) == {}


def test_a_line_that_breaks_botocore_is_named_by_its_number() -> None:
    broken = FileProblem(path=CREDENTIALS, line=7, sentence="This line has no equals sign.", breaks_botocore=True)

    finding = found(pod(files(section(), problems=(broken,)), selected(STATIC)))["profile-malformed"]

    assert finding.summary.startswith(f"{CREDENTIALS}, line 7: botocore refuses the whole file")
    assert (finding.sdks, finding.severity) == (("botocore",), Severity.ERROR)


def test_a_line_that_breaks_nobody_is_a_warning() -> None:
    odd = FileProblem(path=CREDENTIALS, line=2, sentence="A colon stands there.", breaks_botocore=False)

    finding = found(pod(files(section(), problems=(odd,)), selected(STATIC)))["profile-malformed"]

    assert (finding.sdks, finding.severity) == ((), Severity.WARNING)


def test_a_profile_that_lacks_something_is_incomplete() -> None:
    half = SelectedProfile(name="default", kind="partial-keys", problems=("Half of the key pair is missing: x.",))

    finding = found(pod(files(section(keys=KEYS[:1])), selected(half, Outcome.FAIL)))["profile-incomplete"]

    assert finding.severity is Severity.ERROR
    assert "Half of the key pair is missing" in finding.summary


def test_keys_that_only_botocore_cannot_join_are_a_warning_for_botocore() -> None:
    apart = replace(STATIC, problems=("The two halves of the key pair stand in different files.",))

    finding = found(pod(files(), selected(apart, Outcome.WARN)))["profile-incomplete"]

    assert (finding.sdks, finding.severity) == (("botocore",), Severity.WARNING)


def test_values_that_cannot_be_keys_make_the_profile_incomplete() -> None:
    broken = replace(STATIC, key_problems=("aws_secret_access_key is a placeholder that nobody replaced.",))

    finding = found(pod(files(section()), selected(broken, Outcome.FAIL)))["profile-incomplete"]

    assert finding.severity is Severity.ERROR


ROLE = SelectedProfile(name="default", kind="assume-role-source-profile")


@pytest.mark.parametrize(
    ("profile", "injected", "sdks"),
    [
        (STATIC, IRSA, ("js-v3", "rust")),
        (ROLE, IRSA, ("botocore", "js-v3", "rust")),
        (STATIC, AGENT_STEP, ("go-v1", "go-v2", "botocore", "js-v3", "java-v2", "rust")),
        (ROLE, AGENT_STEP, ("go-v1", "go-v2", "botocore", "js-v3", "java-v2", "rust")),
    ],
)
def test_a_profile_shadows_for_the_sdks_that_read_it_earlier(
    profile: SelectedProfile, injected: Step, sdks: tuple[str, ...]
) -> None:
    case = pod(files(section()), selected(profile), injected)

    assert found(case)["profile-shadow"].sdks == sdks


def test_go_v1_reads_the_config_file_only_when_told_to() -> None:
    steps = (files(section("config")), selected(STATIC), AGENT_STEP)

    assert "go-v1" not in found(pod(*steps))["profile-shadow"].sdks
    assert "go-v1" in found(pod(*steps, variables={**VARIABLES, "AWS_SDK_LOAD_CONFIG": "1"}))["profile-shadow"].sdks


def test_a_profile_named_by_aws_default_profile_is_seen_by_few() -> None:
    profile = replace(STATIC, name="prod", named_by="AWS_DEFAULT_PROFILE")

    assert found(pod(files(section(name="prod")), selected(profile), AGENT_STEP))["profile-shadow"].sdks == (
        "go-v2",
        "botocore",
    )


def test_keys_in_the_environment_come_before_a_profile_but_for_js_with_aws_profile() -> None:
    whole = step("environment.keys", KeysInEnvironment(has_access_key=True, has_secret=True))
    steps = (whole, files(section(), section(name="prod")), IRSA)
    named = replace(STATIC, name="prod", named_by="AWS_PROFILE")

    assert found(pod(*steps, selected(STATIC))) == {}
    assert found(pod(*steps, selected(named), variables={**VARIABLES, "AWS_PROFILE": "prod"}))[
        "profile-shadow"
    ].sdks == ("js-v3",)


def test_a_profile_that_only_sets_a_region_shadows_nothing() -> None:
    empty = SelectedProfile(name="default", kind="empty")

    assert found(pod(files(section(keys=("region",))), selected(empty, Outcome.ABSENT), IRSA)) == {}


def test_a_profile_that_is_expected_shadows_nothing() -> None:
    assert found(pod(files(section()), selected(STATIC), IRSA, wanted="shared-config")) == {}
