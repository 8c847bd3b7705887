"""How long each SDK hangs: from its own timeouts, tries and pauses, and from what the walk saw."""

import math
from dataclasses import replace

import pytest

from probe.evidence import Ending, Evidence, FileState
from probe.sdks.reply import Reply, ReplyKind, broken, unseen_reply
from probe.sdks.waiting import SERVER_ERRORS, THROTTLING, Tries
from tests.sdks.pods import (
    NO_IMDS,
    REGION,
    Part,
    asked,
    container,
    imds,
    mute_sts,
    no_answer,
    pod,
    refusal,
    sts_answer,
    token_file,
    web_identity,
    without,
)
from tests.sdks.test_failures import sts_path

CLIENT = Tries(connect=2.0, read=3.0, most=3, pauses=(1.0, 2.0), statuses=SERVER_ERRORS, codes=frozenset({"Throttled"}))


def refused(status: int = 403, code: str | None = None) -> Reply:
    return Reply(kind=ReplyKind.REFUSED, because="it says no", status=status, code=code, seconds=0.5)


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (broken(Ending.CONNECT_TIMEOUT, "x"), 3 * 2.0 + 3.0),
        (broken(Ending.NO_ANSWER, "x"), 3 * 3.0 + 3.0),
        (broken(Ending.REFUSED, "x"), 3.0),
        (refused(), 0.5),
        (refused(503), 3 * 0.5 + 3.0),
        (refused(400, "Throttled"), 3 * 0.5 + 3.0),
        (Reply(kind=ReplyKind.KEYS, because="keys", seconds=0.25), 0.25),
        (Reply(kind=ReplyKind.UNUSABLE, because="HTML", status=200, seconds=0.25), 0.25),
        (Reply(kind=ReplyKind.UNUSABLE, because="HTML", status=502, seconds=0.25), 3 * 0.25 + 3.0),
        (Reply(kind=ReplyKind.KEYS, because="keys", seconds=0.25, first=refused(503)), 0.5 + 1.0 + 0.25),
        (Reply(kind=ReplyKind.KEYS, because="keys", seconds=0.25, first=refused(403)), 0.25),
    ],
    ids=[
        *("black hole", "silence", "refused", "no", "server error", "code", "keys", "unusable", "HTML of a proxy"),
        *("keys at the second call", "keys at a second call that it does not make"),
    ],
)
def test_a_client_repeats_what_it_repeats_and_pauses_in_between(reply: Reply, seconds: float) -> None:
    assert CLIENT.seconds(reply) == seconds


@pytest.mark.parametrize("told", [refused(429), refused(400, "Throttling")], ids=["status", "code"])
def test_a_client_that_is_throttled_pauses_longer_if_it_has_pauses_for_that(told: Reply) -> None:
    repeating = replace(CLIENT, statuses={429}, codes=THROTTLING)
    assert repeating.seconds(told) == 3 * 0.5 + 3.0
    assert replace(repeating, throttled_pauses=(4.0, 8.0)).seconds(told) == 3 * 0.5 + 12.0


@pytest.mark.parametrize(("resolver", "seconds"), [(0.02, 3.0), (1.0, None)], ids=["answers", "is silent"])
def test_how_long_a_silent_resolver_is_waited_for_is_not_known(resolver: float, seconds: float | None) -> None:
    reply = replace(broken(Ending.NAME_LOOKUP_FAILED, "x"), seconds=resolver)
    assert CLIENT.seconds(reply) == seconds


@pytest.mark.parametrize("ending", [Ending.NAME_LOOKUP_TIMEOUT, Ending.INCOMPLETE, Ending.TLS_TIMEOUT])
def test_what_no_constant_tells_is_not_known(ending: Ending) -> None:
    assert CLIENT.seconds(broken(ending, "x")) is None


def test_what_was_not_seen_takes_nobody_knows_how_long() -> None:
    assert CLIENT.seconds(unseen_reply("it was cut")) is None


def test_a_client_without_a_limit_waits_for_ever() -> None:
    assert Tries(connect=1.0, read=math.inf).seconds(broken(Ending.NO_ANSWER, "x")) == math.inf


