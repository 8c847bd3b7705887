"""The way to STS: which endpoint each SDK calls, what it needs for that, and whether it goes through a proxy."""

from dataclasses import replace

import pytest

from probe.evidence import (
    Connections,
    Ending,
    FileState,
    Handshake,
    Handshakes,
    InstanceMetadata,
    StsAnswers,
)
from tests.sdks.pods import (
    GLOBAL,
    NO_IMDS,
    REGION,
    REGIONAL,
    SDKS,
    Part,
    asked,
    connection,
    exchange,
    files,
    imds,
    pod,
    profile,
    role_profile,
    said,
    step,
    sts_answer,
    token_file,
    web_identity,
    without,
)
from tests.sdks.pods import TOKEN_FILE as PATH

IRSA = "credentials web-identity"


def only_regional() -> Part:
    """Make a VPC with an endpoint for STS and no way out: the global endpoint is a black hole."""
    connections = Connections(
        used=connection(REGIONAL),
        other=connection(GLOBAL, Ending.CONNECT_TIMEOUT),
    )
    part = web_identity()
    return replace(part, steps=(*part.steps, step("web-identity.connect", connections)))


LEGACY = {"AWS_STS_REGIONAL_ENDPOINTS": ""}


@pytest.mark.parametrize(
    ("sdk", "version", "outcome"),
    [
        ("go-v1", "1.55.6", "error"),
        ("botocore", "1.39.9", "error"),
        ("botocore", "1.40.0", IRSA),
        ("go-v2", "1.32.0", IRSA),
        ("js-v3", "3.900.0", IRSA),
        ("java-v2", "2.30.0", IRSA),
        ("rust", "1.9.0", IRSA),
    ],
)
def test_who_calls_the_global_endpoint_when_nobody_says_regional(sdk: str, version: str, outcome: str) -> None:
    assert said(sdk, pod(only_regional(), NO_IMDS, **LEGACY), version) == outcome


@pytest.mark.parametrize("sdk", SDKS)
def test_the_variable_that_the_webhook_sets_makes_all_of_them_regional(sdk: str) -> None:
    assert said(sdk, pod(only_regional(), AWS_STS_REGIONAL_ENDPOINTS="regional")) == IRSA


def test_the_legacy_setting_sends_even_a_current_botocore_to_the_global_endpoint() -> None:
    assert said("botocore", pod(only_regional(), AWS_STS_REGIONAL_ENDPOINTS="legacy")) == "error"


def test_the_answer_of_the_one_endpoint_is_taken_for_the_other_where_both_can_be_reached() -> None:
    both = pod(web_identity(sts_answer("AccessDenied")), **LEGACY)
    one = asked("go-v1", both)
    assert one.outcome == "error"
    assert "asked at the other endpoint; sts.amazonaws.com can be reached too" in one.because


def test_go_v1_calls_the_regional_endpoint_of_a_region_that_came_late() -> None:
    late = pod(web_identity(host="sts.eu-south-2.amazonaws.com"), AWS_REGION="eu-south-2", **LEGACY)
    assert said("go-v1", late) == IRSA


@pytest.mark.parametrize("sdk", SDKS)
def test_aws_region_alone_is_nothing_to_botocore_which_calls_the_global_endpoint(sdk: str) -> None:
    evidence = pod(only_regional(), NO_IMDS, AWS_DEFAULT_REGION=None)
    assert said(sdk, evidence) == ("error" if sdk == "botocore" else IRSA)


def test_a_region_that_is_there_and_empty_is_an_error_of_botocore() -> None:
    assert asked("botocore", pod(web_identity(), AWS_DEFAULT_REGION="")).error == "Invalid endpoint: …"


@pytest.mark.parametrize(
    ("sdk", "outcome"),
    [
        ("botocore", IRSA),
        ("go-v2", IRSA),
        ("rust", IRSA),
        ("go-v1", IRSA),
        ("js-v3", "unknown"),
        ("java-v2", IRSA),
    ],
)
def test_aws_default_region_alone(sdk: str, outcome: str) -> None:
    """JavaScript may find a region in IMDS, which nobody asked; Java and Go v1 call the global endpoint."""
    assert said(sdk, pod(web_identity(), AWS_REGION=None)) == outcome


MISSING_REGION = {
    "go-v2": "failed to retrieve credentials, …operation error STS: AssumeRoleWithWebIdentity, …"
    "Invalid Configuration: Missing Region",
    "rust": "an error occurred while loading credentials…",
}


@pytest.mark.parametrize("sdk", MISSING_REGION)
def test_no_region_at_all_in_the_words_of_each_sdk(sdk: str) -> None:
    assert asked(sdk, pod(web_identity(), AWS_REGION=None, AWS_DEFAULT_REGION=None)).error == MISSING_REGION[sdk]


