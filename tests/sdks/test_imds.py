"""IMDS: what each SDK does after each outcome of the token PUT, and what it says where no keys come of it."""

from collections.abc import Mapping

import pytest

from probe.evidence import Attempts, CredentialsAnswer, Ending, Outcome
from probe.sdks import rust
from probe.sdks.metadata import FALLS_BACK, Put, Then
from tests.sdks.pods import (
    NODE_HINT,
    SDKS,
    Part,
    asked,
    exchange,
    files,
    imds,
    keys_answer,
    pod,
    profile,
    refusal,
    said,
    step,
    without,
)

NODE = "credentials imds"
PUTS: dict[str, int | Ending] = {
    "400": 400,
    "401": 401,
    "403": 403,
    "404": 404,
    "405": 405,
    "503": 503,
    "no answer": Ending.NO_ANSWER,
}
"""Every way in which a PUT fails after the connection."""
ALL_BUT_RUST = [sdk for sdk in SDKS if sdk != "rust"]


@pytest.mark.parametrize("sdk", ALL_BUT_RUST)
@pytest.mark.parametrize("how", PUTS)
def test_all_but_rust_go_on_without_a_token_after_anything_but_a_400(how: str, sdk: str) -> None:
    evidence = pod(imds(put=PUTS[how], tokenless=200))
    assert said(sdk, evidence) == ("none" if how == "400" else NODE)


@pytest.mark.parametrize("sdk", ALL_BUT_RUST)
@pytest.mark.parametrize("how", PUTS)
def test_where_tokens_are_required_going_on_without_one_leads_nowhere(how: str, sdk: str) -> None:
    assert said(sdk, pod(imds(put=PUTS[how], tokenless=401))) == "none"


@pytest.mark.parametrize("tokenless", [200, 401])
@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("400", "error"),
        ("401", "error"),
        ("403", "error"),
        ("404", "error"),
        ("405", "error"),
        ("503", "error"),
        ("no answer", "none"),
    ],
)
def test_rust_never_asks_without_a_token(how: str, outcome: str, tokenless: int) -> None:
    assert said("rust", pod(imds(put=PUTS[how], tokenless=tokenless))) == outcome


@pytest.mark.parametrize("ending", [Ending.REFUSED, Ending.CONNECT_TIMEOUT, Ending.UNREACHABLE])
@pytest.mark.parametrize("sdk", SDKS)
def test_an_imds_that_cannot_be_reached_is_no_credentials_and_no_error(sdk: str, ending: Ending) -> None:
    assert said(sdk, pod(imds(connected=ending))) == "none"


@pytest.mark.parametrize(
    "table",
    [FALLS_BACK, rust.IMDS.after],
    ids=["all but Rust", "Rust"],
)
def test_every_table_knows_every_outcome_that_gives_no_token(table: Mapping[Put, Then]) -> None:
    assert set(table) == set(Put) - {Put.TOKEN, Put.UNSTEADY}


@pytest.mark.parametrize("sdk", SDKS)
def test_a_token_gives_the_keys_of_the_node_with_their_hint(sdk: str) -> None:
    one = asked(sdk, pod(imds()))
    assert (one.outcome, one.source, one.access_key_hint) == ("credentials", "imds", NODE_HINT)


HOP_LIMIT = pod(imds(put=Ending.NO_ANSWER, tokenless=401))


@pytest.mark.parametrize("sdk", SDKS)
def test_a_hop_limit_that_is_too_low_reads_as_no_credentials(sdk: str) -> None:
    one = asked(sdk, HOP_LIMIT)
    assert one.outcome == "none"
    assert one.because.startswith("The IMDS token PUT is never answered")


def test_go_v2_does_not_tell_a_hop_limit_from_a_black_hole() -> None:
    black_hole = asked("go-v2", pod(imds(connected=Ending.CONNECT_TIMEOUT)))
    assert asked("go-v2", HOP_LIMIT).error == black_hole.error
    assert (black_hole.error or "").endswith("canceled, context deadline exceeded")


