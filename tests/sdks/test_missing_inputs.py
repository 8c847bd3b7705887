"""Inputs that are missing, half there, or there and empty. One row for each input, one column for each SDK."""

import pytest

from probe.evidence import Evidence, FileProblem
from tests.sdks.pods import (
    ROLE_ARN,
    SDKS,
    TOKEN_FILE,
    Part,
    asked,
    container,
    files,
    imds,
    keys,
    pod,
    profile,
    role_profile,
    said,
    static_profile,
    web_identity,
)

NODE, IRSA, ENVIRONMENT = "credentials imds", "credentials web-identity", "credentials environment"
NEXT = dict.fromkeys(SDKS, NODE)

INPUTS: dict[str, tuple[Evidence, dict[str, str]]] = {
    "only the access key id": (pod(keys("AWS_ACCESS_KEY_ID"), imds()), {**NEXT, "botocore": "error"}),
    "only the secret key": (pod(keys("AWS_SECRET_ACCESS_KEY"), imds()), NEXT),
    "the names of before, as Go has them": (
        pod(keys("AWS_ACCESS_KEY", "AWS_SECRET_KEY"), imds()),
        {**NEXT, "go-v1": ENVIRONMENT, "go-v2": ENVIRONMENT},
    ),
    "the secret under the name of before, as Rust has it": (
        pod(keys("AWS_ACCESS_KEY_ID", "SECRET_ACCESS_KEY"), imds()),
        {**NEXT, "rust": ENVIRONMENT, "botocore": "error"},
    ),
    "a role ARN without a token file": (pod(imds(), AWS_ROLE_ARN=ROLE_ARN), NEXT),
    "a token file without a role ARN": (
        pod(imds(), AWS_WEB_IDENTITY_TOKEN_FILE=TOKEN_FILE),
        {**NEXT, **dict.fromkeys(("go-v1", "go-v2", "botocore"), "error")},
    ),
    "a token file variable that is empty": (
        pod(imds(), AWS_WEB_IDENTITY_TOKEN_FILE="", AWS_ROLE_ARN=ROLE_ARN),
        {**NEXT, "rust": "error"},
    ),
    "a container variable that is empty": (
        pod(imds(), AWS_CONTAINER_CREDENTIALS_FULL_URI=""),
        {**NEXT, "botocore": "error", "rust": "error"},
    ),
    "AWS_PROFILE names a missing profile, beside web identity": (
        pod(web_identity(), AWS_PROFILE="gone"),
        {**dict.fromkeys(SDKS, IRSA), "go-v2": "error", "botocore": "error"},
    ),
    "AWS_PROFILE names a missing profile, beside environment keys": (
        pod(keys(), imds(), AWS_PROFILE="gone"),
        {**dict.fromkeys(SDKS, ENVIRONMENT), "go-v2": "error", "botocore": "error", "js-v3": NODE},
    ),
    "AWS_DEFAULT_PROFILE names a missing profile": (
        pod(web_identity(), AWS_DEFAULT_PROFILE="gone"),
        {**dict.fromkeys(SDKS, IRSA), "botocore": "error"},
    ),
    "AWS_EC2_METADATA_DISABLED=true": (pod(imds(), AWS_EC2_METADATA_DISABLED="true"), dict.fromkeys(SDKS, "none")),
    "AWS_EC2_METADATA_DISABLED=TRUE": (pod(imds(), AWS_EC2_METADATA_DISABLED="TRUE"), dict.fromkeys(SDKS, "none")),
    "AWS_EC2_METADATA_DISABLED=false": (pod(imds(), AWS_EC2_METADATA_DISABLED="false"), NEXT),
    "AWS_EC2_METADATA_DISABLED=1": (
        pod(imds(), AWS_EC2_METADATA_DISABLED="1"),
        {**NEXT, "js-v3": "none", "java-v2": "none"},
    ),
    "a config file that Go v1 does not read": (
        pod(files(static_profile(file="config")), imds()),
        {**dict.fromkeys(SDKS, "credentials shared-config"), "go-v1": NODE},
    ),
    "half a key pair in a profile": (
        pod(files(profile(has="aws_access_key_id")), imds()),
        {**NEXT, **dict.fromkeys(("botocore", "go-v2", "rust"), "error")},
    ),
    "half a key pair in a profile, beside web identity": (
        pod(files(profile(has="aws_access_key_id")), web_identity()),
        {**dict.fromkeys(SDKS, IRSA), "go-v2": "error", "rust": "error"},
    ),
    "a role ARN in a profile, and nothing to assume it with": (
        pod(files(role_profile()), imds()),
        {**NEXT, "botocore": "error", "rust": "error", "go-v2": "unknown"},
    ),
    "a source_profile that does not exist": (
        pod(files(role_profile(source_profile="gone")), imds()),
        {**NEXT, "botocore": "error", "go-v2": "error"},
    ),
    "a source_profile without credentials": (
        pod(files(role_profile(source_profile="base"), profile("base", "config", region="x")), imds()),
        {**NEXT, "botocore": "error", "go-v2": "error", "rust": "error"},
    ),
    "source_profile in a circle": (
        pod(files(role_profile(source_profile="b"), role_profile("b", source_profile="default")), imds()),
        {**NEXT, "botocore": "error", "go-v2": "error", "rust": "error"},
    ),
    "a credential_source that does not exist": (
        pod(files(role_profile(credential_source="Ec2")), imds()),
        {**NEXT, "botocore": "error", "rust": "error", "go-v2": "unknown", "java-v2": "unknown"},
    ),
}


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("name", INPUTS)
def test_what_an_sdk_makes_of_it(name: str, sdk: str) -> None:
    evidence, outcomes = INPUTS[name]
    assert said(sdk, evidence) == outcomes[sdk]


