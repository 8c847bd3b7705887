"""The container endpoint: which hosts an SDK trusts, how long it waits, what it needs of the answer."""

from dataclasses import replace

import pytest

from probe.evidence import Ending, FileState
from tests.sdks.pods import (
    AGENT_HINT,
    AGENT_URI,
    NO_IMDS,
    NOW,
    SDKS,
    Part,
    asked,
    container,
    imds,
    keys_answer,
    no_answer,
    pod,
    refusal,
    relative,
    said,
    step,
    token_file,
    without,
)

CONTAINER, NODE = "credentials container", "credentials imds"
IPV6_URI = "http://[fd00:ec2::23]/v1/credentials"


@pytest.mark.parametrize("sdk", SDKS)
def test_the_agent_gives_keys_with_their_hint(sdk: str) -> None:
    one = asked(sdk, pod(container()))
    assert (one.outcome, one.source, one.access_key_hint) == ("credentials", "container", AGENT_HINT)


@pytest.mark.parametrize(
    ("sdk", "too_old", "first"),
    [
        ("go-v1", "1.47.10", "1.47.11"),
        ("go-v2", "1.24.9", "1.25.0"),
        ("botocore", "1.31.9", "1.32.0"),
        ("js-v3", "3.503.0", "3.503.1"),
        ("rust", "1.1.7", "1.1.8"),
        ("java-v2", "2.21.25", "2.21.26"),
    ],
)
def test_an_sdk_from_before_pod_identity_refuses_the_agent(sdk: str, too_old: str, first: str) -> None:
    evidence = pod(container(), NO_IMDS)
    assert said(sdk, evidence, first) == CONTAINER
    assert said(sdk, evidence, too_old) == ("none" if sdk in {"java-v2", "go-v1"} else "error")


TOO_OLD_TEXTS = {
    ("go-v2", "1.24.0"): 'invalid endpoint host, "169.254.170.23", only loopback hosts are allowed',
    ("botocore", "1.31.0"): "Unsupported host '169.254.170.23'.  Can only retrieve metadata from these hosts:…",
    ("js-v3", "3.500.0"): "169.254.170.23 is not a valid container metadata service hostname",
    ("rust", "1.1.7"): "the credentials provider was not properly configured…"
    "invalid full URI for ECS provider (URI did not refer to the loopback interface): …",
}


@pytest.mark.parametrize(("sdk", "version"), TOO_OLD_TEXTS)
def test_a_too_old_sdk_in_its_own_words(sdk: str, version: str) -> None:
    assert asked(sdk, pod(container()), version).error == TOO_OLD_TEXTS[sdk, version]


def test_a_java_from_before_pod_identity_runs_as_the_node() -> None:
    assert said("java-v2", pod(container(), imds()), "2.21.25") == NODE


def test_botocore_that_reads_the_token_once_works_until_it_is_renewed() -> None:
    once = asked("botocore", pod(container()), "1.34.40")
    assert once.outcome == "credentials"
    assert "breaks when the token is renewed" in once.because
    assert "breaks" not in asked("botocore", pod(container()), "1.34.41").because


HOSTS = {
    "http://127.0.0.1:8080/creds": dict.fromkeys(SDKS, True),
    "http://127.8.8.8/creds": dict.fromkeys(SDKS, True),
    "http://[::1]:8080/creds": dict.fromkeys(SDKS, True),
    "http://localhost:8080/creds": dict.fromkeys(SDKS, True),
    "http://169.254.170.2/creds": dict.fromkeys(SDKS, True),
    AGENT_URI: dict.fromkeys(SDKS, True),
    IPV6_URI: dict.fromkeys(SDKS, True),
    "http://192.0.2.1/creds": dict.fromkeys(SDKS, False),
    "http://169.254.169.254/creds": dict.fromkeys(SDKS, False),
    "https://192.0.2.1/creds": dict.fromkeys(SDKS, True),
    "https://creds.example.com/creds": dict.fromkeys(SDKS, True),
}


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("uri", HOSTS)
def test_which_hosts_get_the_token(uri: str, sdk: str) -> None:
    taken = said(sdk, pod(container(uri=uri))) == CONTAINER
    assert taken is HOSTS[uri][sdk]


