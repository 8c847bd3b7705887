"""How a chain is walked, and what a prediction says of it."""

from itertools import pairwise

import pytest

from probe.evidence import Evidence, Source
from probe.sdks import MODELS, predict_all
from probe.sdks.chain import Answer, Kind, Step, ends, follow, gives, passes, predictions, stops, unseen
from probe.sdks.versions import Release
from probe.sdks.view import View
from tests.sdks.pods import SDKS, asked, container, files, imds, keys, pod, profile, said, web_identity

VIEW = View(evidence=pod(), release=Release(first=None))


def always(answer: Answer) -> Step:
    return lambda _: answer


def test_the_first_step_that_does_not_pass_decides() -> None:
    later = always(gives(Source.IMDS, "IMDS gives keys"))
    assert follow(VIEW, [always(passes()), always(stops("text", "it breaks")), later], "nothing").kind is Kind.STOPS


def test_what_was_passed_over_is_told_before_what_came_of_it() -> None:
    steps = [always(passes("STS refuses")), always(passes()), always(gives(Source.IMDS, "IMDS gives keys"))]
    assert follow(VIEW, steps, "nothing").because == "STS refuses; IMDS gives keys"


def test_a_chain_without_anything_configured_says_so() -> None:
    assert follow(VIEW, [always(passes())], "nothing") == ends("nothing", "no source is configured")


def test_a_step_that_nobody_saw_leaves_the_whole_chain_unknown() -> None:
    steps = [always(unseen("it was cut")), always(gives(Source.IMDS, "IMDS gives keys"))]
    assert follow(VIEW, steps, "nothing").kind is Kind.UNSEEN


def test_a_reason_becomes_a_sentence() -> None:
    (one,) = predictions("sdk", pod(), (), always(gives(Source.IMDS, "the node gives keys")))
    assert one.because == "The node gives keys."


def test_every_sdk_says_something_of_an_empty_walk() -> None:
    empty = Evidence(given=pod().given)
    assert {one.sdk for one in predict_all(empty)} == {model.SDK for model in MODELS} > set(SDKS)
    assert {one.outcome for one in predict_all(empty)} == {"unknown"}


@pytest.mark.parametrize("sdk", SDKS)
def test_ranges_of_one_sdk_follow_each_other_without_a_gap(sdk: str) -> None:
    ranges = [one.versions for one in predict_all(pod(container(), imds(), web_identity())) if one.sdk == sdk]
    assert ranges[0] == "all" or ranges[0].startswith("<")
    for before, after in pairwise(ranges):
        assert before.split("<")[-1] == after.removeprefix(">=").split(",")[0]


def test_only_keys_have_a_source() -> None:
    for one in predict_all(pod(web_identity(), container(), imds(put=400), keys("AWS_ACCESS_KEY_ID"))):
        assert (one.source is not None) == (one.outcome == "credentials")


@pytest.mark.parametrize("name", ["\x1b[31mred", "two\nlines", "AKIAEXAMPLEEXAMPLE01", "x" * 5000])
def test_a_hostile_profile_name_is_made_safe(name: str) -> None:
    one = asked("go-v2", pod(AWS_PROFILE=name))
    shown = f"{one.error} {one.because}"
    assert shown.isprintable()
    assert len(shown) < 2500
    assert "AKIAEXAMPLE" not in shown


@pytest.mark.parametrize("sdk", SDKS)
def test_judging_twice_gives_the_same(sdk: str) -> None:
    evidence = pod(web_identity(), container(), imds(), files(profile(region="x")))
    assert said(sdk, evidence) == said(sdk, evidence)
    assert predict_all(evidence) == predict_all(evidence)
