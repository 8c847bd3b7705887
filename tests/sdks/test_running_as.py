"""Whom a program would run as, what slips through to the node role, what is kept, and what a proxy changes."""

from dataclasses import replace

import pytest

from probe.evidence import Connections, Ending, Evidence, InstanceMetadata, SelectedProfile, StsAnswers
from tests.sdks.pods import (
    NO_IMDS,
    PROFILE_HINT,
    REGIONAL,
    ROLE_ARN,
    SDKS,
    Part,
    asked,
    connection,
    container,
    exchange,
    files,
    imds,
    keys,
    pod,
    refusal,
    said,
    static_profile,
    step,
    sts_answer,
    web_identity,
    without,
)

ASSUMED = "arn:aws:sts::111122223333:assumed-role"
NODE = f"{ASSUMED}/node/i-0123456789EXAMPLE0"
HALF = {"AWS_ROLE_ARN": ROLE_ARN}


def confirmed(source: str, arn: str) -> Part:
    """STS told the walk whose keys a source gives."""
    return Part(steps=(step(f"identity.{source}", StsAnswers(first=replace(sts_answer(), arn=arn))),))


@pytest.mark.parametrize("sdk", SDKS)
def test_a_token_makes_it_the_role_under_a_session_name_of_the_sdks_own(sdk: str) -> None:
    assert asked(sdk, pod(web_identity())).identity == f"{ASSUMED}/controller/…"


def test_a_session_name_that_is_given_is_told() -> None:
    one = asked("go-v2", pod(web_identity(), AWS_ROLE_SESSION_NAME="cleaner"))
    assert one.identity == f"{ASSUMED}/controller/cleaner"


@pytest.mark.parametrize(("source", "part"), [("imds", imds()), ("container", container())])
def test_keys_of_an_endpoint_are_whose_sts_says(source: str, part: Part) -> None:
    assert asked("go-v2", pod(part, confirmed(source, NODE))).identity == NODE


def test_the_node_is_known_by_what_imds_tells_where_sts_was_not_asked() -> None:
    tells = InstanceMetadata(
        exchange=exchange(), region="eu-central-1", account="111122223333", instance_id="i-0123456789EXAMPLE0"
    )
    assert asked("go-v2", pod(imds(), Part(steps=(step("imds.metadata", tells),)))).identity == NODE


def test_what_nobody_told_of_the_node_stays_open() -> None:
    assert asked("go-v2", pod(imds())).identity == "arn:…:sts::…:assumed-role/node/i-…"


def test_the_agents_role_is_not_known_without_sts() -> None:
    assert asked("go-v2", pod(container())).identity is None


def with_profiles(selected_hint: str) -> Evidence:
    """A profile whose identity is known, and another one that is selected by some SDKs only."""
    selected = SelectedProfile(name="default", kind="static", access_key_hint=selected_hint)
    user = confirmed("shared-config", "arn:aws:iam::111122223333:user/batch")
    return pod(files(static_profile()), Part(steps=(step("shared-config.profile", selected),)), user)


def test_keys_of_the_profile_that_was_walked_are_whose_sts_says() -> None:
    assert asked("botocore", with_profiles(PROFILE_HINT)).identity == "arn:aws:iam::111122223333:user/batch"


def test_keys_of_another_profile_than_the_one_that_was_walked_are_nobodys() -> None:
    assert asked("botocore", with_profiles("…OTHR")).identity is None


def test_an_error_has_no_identity() -> None:
    assert asked("go-v2", pod(web_identity(sts_answer("AccessDenied")), imds())).identity is None


DENIED = web_identity(sts_answer("AccessDenied"))


@pytest.mark.parametrize("sdk", SDKS)
def test_only_java_slips_past_a_web_identity_that_is_denied(sdk: str) -> None:
    assert asked(sdk, pod(DENIED, imds())).falls_through is (sdk == "java-v2")


def test_slipping_through_is_told_also_where_imds_is_closed_today() -> None:
    one = asked("java-v2", pod(DENIED, NO_IMDS))
    assert (one.outcome, one.falls_through) == ("none", True)


def test_with_imds_switched_off_nothing_slips_through_to_it() -> None:
    one = asked("java-v2", pod(DENIED, imds(), AWS_EC2_METADATA_DISABLED="true"))
    assert (one.outcome, one.falls_through) == ("none", False)