@pytest.mark.parametrize(
    ("sdk", "outcome"),
    [("go-v1", CONTAINER), ("go-v2", CONTAINER), ("rust", CONTAINER), ("java-v2", CONTAINER), ("botocore", "error")],
)
def test_a_name_is_judged_by_its_addresses_or_not_at_all(sdk: str, outcome: str) -> None:
    here = container(uri="http://creds.internal/creds", resolved=("127.0.0.1", "127.0.0.2"))
    assert said(sdk, pod(here, NO_IMDS)) == outcome


@pytest.mark.parametrize("sdk", ["go-v1", "go-v2", "rust", "botocore"])
def test_one_address_elsewhere_is_one_too_many(sdk: str) -> None:
    part = container(uri="http://creds.internal/creds", resolved=("127.0.0.1", "192.0.2.1"))
    assert said(sdk, pod(part, NO_IMDS)) == ("none" if sdk == "go-v1" else "error")


def test_go_v2_looks_the_host_up_when_it_starts() -> None:
    part = container(uri="http://creds.internal/creds", connected=Ending.NAME_NOT_FOUND)
    assert asked("go-v2", pod(part)).error == 'failed to resolve host "creds.internal", …'


@pytest.mark.parametrize(("version", "outcome"), [("1.42.4", "error"), ("1.42.5", CONTAINER)])
def test_botocore_trusts_any_host_over_https_only_lately(version: str, outcome: str) -> None:
    assert said("botocore", pod(container(uri="https://creds.example.com/creds")), version) == outcome


@pytest.mark.parametrize(("mode", "taken"), [("IPv4", AGENT_URI), ("IPv6", IPV6_URI)])
@pytest.mark.parametrize("uri", [AGENT_URI, IPV6_URI])
def test_java_once_took_the_address_of_the_agent_that_the_mode_of_imds_names(uri: str, mode: str, taken: str) -> None:
    evidence = pod(container(uri=uri), imds(), AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=mode)
    assert said("java-v2", evidence, "2.47.6") == (CONTAINER if uri == taken else NODE)
    assert said("java-v2", evidence, "2.48.0") == CONTAINER


@pytest.mark.parametrize("sdk", SDKS)
def test_ecs_needs_no_allow_list(sdk: str) -> None:
    assert said(sdk, pod(relative())) == CONTAINER


@pytest.mark.parametrize(
    ("seconds", "too_late"),
    [
        (0.5, set()),
        (1.6, {"java-v2"}),
        (3.0, {"java-v2", "botocore"}),
        (8.0, {"java-v2", "botocore", "rust"}),
    ],
)
def test_an_agent_that_is_slow_is_too_slow_for_some(seconds: float, too_late: set[str]) -> None:
    evidence = pod(container(keys_answer(AGENT_HINT, seconds=seconds)), NO_IMDS)
    assert {sdk for sdk in SDKS if said(sdk, evidence) != CONTAINER} == too_late


def test_botocore_says_read_timeout_of_a_slow_agent() -> None:
    one = asked("botocore", pod(container(keys_answer(AGENT_HINT, seconds=4.0))))
    assert (one.error or "").endswith("Read timeout on endpoint URL:…")
    assert "the answer takes 4.0 s, which is more than the 2 s that it waits" in one.because.lower()


def test_a_silence_that_was_cut_short_says_nothing_about_the_patient() -> None:
    evidence = pod(container(no_answer(), waited=3.0), NO_IMDS)
    assert [said(sdk, evidence) for sdk in ("rust", "botocore")] == ["unknown", "error"]


@pytest.mark.parametrize(
    ("missing", "enough_for"),
    [
        (("Expiration",), {"go-v1", "go-v2"}),
        (("Token", "Expiration"), {"go-v1", "go-v2"}),
        (("Token",), {"go-v1", "go-v2", "java-v2"}),
        (("SecretAccessKey",), set()),
    ],
)
def test_what_each_sdk_needs_of_the_answer(missing: tuple[str, ...], enough_for: set[str]) -> None:
    evidence = pod(container(keys_answer(AGENT_HINT, *missing)), NO_IMDS)
    assert {sdk for sdk in SDKS if said(sdk, evidence) == CONTAINER} == enough_for


