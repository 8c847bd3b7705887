"""Two sources are set and both would work: who wins? One row for each conflict, one column for each SDK."""

import pytest

from probe.evidence import Evidence, TokenFile
from tests.sdks.pods import (
    SDKS,
    Part,
    asked,
    container,
    files,
    imds,
    keys,
    pod,
    role_profile,
    said,
    static_profile,
    step,
    web_identity,
)

ENVIRONMENT, PROFILE, IRSA, CONTAINER = (
    "credentials environment",
    "credentials shared-config",
    "credentials web-identity",
    "credentials container",
)
ROLE = role_profile(source_profile="base")
BASE = static_profile("base")

CONFLICTS: dict[str, tuple[Evidence, dict[str, str]]] = {
    "environment keys and web identity": (
        pod(keys(), web_identity()),
        dict.fromkeys(SDKS, ENVIRONMENT),
    ),
    "environment keys and AWS_PROFILE with keys": (
        pod(keys(), files(static_profile("app")), AWS_PROFILE="app"),
        {**dict.fromkeys(SDKS, ENVIRONMENT), "js-v3": PROFILE},
    ),
    "environment keys and a default profile with keys": (
        pod(keys(), files(static_profile())),
        dict.fromkeys(SDKS, ENVIRONMENT),
    ),
    "a default profile with keys and web identity": (
        pod(files(static_profile()), web_identity()),
        {**dict.fromkeys(SDKS, IRSA), "js-v3": PROFILE, "rust": PROFILE},
    ),
    "a default profile with a role and web identity": (
        pod(files(ROLE, BASE), web_identity()),
        {"go-v1": IRSA, "go-v2": IRSA, "java-v2": IRSA, **dict.fromkeys(("botocore", "js-v3", "rust"), "unknown")},
    ),
    "a default profile with keys and Pod Identity": (
        pod(files(static_profile()), container()),
        dict.fromkeys(SDKS, PROFILE),
    ),
    "web identity and Pod Identity": (
        pod(web_identity(), container()),
        dict.fromkeys(SDKS, IRSA),
    ),
    "Pod Identity and IMDS": (
        pod(container(), imds()),
        dict.fromkeys(SDKS, CONTAINER),
    ),
}


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("conflict", CONFLICTS)
def test_who_wins_when_both_are_set(conflict: str, sdk: str) -> None:
    evidence, winners = CONFLICTS[conflict]
    assert said(sdk, evidence) == winners[sdk]


@pytest.mark.parametrize("sdk", ["botocore", "js-v3", "rust"])
def test_a_role_of_a_profile_that_goes_before_web_identity_is_named_as_the_reason(sdk: str) -> None:
    evidence = pod(files(ROLE, BASE), web_identity())
    assert "assumes the role of the profile default before it looks at web identity" in asked(sdk, evidence).because


BOTH_URIS = pod(
    container(uri="http://127.0.0.1:8080/creds"),
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/v2/credentials/EXAMPLE",
)
"""The walk follows the full URI in this evidence, so whoever takes the relative one is not known."""


@pytest.mark.parametrize(
    ("sdk", "version", "takes_the_full_one"),
    [
        ("go-v1", "1.55.6", True),
        ("go-v2", "1.27.33", True),
        ("go-v2", "1.27.34", False),
        ("botocore", "1.43.0", False),
        ("js-v3", "3.1080.0", True),
        ("js-v3", "3.1083.0", False),
        ("rust", "1.9.0", False),
        ("java-v2", "2.30.0", False),
    ],
)
def test_the_relative_uri_wins_except_in_old_go_and_old_javascript(
    sdk: str, version: str, *, takes_the_full_one: bool
) -> None:
    assert said(sdk, BOTH_URIS, version) == (CONTAINER if takes_the_full_one else "unknown")


@pytest.mark.parametrize("sdk", SDKS)
def test_the_token_file_wins_over_the_token_variable_except_in_java(sdk: str) -> None:
    evidence = pod(container(), Part(hidden={"AWS_CONTAINER_AUTHORIZATION_TOKEN": "set"}))
    assert said(sdk, evidence) == ("unknown" if sdk == "java-v2" else CONTAINER)


def test_a_token_in_a_variable_alone_is_what_java_sends() -> None:
    token = Part(
        hidden={"AWS_CONTAINER_AUTHORIZATION_TOKEN": "set"},
        steps=(step("container.token", TokenFile(from_variable=True)),),
    )
    evidence = pod(container(), token, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="")
    assert said("java-v2", evidence) == CONTAINER


TWO_PROFILES = files(static_profile("one"), static_profile("two"))


@pytest.mark.parametrize(
    ("sdk", "profile"),
    [("go-v2", "one"), ("botocore", "two"), ("js-v3", "one"), ("rust", "one"), ("java-v2", "one"), ("go-v1", "one")],
)
def test_botocore_alone_reads_aws_default_profile_first(sdk: str, profile: str) -> None:
    evidence = pod(TWO_PROFILES, AWS_PROFILE="one", AWS_DEFAULT_PROFILE="two")
    assert f"the profile {profile} has keys" in asked(sdk, evidence).because.lower()


@pytest.mark.parametrize(
    ("sdk", "outcome"),
    [
        ("go-v2", PROFILE),
        ("botocore", PROFILE),
        ("go-v1", "credentials imds"),
        ("js-v3", "credentials imds"),
        ("rust", "credentials imds"),
        ("java-v2", "credentials imds"),
    ],
)
def test_aws_default_profile_alone_is_for_go_v2_and_botocore(sdk: str, outcome: str) -> None:
    assert said(sdk, pod(TWO_PROFILES, imds(), AWS_DEFAULT_PROFILE="two")) == outcome


def test_go_v1_reads_aws_default_profile_when_it_is_told_to_load_the_config() -> None:
    evidence = pod(TWO_PROFILES, imds(), AWS_DEFAULT_PROFILE="two", AWS_SDK_LOAD_CONFIG="1")
    assert said("go-v1", evidence) == PROFILE
