"""How long an SDK is busy with what sends it away for now, with a resolver that is silent, and without a region."""

from dataclasses import replace

import pytest

from probe.evidence import Ending, Evidence, NameLookups
from tests.sdks.pods import (
    NO_IMDS,
    REGIONAL,
    SDKS,
    Part,
    asked,
    container,
    exchange,
    imds,
    keys,
    keys_answer,
    name,
    pod,
    refusal,
    step,
    sts_answer,
    web_identity,
)
from tests.sdks.test_failures import sts_path

THROTTLED = pod(web_identity(sts_answer("Throttling", status=400)), NO_IMDS)
HTML_502 = pod(web_identity(replace(sts_answer(), exchange=exchange(502), arn=None, access_key_hint=None)), NO_IMDS)


@pytest.mark.parametrize(
    ("evidence", "waits"),
    [
        (THROTTLED, {"go-v1": 5.3, "go-v2": 3.0, "botocore": 1.5, "js-v3": 1.1, "java-v2": 5.6, "rust": 1.5}),
        (HTML_502, {"go-v1": 5.3, "go-v2": 3.0, "botocore": 0.1, "js-v3": 0.2, "java-v2": 2.4, "rust": 1.5}),
    ],
    ids=["throttled", "HTML of a proxy with 502"],
)
def test_how_long_each_sdk_is_busy_with_an_sts_that_has_no_time(evidence: Evidence, waits: dict[str, float]) -> None:
    assert {sdk: asked(sdk, evidence).wait_seconds for sdk in waits} == pytest.approx(waits, abs=0.11)
    assert asked("botocore", evidence, "1.43.0").wait_seconds == pytest.approx(7.5, abs=0.11)


def test_an_agent_that_is_overloaded_costs_go_v1_its_long_pauses() -> None:
    throttled = pod(container(refusal(429)), NO_IMDS)
    assert asked("go-v1", throttled).wait_seconds == pytest.approx(5.3, abs=0.11)


@pytest.mark.parametrize(("sdk", "seconds"), [("botocore", 1.0), ("js-v3", 1.0), ("go-v1", 0.8), ("go-v2", 1.0)])
def test_keys_that_come_at_the_second_call_come_after_a_pause(sdk: str, seconds: float) -> None:
    once = replace(keys_answer(), earlier=exchange(429))
    one = asked(sdk, pod(container(once), NO_IMDS))
    assert one.outcome == "credentials"
    assert one.wait_seconds == pytest.approx(seconds, abs=0.06)


def test_botocore_does_not_ask_again_for_keys_that_lack_a_field() -> None:
    assert asked("botocore", pod(container(keys_answer("…EYES", "Expiration")), NO_IMDS)).wait_seconds == 0.0


@pytest.mark.parametrize("milliseconds", [3.0, 1020.0])
def test_a_name_that_nobody_resolves_in_time_makes_the_wait_unknown(milliseconds: float) -> None:
    part = sts_path(Ending.NAME_LOOKUP_FAILED)
    lookup = replace(name(REGIONAL, Ending.NAME_LOOKUP_FAILED), milliseconds=milliseconds)
    silent = replace(part, steps=(*part.steps, step("web-identity.dns", NameLookups(used=lookup))))
    waits = {sdk: asked(sdk, pod(silent, NO_IMDS)).wait_seconds is None for sdk in SDKS}
    assert waits == dict.fromkeys(SDKS, milliseconds > 1000)


WITHOUT_REGION = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None}


@pytest.mark.parametrize(
    ("part", "java", "rust"),
    [
        (NO_IMDS, 6.8, 2.0),
        (imds(connected=Ending.REFUSED), 0.8, 0.0),
        (imds(put=Ending.NO_ANSWER, tokenless=401), 3.8, 2.0),
        (imds(), 0.0, 0.0),
    ],
    ids=["black hole", "refused", "hop limit", "there"],
)
def test_without_a_region_imds_is_asked_for_one_first(part: Part, java: float, rust: float) -> None:
    identity = pod(part, web_identity(), **WITHOUT_REGION)
    assert asked("java-v2", identity).wait_seconds == pytest.approx(java, abs=0.06)
    keyed = pod(part, keys("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), **WITHOUT_REGION)
    assert asked("rust", keyed).wait_seconds == pytest.approx(rust, abs=0.06)


def test_javascript_asks_imds_for_a_region_only_in_new_releases() -> None:
    evidence = pod(NO_IMDS, web_identity(), **WITHOUT_REGION)
    assert [asked("js-v3", evidence, version).wait_seconds for version in ("3.515.0", "3.1169.0")] == [0.0, 1.0]