@pytest.mark.parametrize("sdk", ["go-v1", "go-v2"])
def test_go_sends_a_request_for_a_link_local_address_through_a_proxy(sdk: str) -> None:
    assert said(sdk, pod(container(), HTTP_PROXY="http://proxy:3128")) == "unknown"
    assert said(sdk, pod(container(), HTTP_PROXY="http://proxy:3128", NO_PROXY="169.254.170.23")) == CONTAINER


@pytest.mark.parametrize("sdk", ["botocore", "js-v3", "java-v2"])
def test_the_others_never_use_a_proxy_for_it(sdk: str) -> None:
    assert said(sdk, pod(container(), HTTP_PROXY="http://proxy:3128")) == CONTAINER


def test_a_failing_call_reads_as_a_wrong_host_in_javascript() -> None:
    one = asked("js-v3", pod(container(refusal(404, "ResourceNotFoundException"))))
    assert one.error == "169.254.170.23 is not a valid container metadata service hostname"
    assert "its error text hides that" in one.because


def test_a_failing_call_on_loopback_reads_as_nothing_found_in_javascript() -> None:
    evidence = pod(container(refusal(500), uri="http://127.0.0.1:8080/creds"))
    assert asked("js-v3", evidence).error == "Could not load credentials from any providers"


def test_an_ipv6_host_is_named_in_the_text_of_javascript() -> None:
    evidence = pod(container(refusal(404), uri=IPV6_URI))
    assert asked("js-v3", evidence).error == "…fd00:ec2::23… is not a valid container metadata service hostname"


@pytest.mark.parametrize(("version", "outcome"), [("3.574.0", "error"), ("3.600.0", "unknown"), ("3.667.0", CONTAINER)])
def test_javascript_once_looked_an_ipv6_address_up_as_a_name(version: str, outcome: str) -> None:
    assert said("js-v3", pod(container(uri=IPV6_URI)), version) == outcome


@pytest.mark.parametrize(("version", "outcome"), [("3.1080.0", "unknown"), ("3.1083.0", CONTAINER)])
def test_javascript_once_took_the_token_of_the_variable_before_that_of_the_file(version: str, outcome: str) -> None:
    evidence = pod(container(), AWS_CONTAINER_AUTHORIZATION_TOKEN="another token")
    assert said("js-v3", evidence, version) == outcome


@pytest.mark.parametrize(("version", "place"), [("1.31.85", "ECS"), ("1.32.0", "container")])
def test_botocore_spoke_of_ecs_before_it_knew_the_agent(version: str, place: str) -> None:
    text = asked("botocore", pod(relative(answer=no_answer(Ending.REFUSED))), version).error
    assert text is not None
    assert f"Received error when attempting to retrieve {place} metadata: " in text


@pytest.mark.parametrize("sdk", SDKS)
def test_a_step_that_was_not_done_is_not_judged(sdk: str) -> None:
    assert said(sdk, pod(without(container(), "container.credentials"))) == "unknown"


def test_keys_that_are_expired_already_are_an_error_in_botocore() -> None:
    expired = replace(keys_answer(AGENT_HINT), expires=NOW - 1)
    assert asked("botocore", pod(container(expired))).error == (
        "Credentials were refreshed, but the refreshed credentials are still expired."
    )


def test_a_token_variable_without_a_value_is_a_missing_file_to_botocore_and_rust() -> None:
    evidence = pod(container(), NO_IMDS, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="")
    assert [said(sdk, evidence) for sdk in ("botocore", "rust")] == ["error", "error"]


def test_a_stale_token_file_stops_rust_even_where_no_uri_is_set() -> None:
    stale = Part(
        variables={"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/gone"},
        steps=(step("container.token", token_file(FileState.MISSING, path="/gone")),),
    )
    evidence = pod(stale, imds())
    assert [said(sdk, evidence) for sdk in ("rust", "botocore", "go-v2")] == ["error", NODE, NODE]
