"""The models that no real SDK has borne out: Java v1, C++, CRT and .NET. They say less, and say that."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from probe.evidence import (
    Connections,
    Ending,
    Evidence,
    FileState,
    Handshake,
    Handshakes,
    StsAnswers,
    TokenFile,
)
from probe.sdks import MODELS
from tests.sdks.pods import (
    GLOBAL,
    NO_IMDS,
    REGIONAL,
    ROLE_ARN,
    SDKS,
    Part,
    asked,
    connection,
    container,
    files,
    imds,
    keys,
    keys_answer,
    no_answer,
    pod,
    profile,
    refusal,
    relative,
    role_profile,
    said,
    static_profile,
    step,
    sts_answer,
    token_file,
    web_identity,
    without,
)

UNPROVEN = ("java-v1", "cpp", "crt", "dotnet")
OVER = ("java-v1", "cpp", "crt")
ENVIRONMENT, PROFILE, IRSA, CONTAINER, NODE = (
    f"credentials {source}" for source in ("environment", "shared-config", "web-identity", "container", "imds")
)
ROLE = role_profile(source_profile="base")
BASE = static_profile("base")


@pytest.mark.parametrize("sdk", UNPROVEN)
def test_what_they_say_is_marked_as_unproven(sdk: str) -> None:
    model = next(model for model in MODELS if sdk == model.SDK)
    assert {one.proven for one in model.predict(pod(web_identity(), imds()))} == {False}


@pytest.mark.parametrize("sdk", SDKS)
def test_models_that_the_real_sdks_bear_out_are_not(sdk: str) -> None:
    model = next(model for model in MODELS if sdk == model.SDK)
    assert {one.proven for one in model.predict(pod(web_identity()))} == {True}


CONFLICTS: dict[str, tuple[Evidence, Mapping[str, str]]] = {
    "environment keys and web identity": (
        pod(keys(), web_identity()),
        {**dict.fromkeys(UNPROVEN, ENVIRONMENT), "dotnet": "unknown"},
    ),
    "environment keys and AWS_PROFILE with keys": (
        pod(keys(), files(static_profile("app")), AWS_PROFILE="app"),
        dict.fromkeys(UNPROVEN, ENVIRONMENT),
    ),
    "a default profile with keys and web identity": (
        pod(files(static_profile()), web_identity()),
        {"java-v1": IRSA, "dotnet": IRSA, "cpp": PROFILE, "crt": PROFILE},
    ),
    "a default profile with a role and web identity": (
        pod(files(ROLE, BASE), web_identity()),
        {"java-v1": IRSA, "dotnet": IRSA, "cpp": "unknown", "crt": "unknown"},
    ),
    "a default profile with keys and Pod Identity": (
        pod(files(static_profile()), container()),
        dict.fromkeys(UNPROVEN, PROFILE),
    ),
    "web identity and Pod Identity": (pod(web_identity(), container()), dict.fromkeys(UNPROVEN, IRSA)),
    "Pod Identity and IMDS": (pod(container(), imds()), dict.fromkeys(UNPROVEN, CONTAINER)),
    "the relative URI and IMDS": (pod(relative(), imds()), dict.fromkeys(UNPROVEN, CONTAINER)),
}


@pytest.mark.parametrize("sdk", UNPROVEN)
@pytest.mark.parametrize("conflict", CONFLICTS)
def test_who_wins_when_both_are_set(conflict: str, sdk: str) -> None:
    evidence, winners = CONFLICTS[conflict]
    assert said(sdk, evidence) == winners[sdk]


@pytest.mark.parametrize(
    ("evidence", "winner"),
    [
        (pod(keys(), web_identity()), IRSA),
        (pod(keys(), files(static_profile("app")), AWS_PROFILE="app"), PROFILE),
        (pod(files(static_profile()), web_identity()), IRSA),
    ],
)
def test_dotnet_of_version_3_has_the_environment_last(evidence: Evidence, winner: str) -> None:
    assert said("dotnet", evidence, "3.7.800.0") == winner


STOPS_ONLY_DOTNET = {**dict.fromkeys(OVER, NODE), "dotnet": "error"}
NO_PATH = without(web_identity(), "web-identity.tls", "web-identity.assume-role")

FAILURES: dict[str, tuple[Evidence, Mapping[str, str]]] = {
    "STS says AccessDenied": (pod(web_identity(sts_answer("AccessDenied")), imds()), STOPS_ONLY_DOTNET),
    "STS says InvalidIdentityToken": (
        pod(web_identity(sts_answer("InvalidIdentityToken", status=400)), imds()),
        STOPS_ONLY_DOTNET,
    ),
    "the token file is missing": (
        pod(web_identity(token=token_file(FileState.MISSING)), imds()),
        STOPS_ONLY_DOTNET,
    ),
    "the token file may not be read": (
        pod(web_identity(token=token_file(FileState.UNREADABLE)), imds()),
        STOPS_ONLY_DOTNET,
    ),
    "the token file is a pipe": (
        pod(web_identity(token=token_file(FileState.NOT_REGULAR)), imds()),
        dict.fromkeys(UNPROVEN, "error"),
    ),
    "the role is missing": (
        pod(imds(), AWS_WEB_IDENTITY_TOKEN_FILE="/token"),
        dict.fromkeys(UNPROVEN, NODE),
    ),
    "the token file's variable is missing": (pod(imds(), AWS_ROLE_ARN=ROLE_ARN), dict.fromkeys(UNPROVEN, NODE)),
    "half a key pair": (pod(keys("AWS_ACCESS_KEY_ID"), imds()), dict.fromkeys(UNPROVEN, NODE)),
    "the agent refuses": (
        pod(container(refusal(404, "ResourceNotFoundException")), imds()),
        {"java-v1": "none", "cpp": "none", "crt": "error", "dotnet": "error"},
    ),
    "the agent never answers": (
        pod(container(no_answer()), imds()),
        {"java-v1": "none", "cpp": "none", "crt": "error", "dotnet": "error"},
    ),
    "the host of the full URI is not allowed": (
        pod(without(container(uri="http://192.0.2.1/creds"), "container.credentials"), imds()),
        {"java-v1": "none", "cpp": "none", "crt": "error", "dotnet": "none"},
    ),
    "nothing is configured and IMDS is not there": (
        pod(NO_IMDS),
        {**dict.fromkeys(UNPROVEN, "none"), "java-v1": "unknown"},
    ),
    "the hop limit is too low and IMDSv1 is allowed": (
        pod(imds(Ending.NO_ANSWER, 200)),
        {**dict.fromkeys(UNPROVEN, NODE), "java-v1": "unknown"},
    ),
    "a token PUT is answered with 400": (
        pod(imds(400, 200)),
        {"java-v1": "unknown", "cpp": "none", "crt": "unknown", "dotnet": "none"},
    ),
}


@pytest.mark.parametrize("sdk", UNPROVEN)
@pytest.mark.parametrize("failure", FAILURES)
def test_what_comes_after_a_failure(failure: str, sdk: str) -> None:
    evidence, outcomes = FAILURES[failure]
    assert said(sdk, evidence) == outcomes[sdk]


@pytest.mark.parametrize("sdk", OVER)
def test_a_web_identity_that_fails_falls_through_to_the_node_role(sdk: str) -> None:
    one = asked(sdk, pod(web_identity(sts_answer("AccessDenied")), imds()))
    assert one.falls_through
    assert "STS refuses the token (AccessDenied)" in one.because


def test_dotnet_does_not_fall_through() -> None:
    one = asked("dotnet", pod(web_identity(sts_answer("AccessDenied")), imds()))
    assert not one.falls_through
    assert one.error is None


@pytest.mark.parametrize("sdk", UNPROVEN)
def test_a_container_uri_keeps_imds_out_of_the_chain(sdk: str) -> None:
    one = asked(sdk, pod(container(refusal(500)), imds()))
    assert one.source is None
    assert not one.falls_through


@pytest.mark.parametrize(("sdk", "before"), [("java-v1", "1.12.745"), ("cpp", "1.11.262"), ("dotnet", "3.7.733.0")])
def test_what_a_release_from_before_pod_identity_does_with_it_is_not_known(sdk: str, before: str) -> None:
    assert said(sdk, pod(container(), imds()), before) == "unknown"


@pytest.mark.parametrize(
    ("sdk", "region_alone", "outcome"),
    [
        ("cpp", "AWS_DEFAULT_REGION", IRSA),
        ("cpp", "AWS_REGION", IRSA),
        ("crt", "AWS_DEFAULT_REGION", IRSA),
        ("crt", "AWS_REGION", IRSA),
        ("java-v1", "AWS_REGION", IRSA),
        ("java-v1", "AWS_DEFAULT_REGION", "unknown"),
        ("dotnet", "AWS_REGION", IRSA),
        ("dotnet", "AWS_DEFAULT_REGION", "unknown"),
    ],
)
def test_a_region_in_one_variable_is_read_by_some(sdk: str, region_alone: str, outcome: str) -> None:
    regions: dict[str, str | None] = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None, region_alone: "eu-central-1"}
    assert said(sdk, pod(web_identity(), **regions)) == outcome


@pytest.mark.parametrize(
    ("sdk", "outcome"), [("cpp", "unknown"), ("crt", "none"), ("java-v1", "unknown"), ("dotnet", "unknown")]
)
def test_without_a_region_crt_alone_has_no_web_identity(sdk: str, outcome: str) -> None:
    assert said(sdk, pod(web_identity(), NO_IMDS, AWS_REGION=None, AWS_DEFAULT_REGION=None)) == outcome


def test_java_v1_is_not_judged_where_its_two_sts_endpoints_differ() -> None:
    closed = replace(NO_PATH, steps=(*NO_PATH.steps, *_only_regional_connects().steps))
    evidence = pod(web_identity(), closed, AWS_STS_REGIONAL_ENDPOINTS=None)
    assert said("java-v1", evidence) == "unknown"
    assert said("java-v1", pod(web_identity(), AWS_STS_REGIONAL_ENDPOINTS=None)) == IRSA


def _only_regional_connects() -> Part:
    connections = Connections(used=connection(REGIONAL), other=connection(GLOBAL, Ending.CONNECT_TIMEOUT))
    return Part(
        steps=(
            step("web-identity.connect", connections),
            step("web-identity.tls", Handshakes(used=Handshake(host=REGIONAL, ending=Ending.CONNECTED))),
            step("web-identity.assume-role", StsAnswers(first=sts_answer())),
        )
    )


TWO_PROFILES = files(static_profile("one"), static_profile("two"))


@pytest.mark.parametrize(("sdk", "name"), [("cpp", "two"), ("crt", "one"), ("java-v1", "one"), ("dotnet", "one")])
def test_cpp_alone_reads_aws_default_profile_first(sdk: str, name: str) -> None:
    evidence = pod(TWO_PROFILES, AWS_PROFILE="one", AWS_DEFAULT_PROFILE="two")
    assert f"the profile {name} has keys" in asked(sdk, evidence).because.lower()


@pytest.mark.parametrize(
    ("sdk", "version", "outcome"),
    [
        ("cpp", "9999", NODE),
        ("crt", "9999", NODE),
        ("java-v1", "9999", NODE),
        ("dotnet", "9999", "error"),
        ("dotnet", "3.7.800.0", NODE),
    ],
)
def test_a_profile_that_is_not_there(sdk: str, version: str, outcome: str) -> None:
    assert said(sdk, pod(files(), imds(), AWS_PROFILE="gone"), version) == outcome


def test_cpp_takes_keys_from_the_credentials_file_alone_for_sure() -> None:
    assert said("cpp", pod(files(static_profile(file="config")), imds())) == "unknown"


@pytest.mark.parametrize("sdk", ["cpp", "crt"])
def test_role_and_token_file_may_come_from_the_profile(sdk: str) -> None:
    told = files(profile(file="config", role_arn=ROLE_ARN, web_identity_token_file="/token"))
    assert said(sdk, pod(told, web_identity(told_by="profile default"))) == IRSA


@pytest.mark.parametrize("sdk", ["cpp", "crt"])
def test_a_role_from_one_place_and_a_token_file_from_another_was_not_tried(sdk: str) -> None:
    told = files(profile(file="config", role_arn=ROLE_ARN, web_identity_token_file="/token"))
    assert said(sdk, pod(told, web_identity(), AWS_ROLE_ARN=None)) == "unknown"


@pytest.mark.parametrize("sdk", UNPROVEN)
def test_both_tokens_set(sdk: str) -> None:
    evidence = pod(container(), Part(hidden={"AWS_CONTAINER_AUTHORIZATION_TOKEN": "set"}))
    assert said(sdk, evidence) == ("unknown" if sdk == "java-v1" else CONTAINER)


@pytest.mark.parametrize("sdk", UNPROVEN)
def test_a_line_break_in_the_token_is_not_judged(sdk: str) -> None:
    token = token_file(FileState.READ, "trailing-newline")
    part = without(container(token=token), "container.credentials")
    assert said(sdk, pod(part)) == "unknown"


@pytest.mark.parametrize("sdk", UNPROVEN)
def test_keys_without_an_expiration_are_not_judged(sdk: str) -> None:
    assert said(sdk, pod(container(keys_answer("…AGNT", "Expiration")))) == "unknown"


@pytest.mark.parametrize(
    ("sdk", "value", "outcome"),
    [
        ("crt", "no", "none"),
        ("crt", "false", NODE),
        ("crt", "", "unknown"),
        ("cpp", "TRUE", "none"),
        ("cpp", "no", NODE),
        ("java-v1", "true", "none"),
        ("dotnet", "true", "none"),
    ],
)
def test_the_switch_that_closes_imds(sdk: str, value: str, outcome: str) -> None:
    assert said(sdk, pod(imds(), AWS_EC2_METADATA_DISABLED=value)) == outcome


@pytest.mark.parametrize("sdk", ["cpp", "crt", "dotnet"])
def test_the_switch_for_imdsv1_is_not_judged_where_it_would_matter(sdk: str) -> None:
    assert said(sdk, pod(imds(Ending.NO_ANSWER, 200), AWS_EC2_METADATA_V1_DISABLED="true")) == "unknown"
    assert said(sdk, pod(imds(), AWS_EC2_METADATA_V1_DISABLED="true")) == NODE


@pytest.mark.parametrize("variable", ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"])
def test_an_empty_container_variable_is_not_judged_for_java_v1(variable: str) -> None:
    assert said("java-v1", pod(imds(), **{variable: ""})) == "unknown"


@pytest.mark.parametrize("sdk", UNPROVEN)
def test_a_token_of_the_variable_alone_is_sent(sdk: str) -> None:
    token = Part(
        hidden={"AWS_CONTAINER_AUTHORIZATION_TOKEN": "set"},
        steps=(step("container.token", TokenFile(from_variable=True)),),
    )
    evidence = pod(container(), token, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="")
    assert said(sdk, evidence) == CONTAINER