HOP_LIMIT = pod(imds(put=Ending.NO_ANSWER, tokenless=401), AWS_REGION=REGION)
HOP_LIMIT_V1 = pod(imds(put=Ending.NO_ANSWER, tokenless=Ending.NO_ANSWER), AWS_REGION=REGION)
BLACK_HOLE = pod(imds(connected=Ending.CONNECT_TIMEOUT), AWS_REGION=REGION)
REFUSED = pod(imds(connected=Ending.REFUSED), AWS_REGION=REGION)


@pytest.mark.parametrize(
    ("evidence", "waits"),
    [
        (HOP_LIMIT, {"go-v1": 3.1, "go-v2": 5.0, "botocore": 1.0, "js-v3": 1.0, "java-v2": 1.0, "rust": 1.0}),
        (HOP_LIMIT_V1, {"go-v1": 12.6, "go-v2": 5.0, "botocore": 2.0, "js-v3": 2.0, "java-v2": 2.0, "rust": 1.0}),
        (BLACK_HOLE, {"go-v1": 12.6, "go-v2": 5.0, "botocore": 2.0, "js-v3": 2.0, "java-v2": 2.0, "rust": 1.0}),
        (REFUSED, {"go-v1": 0.6, "go-v2": 4.0, "botocore": 0.0, "js-v3": 0.0, "java-v2": 0.0, "rust": 0.0}),
    ],
    ids=["hop limit", "hop limit, IMDSv1 dropped too", "black hole", "refused"],
)
def test_how_long_each_sdk_is_busy_with_imds(evidence: Evidence, waits: dict[str, float]) -> None:
    assert {sdk: asked(sdk, evidence).wait_seconds for sdk in waits} == waits


def test_go_v1_pays_for_the_lost_token_again_at_each_request() -> None:
    one = asked("go-v1", pod(imds(put=Ending.NO_ANSWER, tokenless=200)))
    assert (one.outcome, one.wait_seconds) == ("credentials", 6.3)


def test_a_bundle_of_certificates_takes_the_short_timeouts_of_imds_from_go_v1() -> None:
    one = asked("go-v1", pod(imds(connected=Ending.CONNECT_TIMEOUT), AWS_CA_BUNDLE="/ca.pem"))
    assert one.wait_seconds is not None
    assert one.wait_seconds > 4 * 4 * 30


def test_botocore_waits_for_imds_as_long_and_as_often_as_it_is_told() -> None:
    told = {"AWS_METADATA_SERVICE_TIMEOUT": "5", "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3"}
    assert asked("botocore", pod(NO_IMDS, **told)).wait_seconds == 30.0


def test_botocore_hears_a_slow_imds_if_it_is_told_to_wait() -> None:
    slow = imds(put_seconds=3.0)
    assert asked("botocore", pod(slow)).outcome == "none"
    assert asked("botocore", pod(slow, AWS_METADATA_SERVICE_TIMEOUT="5")).outcome == "credentials"


def test_a_timeout_that_is_no_whole_number_is_not_judged() -> None:
    assert asked("botocore", pod(imds(), AWS_METADATA_SERVICE_TIMEOUT="1.5")).outcome == "unknown"


def agent_path(ending: Ending) -> Evidence:
    return pod(without(container(connected=ending), "container.credentials"), NO_IMDS, AWS_REGION=REGION)