@pytest.mark.parametrize("version", ["1.39.0", "1.44.0"])
def test_without_a_region_botocore_calls_the_global_endpoint_of_sts(version: str) -> None:
    no_region = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None}
    assert said("botocore", pod(web_identity(), **no_region), version) == IRSA
    assert said("botocore", pod(only_regional(), **no_region), version) == "error"


@pytest.mark.parametrize("sdk", ["botocore", "go-v2", "js-v3", "java-v2", "rust"])
def test_the_region_of_the_profile_counts_too(sdk: str) -> None:
    told = files(profile(file="config", region=REGION))
    assert said(sdk, pod(web_identity(), told, AWS_REGION=None, AWS_DEFAULT_REGION=None)) == IRSA


@pytest.mark.parametrize("sdk", ["java-v2", "rust"])
def test_java_and_rust_ask_the_instance_for_the_region(sdk: str) -> None:
    metadata = Part(steps=(step("imds.metadata", InstanceMetadata(exchange=exchange(200), region=REGION)),))
    assert said(sdk, pod(web_identity(), metadata, AWS_REGION=None, AWS_DEFAULT_REGION=None)) == IRSA


OVERRIDDEN = web_identity(host="sts.internal", host_from="AWS_ENDPOINT_URL_STS")


@pytest.mark.parametrize(
    ("sdk", "version", "outcome"),
    [
        ("go-v1", "1.55.6", "unknown"),
        ("go-v2", "1.20.0", "unknown"),
        ("go-v2", "1.21.0", IRSA),
        ("botocore", "1.30.0", "unknown"),
        ("botocore", "1.31.0", IRSA),
        ("js-v3", "3.900.0", IRSA),
        ("rust", "1.9.0", IRSA),
    ],
)
def test_who_follows_an_endpoint_of_its_own(sdk: str, version: str, outcome: str) -> None:
    part = without(OVERRIDDEN, "web-identity.connect")
    part = replace(
        part, steps=(*part.steps, step("web-identity.connect", Connections(used=connection("sts.internal"))))
    )
    evidence = pod(part, AWS_ENDPOINT_URL_STS="https://sts.internal")
    assert said(sdk, evidence, version) == outcome


def with_proxy(direct: Ending, used: Ending = Ending.CONNECTED) -> Part:
    """Make a way to STS through a proxy, and what a direct connection comes to."""
    part = web_identity()
    connections = Connections(
        used=connection("proxy", used, 3128, via_proxy="http://proxy:3128"),
        direct=connection(REGIONAL, direct),
    )
    return replace(
        part,
        variables={**part.variables, "HTTPS_PROXY": "http://proxy:3128"},
        steps=(*part.steps, step("web-identity.connect", connections)),
    )


@pytest.mark.parametrize(
    ("sdk", "outcome"),
    [
        ("botocore", IRSA),
        ("go-v1", IRSA),
        ("go-v2", IRSA),
        ("js-v3", "error"),
        ("java-v2", "unknown"),
        ("rust", "unknown"),
    ],
)
def test_where_only_the_proxy_leads_to_sts(sdk: str, outcome: str) -> None:
    assert said(sdk, pod(with_proxy(Ending.CONNECT_TIMEOUT), NO_IMDS)) == outcome


def test_an_older_rust_never_uses_the_proxy() -> None:
    assert said("rust", pod(with_proxy(Ending.CONNECT_TIMEOUT), NO_IMDS), "1.8.0") == "error"


@pytest.mark.parametrize(
    ("sdk", "outcome"),
    [("botocore", "error"), ("go-v1", "error"), ("go-v2", "error"), ("java-v2", "unknown"), ("rust", "unknown")],
)
def test_where_the_proxy_is_gone(sdk: str, outcome: str) -> None:
    part = without(with_proxy(Ending.CONNECTED, Ending.REFUSED), "web-identity.tls", "web-identity.assume-role")
    assert said(sdk, pod(part, NO_IMDS)) == outcome


def test_botocore_names_a_proxy_that_is_gone() -> None:
    part = without(with_proxy(Ending.CONNECTED, Ending.REFUSED), "web-identity.tls", "web-identity.assume-role")
    assert asked("botocore", pod(part)).error == "Failed to connect to proxy URL:…"


@pytest.mark.parametrize("sdk", ["go-v1", "go-v2"])
def test_go_goes_directly_where_its_own_reading_of_no_proxy_says_so(sdk: str) -> None:
    """A port in NO_PROXY is read by Go as what it is; to botocore it is a part of a name."""
    evidence = pod(with_proxy(Ending.CONNECT_TIMEOUT), NO_PROXY=f"{REGIONAL}:443")
    assert said(sdk, evidence) == "error"


TLS_TEXTS = {
    "botocore": "SSL validation failed for…",
    "go-v1": "x509: …",
    "go-v2": "x509: …",
}


