"""What the real SDKs for Go, Java and Rust were seen to do, and nobody would guess."""

from dataclasses import replace

import pytest

from probe.evidence import (
    Connections,
    Ending,
    FileProblem,
    FileState,
    Handshake,
    Handshakes,
    NameLookups,
    RoleListing,
    StsAnswers,
)
from probe.lab.witness.compare import fits
from tests.sdks.pods import (
    AGENT_HINT,
    AGENT_TOKEN_FILE,
    GLOBAL,
    NO_IMDS,
    REGIONAL,
    Part,
    asked,
    connection,
    container,
    exchange,
    files,
    imds,
    keys_answer,
    mute_sts,
    name,
    pod,
    profile,
    said,
    static_profile,
    step,
    sts_answer,
    token_file,
    web_identity,
    without,
)

IRSA, NODE, CONTAINER = "credentials web-identity", "credentials imds", "credentials container"
GO, OTHERS = ("go-v1", "go-v2"), ("java-v2", "rust")


def with_steps(part: Part, **told: object) -> Part:
    """Replace steps of a part; `__` stands for the dot and `_` for the dash of a step's name."""
    named = {key.replace("__", ".").replace("_", "-"): facts for key, facts in told.items()}
    added = (step(key, facts) for key, facts in named.items())  # type: ignore[arg-type]  # any facts
    return replace(part, steps=(*part.steps, *added))


def shaken(ending: Ending, roots: str = "default", problem: str | None = None) -> Part:
    handshake = Handshake(host=REGIONAL, ending=ending, roots=roots, roots_problem=problem)
    return with_steps(web_identity(), web_identity__tls=Handshakes(used=handshake))


def no_name() -> Part:
    gone = Ending.NAME_NOT_FOUND
    return with_steps(
        without(web_identity(), "web-identity.tls", "web-identity.assume-role"),
        web_identity__dns=NameLookups(used=name(REGIONAL, gone), other=name(GLOBAL, gone)),
        web_identity__connect=Connections(used=connection(REGIONAL, gone), other=connection(GLOBAL, gone)),
    )


def refused_once(status: int) -> Part:
    return container(replace(keys_answer(AGENT_HINT), earlier=exchange(status)))


# Web identity


def test_go_v1_crashes_on_an_answer_of_sts_that_has_no_keys_in_it() -> None:
    page = replace(sts_answer(), arn=None, access_key_hint=None)
    part = with_steps(web_identity(), web_identity__assume_role=StsAnswers(first=page))
    one = asked("go-v1", pod(part))
    assert (one.outcome, (one.error or "").partition(":")[0]) == ("error", "panic")


@pytest.mark.parametrize("regional", ["regional", "legacy", ""])
def test_go_v1_calls_the_global_endpoint_where_no_region_is_set(regional: str) -> None:
    nowhere = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None, "AWS_STS_REGIONAL_ENDPOINTS": regional}
    assert said("go-v1", pod(web_identity(), **nowhere)) == IRSA


def test_go_v1_has_no_secured_endpoint_without_a_region() -> None:
    nowhere = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None, "AWS_USE_FIPS_ENDPOINT": "true"}
    assert "sts-fips.aws-global.amazonaws.com" in asked("go-v1", pod(web_identity(), **nowhere)).because


@pytest.mark.parametrize(("sdk", "seconds", "often"), [("go-v2", 0.0, False), ("go-v1", 0.4, False)])
def test_go_v2_does_not_ask_again_for_a_name_that_does_not_exist(sdk: str, seconds: float, often: bool) -> None:
    one = asked(sdk, pod(no_name()))
    assert one.wait_seconds == pytest.approx(seconds, abs=0.1)
    assert ("exceeded maximum number of attempts" in (one.error or "")) is often


@pytest.mark.parametrize(("sdk", "begins"), [("go-v1", "LoadCustomCABundleError: "), ("go-v2", "…")])
@pytest.mark.parametrize("roots", ["AWS_CA_BUNDLE", "ca_bundle of the profile"])
def test_a_bundle_that_cannot_be_used_ends_the_configuration_of_go(sdk: str, begins: str, roots: str) -> None:
    one = asked(sdk, pod(shaken(Ending.TLS_UNTRUSTED, roots, "it is not there")))
    assert (one.outcome, (one.error or "").startswith(begins), one.wait_seconds) == ("error", True, 0.0)


@pytest.mark.parametrize(
    ("sdk", "roots", "outcome"),
    [
        ("rust", "AWS_CA_BUNDLE", "unknown"),
        ("rust", "SSL_CERT_FILE", "error"),
        ("java-v2", "AWS_CA_BUNDLE", "unknown"),
        ("java-v2", "SSL_CERT_FILE", "unknown"),
        ("go-v2", "AWS_CA_BUNDLE", "error"),
        ("go-v2", "REQUESTS_CA_BUNDLE", "unknown"),
    ],
)
def test_a_certificate_says_nothing_about_an_sdk_that_trusts_others(sdk: str, roots: str, outcome: str) -> None:
    assert said(sdk, pod(shaken(Ending.TLS_UNTRUSTED, roots), imds())) == outcome