@pytest.mark.parametrize(
    ("evidence", "waits"),
    [
        (
            agent_path(Ending.CONNECT_TIMEOUT),
            {"go-v1": 120.4, "go-v2": 93.0, "botocore": 9.0, "js-v3": 7.0, "rust": 7.5},
        ),
        (agent_path(Ending.REFUSED), {"go-v1": 0.4, "go-v2": 3.0, "botocore": 3.0, "js-v3": 3.0, "rust": 1.5}),
        (
            pod(container(refusal(404)), NO_IMDS, AWS_REGION=REGION),
            {"go-v1": 0.0, "go-v2": 0.0, "botocore": 3.0, "js-v3": 3.0, "rust": 0.0},
        ),
        (
            pod(container(refusal(503)), NO_IMDS, AWS_REGION=REGION),
            {"go-v2": 3.0, "botocore": 3.0, "js-v3": 3.0, "rust": 1.5},
        ),
        (pod(container(no_answer(), waited=10.0), NO_IMDS, AWS_REGION=REGION), {"botocore": 9.0, "rust": 16.5}),
    ],
    ids=["black hole", "refused", "no association", "unavailable", "silent"],
)
def test_how_long_each_sdk_is_busy_with_the_container_endpoint(evidence: Evidence, waits: dict[str, float]) -> None:
    told = {sdk: asked(sdk, evidence).wait_seconds for sdk in waits}
    assert told == pytest.approx(waits, abs=0.11)


@pytest.mark.parametrize("sdk", ["go-v1", "go-v2", "js-v3"])
@pytest.mark.parametrize(
    "part", [container(no_answer()), web_identity(mute_sts())], ids=["the agent is silent", "STS is silent"]
)
def test_some_wait_for_an_answer_for_ever(part: Part, sdk: str) -> None:
    one = asked(sdk, pod(part, NO_IMDS))
    assert (one.waits_for_ever, one.wait_seconds) == (True, None)


def test_java_waits_for_the_agent_and_then_for_imds() -> None:
    assert asked("java-v2", agent_path(Ending.CONNECT_TIMEOUT)).wait_seconds == 6.0 + 2.0


def test_rust_once_cut_whatever_took_longer_than_five_seconds() -> None:
    one = asked("rust", agent_path(Ending.CONNECT_TIMEOUT), "1.9.0")
    assert (one.error, one.wait_seconds) == ("identity resolver timed out after …s", 5.0)


@pytest.mark.parametrize(
    ("sdk", "version", "seconds"),
    [
        ("botocore", "1.44.5", 180.0),
        ("botocore", "1.43.0", 307.5),
        ("cli-v1", "1.46.0", 307.5),
        ("cli-v2", "2.36.7", 181.5),
        ("go-v1", "1.55.8", 120.4),
        ("go-v2", "1.33.15", 93.0),
        ("js-v3", "3.1169.0", 381.0),
        ("rust", "1.13.0", 10.8),
    ],
)
def test_how_long_each_sdk_is_busy_with_an_sts_that_is_a_black_hole(sdk: str, version: str, seconds: float) -> None:
    one = asked(sdk, pod(sts_path(Ending.CONNECT_TIMEOUT), NO_IMDS), version)
    assert one.wait_seconds == pytest.approx(seconds, abs=0.2)


def test_java_connects_to_sts_four_times() -> None:
    assert asked("java-v2", pod(sts_path(Ending.CONNECT_TIMEOUT), NO_IMDS)).wait_seconds == pytest.approx(
        8.35 + 2, abs=0.1
    )


@pytest.mark.parametrize("sdk", ["go-v1", "go-v2"])
def test_go_asks_again_where_sts_says_that_the_token_is_invalid(sdk: str) -> None:
    invalid = asked(sdk, pod(web_identity(sts_answer("InvalidIdentityToken", status=400))))
    denied = asked(sdk, pod(web_identity(sts_answer("AccessDenied"))))
    assert (invalid.wait_seconds or 0.0) > (denied.wait_seconds or 0.0)


def test_a_token_file_that_is_a_pipe_is_waited_for_for_ever() -> None:
    pipe = pod(web_identity(token=token_file(FileState.NOT_REGULAR)))
    assert asked("botocore", pipe).waits_for_ever


@pytest.mark.parametrize("sdk", ["js-v3", "go-v2", "botocore"])
def test_where_nobody_can_tell_what_happens_nobody_can_tell_how_long_it_takes(sdk: str) -> None:
    one = asked(sdk, pod(without(web_identity(), "web-identity.assume-role")))
    assert (one.outcome, one.wait_seconds, one.waits_for_ever) == ("unknown", None, False)