@pytest.mark.parametrize(
    ("part", "tail"),
    [
        (imds(connected=Ending.REFUSED), "request send failed, …connect: connection refused"),
        (imds(role=404), "http response error StatusCode: 404, request to EC2 IMDS failed"),
        (imds(put=403, tokenless=401), "http response error StatusCode: 401, request to EC2 IMDS failed"),
        (imds(put=400), "…failed to get API token, …"),
    ],
    ids=["refused", "no role", "tokens required", "bad request"],
)
def test_the_end_of_the_text_of_go_v2_says_which_failure_it_was(part: Part, tail: str) -> None:
    assert (asked("go-v2", pod(part)).error or "").endswith(tail)


@pytest.mark.parametrize("sdk", SDKS)
def test_an_instance_without_a_role_has_no_credentials(sdk: str) -> None:
    assert said(sdk, pod(imds(role=404))) == "none"


UNAUTHORIZED = CredentialsAnswer(
    exchange=exchange(200),
    code="AssumeRoleUnauthorizedAccess",
    missing_fields=("AccessKeyId", "SecretAccessKey", "Token", "Expiration"),
)


@pytest.mark.parametrize(
    ("sdk", "outcome"),
    [
        ("botocore", "none"),
        ("go-v1", "none"),
        ("go-v2", "error"),
        ("js-v3", "none"),
        ("java-v2", "none"),
        ("rust", "error"),
    ],
)
def test_an_error_in_the_document_of_the_role(sdk: str, outcome: str) -> None:
    assert said(sdk, pod(imds(answer=UNAUTHORIZED))) == outcome


def test_rust_names_a_role_that_ec2_may_not_assume() -> None:
    assert "Incorrect IMDS/IAM configuration: [AssumeRoleUnauthorizedAccess]" in (
        asked("rust", pod(imds(answer=UNAUTHORIZED))).error or ""
    )


@pytest.mark.parametrize(
    ("sdk", "outcome"),
    [("botocore", "none"), ("go-v2", "error"), ("js-v3", "none"), ("java-v2", "none"), ("rust", "error")],
)
def test_a_role_that_is_listed_and_cannot_be_read(sdk: str, outcome: str) -> None:
    assert said(sdk, pod(imds(answer=refusal(500)))) == outcome


OFF = {"AWS_EC2_METADATA_V1_DISABLED": "true"}


@pytest.mark.parametrize(
    ("sdk", "version", "outcome"),
    [
        ("go-v1", "1.47.1", NODE),
        ("go-v1", "1.47.2", "none"),
        ("go-v2", "1.21.9", NODE),
        ("go-v2", "1.22.0", "none"),
        ("botocore", "1.32.3", NODE),
        ("botocore", "1.32.4", "error"),
        ("js-v3", "3.900.0", "none"),
        ("java-v2", "2.21.0", NODE),
        ("java-v2", "2.22.0", "none"),
        ("rust", "1.9.0", "none"),
    ],
)
def test_imdsv1_switched_off_while_the_token_does_not_come(sdk: str, version: str, outcome: str) -> None:
    assert said(sdk, pod(imds(put=Ending.NO_ANSWER, tokenless=200), **OFF), version) == outcome


@pytest.mark.parametrize("sdk", SDKS)
def test_imdsv1_switched_off_changes_nothing_where_a_token_comes(sdk: str) -> None:
    assert said(sdk, pod(imds(), **OFF)) == NODE


def test_botocore_says_that_imdsv1_is_switched_off() -> None:
    one = asked("botocore", pod(imds(put=Ending.NO_ANSWER, tokenless=200), **OFF))
    assert one.error == (
        "Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled"
    )


@pytest.mark.parametrize(("sdk", "outcome"), [("go-v2", "none"), ("botocore", "error"), ("go-v1", NODE)])
def test_a_profile_can_switch_imdsv1_off_but_not_for_go_v1_without_the_config(sdk: str, outcome: str) -> None:
    told = files(profile(file="config", ec2_metadata_v1_disabled="true"))
    assert said(sdk, pod(imds(put=Ending.NO_ANSWER, tokenless=200), told)) == outcome


def test_any_value_but_false_switches_imdsv1_off_in_javascript() -> None:
    part = imds(put=Ending.NO_ANSWER, tokenless=200)
    assert said("js-v3", pod(part, AWS_EC2_METADATA_V1_DISABLED="no")) == "none"
    assert said("js-v3", pod(part, AWS_EC2_METADATA_V1_DISABLED="false")) == NODE