@pytest.mark.parametrize(("version", "seconds"), [("1.9.0", 5.0), ("1.13.0", 21.6)])
def test_the_whole_chain_of_rust_has_a_limit(version: str, seconds: float) -> None:
    one = asked("rust", pod(web_identity(mute_sts())), version)
    assert (one.error, one.wait_seconds) == ("identity resolver timed out after …s", seconds)


@pytest.mark.parametrize(("version", "seconds"), [("2.45.1", 120.4), ("2.46.0", 8.4)])
def test_the_http_client_of_java_has_a_limit_for_tls_since_it_is_apaches_fifth(version: str, seconds: float) -> None:
    one = asked("java-v2", pod(shaken(Ending.TLS_TIMEOUT), NO_IMDS), version)
    assert one.wait_seconds == pytest.approx(seconds + 2.0, abs=0.2)


@pytest.mark.parametrize("part", ["web identity", "container"])
def test_java_never_comes_back_from_a_token_file_that_is_a_pipe(part: str) -> None:
    pipe = token_file(FileState.NOT_REGULAR)
    blocked = web_identity(token=pipe) if part == "web identity" else container(token=pipe)
    one = asked("java-v2", pod(blocked, imds()))
    assert (one.outcome, one.waits_for_ever) == ("error", True)


def test_rust_says_that_half_of_a_web_identity_is_a_configuration() -> None:
    one = asked("rust", pod(imds(), AWS_WEB_IDENTITY_TOKEN_FILE="/token"), "1.8.5")
    assert one.error == (
        "the credentials provider was not properly configured…AWS_ROLE_ARN environment variable must be set"
    )


# Container


@pytest.mark.parametrize(
    ("sdk", "after_429", "after_503"),
    [
        ("go-v1", CONTAINER, CONTAINER),
        ("go-v2", CONTAINER, CONTAINER),
        ("rust", "error", CONTAINER),
        ("java-v2", "none", CONTAINER),
    ],
)
def test_only_go_asks_the_agent_again_after_429(sdk: str, after_429: str, after_503: str) -> None:
    assert said(sdk, pod(refused_once(429), NO_IMDS)) == after_429
    assert said(sdk, pod(refused_once(503), NO_IMDS)) == after_503


def test_an_error_of_go_v2_names_the_code_in_whatever_form_it_came() -> None:
    answer = replace(keys_answer(), exchange=exchange(400), access_key_hint=None, has_keys=False, code="SomeCode")
    assert asked("go-v2", pod(container(answer))).error == "failed to load credentials, …SomeCode…"


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (container(connected=Ending.REFUSED), "unexpected credentials error…"),
        (container(keys_answer(AGENT_HINT, "Expiration")), "unexpected credentials error…"),
        (
            container(token=token_file(FileState.READ, "trailing-newline", path=AGENT_TOKEN_FILE)),
            "the credentials provider was not properly configured…could not be used as a…header value…",
        ),
        (
            container(uri="http://192.0.2.1/creds"),
            "the credentials provider was not properly configured…invalid full URI…not refer to an allowed IP address",
        ),
    ],
    ids=["refused", "incomplete", "a line break", "a host that is not allowed"],
)
def test_errors_of_rust_begin_in_three_ways(part: Part, text: str) -> None:
    assert fits(text, asked("rust", pod(part)).error)


# IMDS


@pytest.mark.parametrize("sdk", GO)
def test_go_takes_keys_from_imds_without_their_secret(sdk: str) -> None:
    answer = keys_answer("…HALF", "SecretAccessKey", "Token", "Expiration")
    assert said(sdk, pod(imds(answer=answer))) == NODE
    assert said(sdk, pod(imds(answer=keys_answer("…HALF", "Code")))) != NODE


@pytest.mark.parametrize(("sdk", "outcome"), [("go-v1", "none"), ("go-v2", "error"), ("java-v2", "none")])
def test_an_empty_list_of_roles_is_no_document_of_keys(sdk: str, outcome: str) -> None:
    listing = RoleListing(exchange=exchange(200), role=None, with_token=True)
    part = with_steps(without(imds(), "imds.credentials"), imds__role=listing)
    assert said(sdk, pod(part)) == outcome


@pytest.mark.parametrize(("put", "cut"), [(503, True), (Ending.NO_ANSWER, True), (403, False)])
def test_go_v2_says_canceled_where_its_five_seconds_are_up(put: int | Ending, cut: bool) -> None:
    one = asked("go-v2", pod(imds(put=put, tokenless=401)))
    assert ("canceled" in (one.error or ""), one.wait_seconds == 5.0) == (cut, cut)


@pytest.mark.parametrize(("version", "text"), [("1.9.0", "…"), ("1.10.1", "failed to load IMDS session token…")])
def test_pauses_drawn_by_lot_may_bring_rust_to_its_limit(version: str, text: str) -> None:
    assert (asked("rust", pod(imds(put=503)), version).error or "").endswith(text)


# Profiles


def test_a_line_that_is_none_may_make_java_give_up_the_files() -> None:
    bad = FileProblem(path="/root/.aws/credentials", line=6, sentence="No equals sign.", breaks_botocore=True)
    assert said("java-v2", pod(files(static_profile(), problems=[bad]), NO_IMDS)) == "unknown"


def test_a_session_token_alone_ends_the_chain_of_rust() -> None:
    assert said("rust", pod(files(profile(has="aws_session_token")), imds())) == "error"