@pytest.mark.parametrize("sdk", TLS_TEXTS)
def test_a_certificate_that_is_not_trusted(sdk: str) -> None:
    part = without(web_identity(), "web-identity.assume-role")
    untrusted = Handshakes(used=Handshake(host=REGIONAL, ending=Ending.TLS_UNTRUSTED))
    evidence = pod(replace(part, steps=(*part.steps, step("web-identity.tls", untrusted))))
    assert (asked(sdk, evidence).error or "").endswith(TLS_TEXTS[sdk])


@pytest.mark.parametrize("sdk", [sdk for sdk in SDKS if sdk != "java-v2"])
def test_a_session_name_that_sts_refuses_stops_the_sdk_and_not_the_probe(sdk: str) -> None:
    one = asked(sdk, pod(web_identity(), AWS_ROLE_SESSION_NAME="my app"))
    assert one.outcome == "error"
    assert "AWS_ROLE_SESSION_NAME" in one.because


@pytest.mark.parametrize(
    ("code", "patient"),
    [
        ("InvalidIdentityToken", {"go-v1", "go-v2"}),
        ("IDPCommunicationError", {"go-v1", "go-v2", "botocore", "java-v2", "rust"}),
    ],
)
def test_a_refusal_that_passes_is_no_matter_to_those_who_ask_again(code: str, patient: set[str]) -> None:
    answers = StsAnswers(first=sts_answer(code, status=400), second=sts_answer())
    part = web_identity()
    evidence = pod(replace(part, steps=(*part.steps, step("web-identity.assume-role", answers))))
    outcomes = {sdk: said(sdk, evidence) for sdk in SDKS}
    assert outcomes == {sdk: IRSA if sdk in patient else "unknown" for sdk in SDKS}


@pytest.mark.parametrize("sdk", SDKS)
def test_sts_that_was_not_asked_is_not_judged(sdk: str) -> None:
    assert said(sdk, pod(without(web_identity(), "web-identity.assume-role"))) == "unknown"


@pytest.mark.parametrize("sdk", SDKS)
def test_the_keys_of_sts_have_no_hint_because_every_call_gets_keys_of_its_own(sdk: str) -> None:
    assert asked(sdk, pod(web_identity())).access_key_hint is None


def test_botocore_takes_fresh_keys_for_expired_when_the_local_clock_is_hours_fast() -> None:
    answer = sts_answer()
    fast = replace(answer, exchange=replace(answer.exchange, clock_skew_seconds=-7200.0))
    assert said("botocore", pod(web_identity(fast))) == "error"
    slightly = replace(answer, exchange=replace(answer.exchange, clock_skew_seconds=-600.0))
    assert said("botocore", pod(web_identity(slightly))) == IRSA


def test_numbers_that_differ_from_call_to_call_are_gaps_in_the_text() -> None:
    refusal = sts_answer("ExpiredTokenException", "current date/time 1795256093 must be before 1795252492", status=400)
    assert (asked("botocore", pod(web_identity(refusal))).error or "").endswith("current date/time … must be before …")


@pytest.mark.parametrize("sdk", ["botocore", "go-v2", "js-v3", "java-v2", "rust"])
def test_a_token_file_out_of_a_profile_is_exchanged_like_one_of_the_environment(sdk: str) -> None:
    told = files(role_profile(web_identity_token_file=PATH))
    assert said(sdk, pod(told, web_identity(told_by="profile default"))) == IRSA


def test_go_v1_reads_it_only_with_the_config() -> None:
    told = files(role_profile(web_identity_token_file=PATH))
    walked = web_identity(told_by="profile default")
    assert said("go-v1", pod(told, walked, imds())) == "credentials imds"
    assert said("go-v1", pod(told, walked, imds(), AWS_SDK_LOAD_CONFIG="true")) == IRSA


def test_a_role_of_another_profile_than_the_walked_one_is_unknown() -> None:
    told = files(role_profile("two", web_identity_token_file=PATH), role_profile("one", web_identity_token_file=PATH))
    evidence = pod(told, web_identity(told_by="profile one"), AWS_PROFILE="one", AWS_DEFAULT_PROFILE="two")
    assert [said(sdk, evidence) for sdk in ("go-v2", "botocore")] == [IRSA, "unknown"]


def test_a_token_file_beyond_the_limit_of_sts_is_refused_unread() -> None:
    part = without(web_identity(token=token_file(FileState.TOO_LARGE)), "web-identity.assume-role")
    assert said("botocore", pod(part)) == "error"


def test_go_v2_once_took_an_issuer_that_was_not_reached_for_final() -> None:
    answers = StsAnswers(first=sts_answer("IDPCommunicationError", status=400), second=sts_answer())
    part = Part(steps=(step("web-identity.assume-role", answers),))
    told = [said("go-v2", pod(web_identity(), part), version) for version in ("1.27.27", "1.33.15")]
    assert told == ["unknown", "credentials web-identity"]
