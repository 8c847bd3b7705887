"""What a scrape says of a state."""

from dataclasses import replace

import pytest

from probe import __version__
from probe.evidence import FACTS_OF_STEP, OPTIONAL, Outcome, Step
from probe.findings.catalogue import CATALOGUE
from probe.report import Identity
from probe.serve.state import BUCKETS, OPERATIONS, RESULTS, Depth, Ending, State
from tests.tell.metrics.states import ALL, BEFORE, BROKEN, FULL, GOOD, NOW, UNKNOWN, samples, value
from tests.tell.samples import CALLER, CLOCK, ROLE, good


@pytest.mark.parametrize(
    ("state", "word", "success"),
    [(GOOD, "ok", 1), (BROKEN, "broken", 0), (UNKNOWN, "unknown", 0), (BEFORE, "unknown", 0)],
)
def test_a_state_stands_in_one_way_and_all_three_are_told(state: State, word: str, success: float) -> None:
    standing = {labels[0][1]: stands for labels, stands in samples(state, "standing").items()}
    assert standing == {**dict.fromkeys(("ok", "broken", "unknown"), 0.0), word: 1.0}
    assert value(state, "success") == success


def test_the_verdict_is_told_by_code_certainty_source_and_exit_code() -> None:
    labels = {"code": "imds-hop-limit", "certainty": "certain", "source": "imds", "exit_code": "54"}
    assert samples(BROKEN, "verdict_info") == {tuple(sorted(labels.items())): 1}


def test_a_good_verdict_has_no_code() -> None:
    assert value(GOOD, "verdict_info", code="", certainty="", source="web-identity", exit_code="0") == 1


def test_before_the_first_walk_nothing_is_said_of_verdict_identity_steps_and_sdks() -> None:
    for name in ("verdict_info", "identity_info", "step_outcome", "sdk_source_info", "last_walk_timestamp_seconds"):
        assert samples(BEFORE, name) == {}


@pytest.mark.parametrize("state", ALL.values(), ids=ALL)
def test_every_code_of_the_catalogue_is_there_and_only_what_stands_is_1(state: State) -> None:
    told = {labels[0][1]: stands for labels, stands in samples(state, "finding").items()}
    stand = {finding.code for finding in state.report.findings} if state.report else set()
    assert told == {code: float(code in stand) for code in CATALOGUE}


def test_the_identity_is_told_beside_the_expected_one() -> None:
    labels = {"arn": CALLER, "account": "111122223333", "source": "web-identity"}
    assert value(GOOD, "identity_info", **labels, expected_source="web-identity", expected_role=ROLE) == 1


def test_what_is_not_known_of_the_identity_is_empty() -> None:
    unknown = {"arn": "", "account": "", "source": "imds", "expected_source": "imds", "expected_role": ""}
    assert value(BROKEN, "identity_info", **unknown) == 1


@pytest.mark.parametrize(
    "arn", ["wJalrXUtnFEMI/K7MDENG", "arn:aws:sts::1:assumed-role/a/b", "arn:aws:iam::111122223333:\n", ""]
)
def test_an_arn_that_is_none_is_not_shown_to_whoever_scrapes(arn: str) -> None:
    verdict = replace(good().verdict, identity=Identity(arn=arn, account=arn))
    labels = samples(replace(GOOD, report=replace(good(), verdict=verdict)), "identity_info")
    assert [dict(told)["arn"] + dict(told)["account"] for told in labels] == [""]


def test_every_step_has_one_series_with_its_outcome() -> None:
    outcomes = [dict(labels) for labels in samples(BROKEN, "step_outcome")]
    assert [one["step"] for one in outcomes] == [step for step in FACTS_OF_STEP if step not in OPTIONAL]
    assert {"step": "imds.token", "source": "imds", "outcome": "fail"} in outcomes
    assert {"step": "identity.imds", "source": "imds", "outcome": "skipped"} in outcomes


def test_steps_beside_the_chain_have_a_series_where_they_were_walked() -> None:
    needs = Step(id="needs.vpc-id", outcome=Outcome.FAIL)
    account = Step(id="kubernetes.service-account", outcome=Outcome.SKIPPED)
    walked = replace(good(), evidence=replace(good().evidence, steps=(account, *good().evidence.steps, needs)))
    outcomes = [dict(labels) for labels in samples(replace(GOOD, report=walked), "step_outcome")]
    assert outcomes[0] == {"step": "kubernetes.service-account", "source": "kubernetes", "outcome": "skipped"}
    assert outcomes[-1] == {"step": "needs.vpc-id", "source": "needs", "outcome": "fail"}
    assert len(outcomes) <= len(FACTS_OF_STEP)


