"""The shared config source: what becomes of each kind of profile, and what the probe leaves alone."""

from pathlib import Path

import pytest

from probe.evidence import Outcome, Step
from probe.sources.shared_config import walk_shared_config
from tests.sources.world import Pod

CONFIG, CREDENTIALS = "/home/app/.aws/config", "/home/app/.aws/credentials"
STATIC = (
    "[default]\naws_access_key_id = AKIAEXAMPLE000001234\n"
    "aws_secret_access_key = exampleSecretValue/0123456789abcdefghijk\n"
)


@pytest.fixture
def pod(tmp_path: Path) -> Pod:
    return Pod(root=tmp_path, environment={"HOME": "/home/app"})


def outcomes(steps: dict[str, Step]) -> tuple[Outcome, Outcome]:
    return steps["shared-config.files"].outcome, steps["shared-config.profile"].outcome


def test_no_file_is_absent(pod: Pod) -> None:
    assert outcomes(pod.walked(walk_shared_config)) == (Outcome.ABSENT, Outcome.ABSENT)


def test_static_keys_are_usable_and_no_secret_is_evidence(pod: Pod) -> None:
    pod.write(CREDENTIALS, STATIC)

    steps = pod.walked(walk_shared_config)

    assert outcomes(steps) == (Outcome.OK, Outcome.OK)
    assert "exampleSecretValue" not in repr(steps)
    assert "AKIAEXAMPLE" not in repr(steps)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("credential_process = /bin/false", "never executed"),
        ("sso_start_url = https://example.awsapps.com/start", "SSO"),
        ("role_arn = arn:aws:iam::111122223333:role/a\nsource_profile = default", "does not assume roles"),
        ("role_arn = arn:aws:iam::111122223333:role/a\ncredential_source = Ec2InstanceMetadata", "leads to IMDS"),
        ("role_arn = arn:aws:iam::111122223333:role/a\nweb_identity_token_file = /token", "with web identity"),
    ],
)
def test_what_the_probe_does_not_do_is_skipped_with_its_reason(pod: Pod, content: str, reason: str) -> None:
    keys = STATIC.partition("\n")[2] if "source_profile" in content else ""
    pod.write(CONFIG, f"[default]\n{content}\n{keys}")

    step = pod.walked(walk_shared_config)["shared-config.profile"]

    assert step.outcome is Outcome.SKIPPED
    assert reason in (step.reason or "")


def test_a_profile_with_a_region_alone_gives_no_credentials_and_is_no_failure(pod: Pod) -> None:
    pod.write(CONFIG, "[default]\nregion = eu-central-1\n")

    assert outcomes(pod.walked(walk_shared_config)) == (Outcome.OK, Outcome.ABSENT)


@pytest.mark.parametrize(
    "content",
    [
        "[default]\naws_access_key_id = AKIAEXAMPLE000001234\n",
        "[default]\nrole_arn = arn:aws:iam::111122223333:role/a\n",
        STATIC.replace("exampleSecretValue/0123456789abcdefghijk", "<your-secret>"),
    ],
    ids=["half a pair", "role without source", "placeholder"],
)
def test_a_profile_that_cannot_give_credentials_fails(pod: Pod, content: str) -> None:
    pod.write(CREDENTIALS, content)

    assert outcomes(pod.walked(walk_shared_config))[1] is Outcome.FAIL


def test_a_named_profile_that_no_file_has_fails_even_without_any_file(pod: Pod) -> None:
    pod.environment["AWS_PROFILE"] = "prod"

    assert outcomes(pod.walked(walk_shared_config)) == (Outcome.ABSENT, Outcome.FAIL)


def test_a_file_that_is_a_directory_fails_and_leaves_the_profile_open(pod: Pod) -> None:
    (pod.root / "home/app/.aws/credentials").mkdir(parents=True)

    steps = pod.walked(walk_shared_config)

    assert outcomes(steps) == (Outcome.FAIL, Outcome.FAIL)
    assert steps["shared-config.profile"].reason == "a file cannot be read or parsed"


def test_a_file_that_cannot_be_parsed_leaves_the_default_profile_open(pod: Pod) -> None:
    pod.write(CREDENTIALS, b"\x8b\x1f\xff\xfe")

    assert outcomes(pod.walked(walk_shared_config)) == (Outcome.FAIL, Outcome.FAIL)


def test_a_line_that_breaks_botocore_fails_the_file_and_not_the_profile(pod: Pod) -> None:
    pod.write(CREDENTIALS, f"{STATIC}this line has nothing to say\n")

    assert outcomes(pod.walked(walk_shared_config)) == (Outcome.FAIL, Outcome.OK)


def test_a_file_that_only_a_variable_names_and_that_is_not_there_is_a_warning(pod: Pod) -> None:
    pod.environment["AWS_CONFIG_FILE"] = "/nowhere"

    assert outcomes(pod.walked(walk_shared_config)) == (Outcome.WARN, Outcome.ABSENT)