def twice(*ways: int | Ending) -> Part:
    """Make an IMDS whose PUT was sent twice and went these ways."""
    tried = tuple(exchange(None, way) if isinstance(way, Ending) else exchange(way) for way in ways)
    got = 200 in ways
    token = step("imds.token", Attempts(exchanges=tried), Outcome.WARN if got else Outcome.FAIL)
    return Part(steps=(*imds().steps, token))


@pytest.mark.parametrize(
    ("sdk", "outcome"),
    [
        ("go-v1", NODE),
        ("go-v2", NODE),
        ("rust", NODE),
        ("botocore", "unknown"),
        ("js-v3", "unknown"),
        ("java-v2", "unknown"),
    ],
)
def test_a_put_that_fails_once_is_no_matter_to_those_who_repeat_it(sdk: str, outcome: str) -> None:
    assert said(sdk, pod(twice(503, 200))) == outcome


def test_rust_does_not_repeat_a_put_that_was_not_answered() -> None:
    assert said("rust", pod(twice(Ending.NO_ANSWER, 200))) == "unknown"


@pytest.mark.parametrize(
    ("seconds", "heard", "not_heard"),
    [
        (0.2, ("go-v2", "botocore", "rust"), ()),
        (0.7, ("go-v1", "botocore", "js-v3"), ("go-v2",)),
        (2.0, (), ("go-v1", "go-v2", "botocore", "js-v3", "java-v2", "rust")),
    ],
)
def test_a_slow_token_comes_too_late_for_the_impatient(
    seconds: float, heard: tuple[str, ...], not_heard: tuple[str, ...]
) -> None:
    evidence = pod(imds(put_seconds=seconds))
    assert {said(sdk, evidence) for sdk in heard} <= {NODE}
    assert {said(sdk, evidence) for sdk in not_heard} <= {"none"}


def test_a_token_that_comes_when_the_patience_ends_is_too_close_to_call() -> None:
    assert said("botocore", pod(imds(put_seconds=1.0))) == "unknown"


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("last", ["imds.token", "imds.role", "imds.credentials"])
def test_a_walk_that_was_cut_is_not_judged(last: str, sdk: str) -> None:
    one = asked(sdk, pod(without(imds(), last)))
    assert one.outcome == "unknown"
    assert "not asked" in one.because


@pytest.mark.parametrize("sdk", ["go-v1", "go-v2", "botocore"])
def test_a_proxy_that_no_proxy_does_not_keep_away_leaves_imds_unknown(sdk: str) -> None:
    assert said(sdk, pod(imds(), HTTP_PROXY="http://proxy:3128")) == "unknown"
    assert said(sdk, pod(imds(), HTTP_PROXY="http://proxy:3128", NO_PROXY="169.254.169.254")) == NODE


def test_go_understands_a_network_in_no_proxy_and_botocore_does_not() -> None:
    evidence = pod(imds(), HTTP_PROXY="http://proxy:3128", NO_PROXY="169.254.0.0/16")
    assert [said(sdk, evidence) for sdk in ("go-v1", "go-v2", "botocore")] == [NODE, NODE, "unknown"]


@pytest.mark.parametrize("sdk", ["js-v3", "java-v2"])
def test_javascript_and_java_never_use_a_proxy_for_imds(sdk: str) -> None:
    assert said(sdk, pod(imds(), HTTP_PROXY="http://proxy:3128")) == NODE


@pytest.mark.parametrize(("version", "outcome"), [("1.8.0", NODE), ("1.9.0", "unknown")])
def test_whether_rust_uses_a_proxy_is_for_the_program_to_decide_in_newer_releases(version: str, outcome: str) -> None:
    assert said("rust", pod(imds(), HTTP_PROXY="http://proxy:3128"), version) == outcome


@pytest.mark.parametrize(("mode", "outcome"), [("IPv4", NODE), ("ipv4", "error"), ("IPv6", NODE)])
def test_javascript_wants_the_endpoint_mode_to_the_letter(mode: str, outcome: str) -> None:
    assert said("js-v3", pod(imds(), AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=mode)) == outcome


def test_keys_without_an_expiration_are_enough_for_go_alone() -> None:
    evidence = pod(imds(answer=keys_answer(NODE_HINT, "Token", "Expiration")))
    enough = {sdk for sdk in SDKS if said(sdk, evidence) == NODE}
    assert enough == {"go-v1", "go-v2"}