def test_every_prediction_of_an_sdk_is_told_with_its_versions() -> None:
    assert value(BROKEN, "sdk_source_info", sdk="go-v2", versions=">=1.16", outcome="error", source="") == 1
    assert value(BROKEN, "sdk_source_info", sdk="go-v1", versions="all", outcome="credentials", source="imds") == 1


def test_durations_are_cumulative_buckets_with_sum_and_count() -> None:
    name = "step_duration_seconds"
    buckets = [count for _, count in sorted(samples(BROKEN, f"{name}_bucket").items(), key=_bound)]
    assert buckets == [0, 1, *(3,) * 12, 6]
    assert value(BROKEN, f"{name}_bucket", step="imds.token", le=str(BUCKETS[2])) == 3
    assert value(BROKEN, f"{name}_count", step="imds.token") == 6
    assert value(BROKEN, f"{name}_sum", step="imds.token") == 30.5


def _bound(sample: tuple[tuple[tuple[str, str], ...], float]) -> float:
    return float(dict(sample[0])["le"])


def test_the_expiry_of_keys_and_token_comes_from_what_the_last_walk_saw() -> None:
    assert samples(FULL, "credential_expiry_timestamp_seconds") == {(("source", "imds"),): NOW + 3600}
    assert samples(GOOD, "token_expiry_timestamp_seconds") == {(("source", "web-identity"),): int(CLOCK) + 82_800}


def test_the_clock_s_skew_is_that_of_the_findings_and_absent_where_nobody_told_the_time() -> None:
    assert value(FULL, "clock_skew_seconds") == 90
    assert FULL.report is not None
    assert "clock-skew" in {finding.code for finding in FULL.report.findings}
    assert value(GOOD, "clock_skew_seconds") is None


def test_the_distance_to_imds_is_told_where_it_was_measured() -> None:
    assert value(BROKEN, "imds_hops") == 2
    assert value(GOOD, "imds_hops") is None


def test_the_time_that_is_left_is_counted_from_the_moment_of_the_scrape() -> None:
    later = replace(BROKEN, now=NOW + 700)
    assert [value(state, "seconds_until_outage", bound="earliest") for state in (BROKEN, later)] == [600, -100]
    assert value(BROKEN, "seconds_until_outage", bound="latest") == 3600
    assert samples(GOOD, "seconds_until_outage") == {}


def test_moments_are_unix_times_and_absent_while_they_have_not_come() -> None:
    assert value(BROKEN, "failing_since_timestamp_seconds") == NOW - 90
    assert value(GOOD, "failing_since_timestamp_seconds") is None
    assert value(BROKEN, "last_success_timestamp_seconds") == NOW - 100
    assert value(BEFORE, "last_success_timestamp_seconds") is None
    walks = {dict(labels)["depth"]: moment for labels, moment in samples(GOOD, "last_walk_timestamp_seconds").items()}
    assert walks == {"light": NOW - 5, "whole": NOW - 50}


@pytest.mark.parametrize("state", ALL.values(), ids=ALL)
def test_every_counter_is_there_from_the_start(state: State) -> None:
    walks = {(dict(labels)["depth"], dict(labels)["ending"]) for labels in samples(state, "walks_total")}
    assert walks == {(depth, ending) for depth in Depth for ending in Ending}
    calls = {(dict(labels)["operation"], dict(labels)["result"]) for labels in samples(state, "aws_calls_total")}
    assert calls == {(operation, result) for operation in OPERATIONS for result in RESULTS}
    assert value(state, "verdict_changes_total") == state.counts.transitions


def test_counters_tell_what_was_counted() -> None:
    assert value(BROKEN, "walks_total", depth="light", ending="finished") == 7
    assert value(BROKEN, "walks_total", depth="light", ending="cut") == 0
    assert value(BROKEN, "aws_calls_total", operation="GetCallerIdentity", result="throttled") == 2
    assert value(BROKEN, "consecutive_failures") == 3


def test_the_configuration_and_the_version_are_told() -> None:
    assert value(BEFORE, "walk_interval_seconds", depth="light") == 30
    assert value(BEFORE, "walk_interval_seconds", depth="whole") == 900
    assert value(BEFORE, "build_info", version=__version__) == 1