@pytest.mark.parametrize("sdk", SDKS)
def test_a_role_without_a_token_file_leaves_every_sdk_to_the_node_role(sdk: str) -> None:
    evidence = pod(imds(), **HALF)
    assert said(sdk, evidence) == "credentials imds"
    assert asked(sdk, evidence).falls_through


@pytest.mark.parametrize("sdk", SDKS)
def test_a_pod_that_is_meant_for_the_node_role_slips_past_nothing(sdk: str) -> None:
    assert not asked(sdk, pod(imds())).falls_through


def test_ending_at_another_identity_of_its_own_is_no_slip_to_the_node_role() -> None:
    one = asked("java-v2", pod(DENIED, container(), imds()))
    assert (one.source, one.falls_through) == ("container", False)


def test_before_pod_identity_java_slips_past_an_agent_that_works() -> None:
    assert asked("java-v2", pod(container(), imds()), "2.20.162").falls_through
    assert not asked("java-v2", pod(container(), imds()), "2.57.8").falls_through


@pytest.mark.parametrize("sdk", [*SDKS, "cli-v1", "cli-v2"])
def test_what_is_kept_is_told_of_keys_and_of_no_error(sdk: str) -> None:
    assert asked(sdk, pod(imds())).caches
    assert asked(sdk, pod(DENIED, NO_IMDS)).caches is None


def test_botocore_once_kept_the_token_of_the_agent_as_first_read() -> None:
    kept = [asked("botocore", pod(container()), version).caches for version in ("1.34.40", "1.34.41")]
    assert [(told or "").startswith("the token too") for told in kept] == [True, False]


def test_java_remembers_the_node_role_that_it_slipped_to() -> None:
    assert "until the process ends" in (asked("java-v2", pod(DENIED, imds())).caches or "")


PROXY = {"HTTP_PROXY": "http://proxy:3128", "HTTPS_PROXY": "http://proxy:3128"}


@pytest.mark.parametrize(
    ("sdk", "imds_told", "agent_told"),
    [
        ("go-v1", "the proxy is used for IMDS", "the proxy is used for the container endpoint"),
        ("go-v2", "the proxy is used for IMDS", "the proxy is used for the container endpoint"),
        ("botocore", "the proxy is used for IMDS", None),
        ("java-v2", None, None),
        ("js-v3", None, None),
    ],
)
def test_who_sends_link_local_calls_through_a_proxy(sdk: str, imds_told: str | None, agent_told: str | None) -> None:
    assert asked(sdk, pod(imds(), **PROXY)).proxied == imds_told
    assert asked(sdk, pod(container(), **PROXY)).proxied == agent_told


def over_proxy() -> Part:
    """Make a web identity whose way to STS leads through the proxy, the direct way being open too."""
    walked = web_identity()
    proxied = connection(REGIONAL, via_proxy="http://proxy:3128")
    connections = Connections(used=proxied, direct=connection(REGIONAL))
    return replace(walked, steps=(*walked.steps, step("web-identity.connect", connections)))


@pytest.mark.parametrize(
    ("sdk", "told"),
    [
        ("botocore", "the proxy is used for STS"),
        ("go-v1", "the proxy is used for STS"),
        ("go-v2", "the proxy is used for STS"),
        ("js-v3", "the proxy is not used for STS"),
        ("java-v2", "whether the proxy is used for STS is for the program to decide"),
        ("rust", "whether the proxy is used for STS is for the program to decide"),
    ],
)
def test_who_goes_to_sts_through_a_proxy(sdk: str, told: str) -> None:
    assert asked(sdk, pod(over_proxy(), **PROXY)).proxied == told


@pytest.mark.parametrize("sdk", SDKS)
def test_without_a_proxy_nothing_is_said_of_one(sdk: str) -> None:
    assert asked(sdk, pod(web_identity(), container(), imds())).proxied is None


@pytest.mark.parametrize("sdk", SDKS)
def test_a_proxy_that_sts_is_excepted_from_changes_nothing(sdk: str) -> None:
    assert asked(sdk, pod(web_identity(), **PROXY, NO_PROXY="*")).proxied is None


def test_half_a_key_pair_that_does_not_count_is_passed_over() -> None:
    assert asked("go-v1", pod(keys("AWS_ACCESS_KEY_ID"), imds())).falls_through


def test_after_a_slip_an_error_of_another_source_is_no_way_to_the_node_role() -> None:
    unreachable = without(container(refusal(403), connected=Ending.REFUSED), "container.credentials")
    one = asked("js-v3", pod(unreachable, imds(), **HALF))
    assert (one.outcome, one.falls_through) == ("error", False)