@pytest.mark.parametrize(
    ("sdk", "version", "outcome"),
    [
        ("rust", "1.8.9", "error"),
        ("rust", "1.9.0", NODE),
    ],
)
def test_half_of_web_identity_stopped_rust_until_1_9_0(sdk: str, version: str, outcome: str) -> None:
    assert said(sdk, pod(imds(), AWS_WEB_IDENTITY_TOKEN_FILE=TOKEN_FILE), version) == outcome


@pytest.mark.parametrize(("version", "outcome"), [("1.8.9", "error"), ("1.9.0", IRSA)])
def test_a_missing_profile_stopped_rust_until_1_9_0(version: str, outcome: str) -> None:
    other = files(profile("other", "config", region="eu-central-1"))
    assert said("rust", pod(web_identity(), other, AWS_PROFILE="gone"), version) == outcome


def test_a_missing_profile_is_no_error_to_rust_where_no_profile_is_there_at_all() -> None:
    assert said("rust", pod(web_identity(), AWS_PROFILE="gone"), "1.8.9") == IRSA


@pytest.mark.parametrize(("version", "outcome"), [("3.726.0", "none"), ("3.758.0", NODE)])
def test_false_once_switched_imds_off_in_javascript(version: str, outcome: str) -> None:
    assert said("js-v3", pod(imds(), AWS_EC2_METADATA_DISABLED="false"), version) == outcome


def test_botocore_names_the_missing_half() -> None:
    assert asked("botocore", pod(keys("AWS_ACCESS_KEY_ID"))).error == (
        "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY"
    )


def test_botocore_takes_the_role_from_the_profile_which_nobody_tried() -> None:
    evidence = pod(files(role_profile()), AWS_WEB_IDENTITY_TOKEN_FILE=TOKEN_FILE)
    assert said("botocore", pod(files(profile(region="x")), AWS_WEB_IDENTITY_TOKEN_FILE=TOKEN_FILE)) == "error"
    assert said("botocore", evidence) == "error"
    assert "nothing to assume it with" in asked("botocore", evidence).because


def test_an_empty_token_file_variable_hides_the_profile_from_botocore() -> None:
    walked = web_identity(told_by="profile default")
    evidence = pod(files(role_profile(web_identity_token_file=TOKEN_FILE)), walked, imds())
    assert said("botocore", evidence) == IRSA
    assert said("botocore", pod(*_parts(walked), AWS_WEB_IDENTITY_TOKEN_FILE="")) == NODE


def _parts(walked: Part) -> tuple[Part, ...]:
    return files(role_profile(web_identity_token_file=TOKEN_FILE)), walked, imds()


@pytest.mark.parametrize(("sdk", "outcome"), [("botocore", "error"), ("go-v2", IRSA), ("js-v3", IRSA)])
def test_an_empty_aws_profile_is_a_missing_one_to_botocore_alone(sdk: str, outcome: str) -> None:
    assert said(sdk, pod(web_identity(), AWS_PROFILE="")) == outcome


def test_a_line_that_cannot_be_parsed_ends_botocore_whatever_else_there_is() -> None:
    problem = FileProblem(path="/root/.aws/config", line=3, sentence="no equals sign", breaks_botocore=True)
    evidence = pod(keys(), web_identity(), files(static_profile(), problems=[problem]))
    assert asked("botocore", evidence).error == "Unable to parse config file: …/root/.aws/config"


def test_a_token_file_is_read_by_rust_even_where_no_uri_is_set() -> None:
    stale = container(token=None)
    evidence = pod(
        Part(steps=tuple(one for one in stale.steps if one.id == "container.token")),
        imds(),
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="/gone",
    )
    assert said("rust", evidence) == NODE


@pytest.mark.parametrize("sdk", SDKS)
def test_a_walk_that_did_not_read_the_files_is_not_taken_for_one_without_files(sdk: str) -> None:
    evidence = pod(imds())
    cut = Evidence(given=evidence.given, steps=tuple(s for s in evidence.steps if s.id != "shared-config.files"))
    assert said(sdk, cut) == "unknown"
