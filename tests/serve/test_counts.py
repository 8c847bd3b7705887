"""Numbers out of evidence: walks, calls of AWS, durations; and the history of the verdict."""

from dataclasses import replace

import pytest

from probe.evidence.needs import AwsRead, Permissions
from probe.judge import judge
from probe.report import Verdict
from probe.serve.calls import calls_of, is_throttled
from probe.serve.counts import counted
from probe.serve.history import KEPT_SECONDS, MOST_SPANS, lengthened
from probe.serve.state import BUCKETS, Counts, Depth, Ending, Span
from tests.serve.walks import ALLOWED, walks_of, with_beyond, with_steps
from tests.tell import samples


@pytest.mark.lab
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("irsa-healthy", [("AssumeRoleWithWebIdentity", "answered"), ("GetCallerIdentity", "answered")]),
        ("irsa-trust-denied", [("AssumeRoleWithWebIdentity", "refused")]),
        ("sts-throttled", [("AssumeRoleWithWebIdentity", "throttled")]),
        ("sts-mute", [("AssumeRoleWithWebIdentity", "failed")]),
        ("static-keys-rejected", [("GetCallerIdentity", "refused")] * 2),
        ("imds-healthy-node-role", [("GetCallerIdentity", "answered")]),
        ("pod-identity-healthy", [("GetCallerIdentity", "answered"), ("AssumeRoleForPodIdentity", "answered")]),
        ("pod-identity-no-association", [("AssumeRoleForPodIdentity", "refused")]),
        ("pod-identity-throttled-aws", [("AssumeRoleForPodIdentity", "throttled")] * 2),
        ("pod-identity-throttled-local", []),
        ("pod-identity-token-expired", []),
        ("ecs-healthy", [("GetCallerIdentity", "answered")]),
    ],
)
def test_the_calls_of_a_walk(name: str, expected: list[tuple[str, str]]) -> None:
    assert list(calls_of(walks_of(name)[0])) == expected


@pytest.mark.lab
def test_reads_for_the_controller_are_counted_and_a_throttled_one_slows_the_sidecar_down() -> None:
    asked = with_beyond(walks_of("imds-healthy-node-role")[0])
    assert list(calls_of(asked)) == [("GetCallerIdentity", "answered"), ("needs", "answered")]
    slow_down = AwsRead(action="ec2:DescribeSubnets", answer=replace(ALLOWED, code="RequestLimitExceeded"))
    step = asked.step("needs.permissions")
    assert step is not None
    throttled = with_steps(asked, replace(step, facts=Permissions(reads=(slow_down,))))
    assert list(calls_of(throttled))[1:] == [("needs", "throttled")]
    assert is_throttled(throttled)


@pytest.mark.lab
@pytest.mark.parametrize("name", ["irsa-healthy", "pod-identity-healthy", "imds-healthy-node-role"])
def test_a_light_walk_makes_no_call(name: str) -> None:
    assert list(calls_of(walks_of(name)[1])) == []


@pytest.mark.lab
def test_the_agent_s_own_limit_is_throttling_although_no_call_was_made() -> None:
    assert is_throttled(walks_of("pod-identity-throttled-local")[0])
    assert not is_throttled(walks_of("pod-identity-healthy")[0])


@pytest.mark.lab
def test_durations_are_of_steps_that_went_over_the_network() -> None:
    whole, _ = walks_of("imds-healthy-node-role")
    connect = whole.step("imds.connect")
    assert connect is not None
    slow = with_steps(whole, replace(connect, duration_ms=9_000.0))
    counts = counted(counted(Counts(), Depth.WHOLE, Ending.FINISHED, slow), Depth.LIGHT, Ending.CUT, None)
    assert counts.walks == {(Depth.WHOLE, Ending.FINISHED): 1, (Depth.LIGHT, Ending.CUT): 1}
    told = counts.durations["imds.connect"]
    assert (told.counts[-1], sum(told.counts), len(told.counts)) == (1, 1, len(BUCKETS) + 1)
    assert told.total_seconds == 9.0
    assert not {"environment.keys", "imds.variables", "web-identity.token"} & counts.durations.keys()


@pytest.mark.lab
def test_a_duration_on_a_bound_belongs_to_its_bucket() -> None:
    whole, _ = walks_of("imds-healthy-node-role")
    connect = whole.step("imds.connect")
    assert connect is not None
    counts = counted(
        Counts(), Depth.WHOLE, Ending.FINISHED, with_steps(whole, replace(connect, duration_ms=BUCKETS[1] * 1000))
    )
    assert counts.durations["imds.connect"].counts[:3] == (0, 1, 0)


def verdict(code: str | None) -> Verdict:
    return replace(judge(samples.good().evidence).verdict, code=code, exit_code=54 if code else 0)


def test_equal_verdicts_are_one_span() -> None:
    history: tuple[Span, ...] = ()
    for now in (100.0, 130.0, 160.0):
        history = lengthened(history, now, verdict(None))
    assert [(span.begun, span.ended, span.standing) for span in history] == [(100.0, 160.0, "OK")]


def test_another_verdict_begins_another_span_and_claims_nothing_of_the_time_between() -> None:
    history = lengthened(lengthened((), 100.0, verdict(None)), 130.0, verdict("imds-hop-limit"))
    assert [(span.begun, span.ended, span.code) for span in history] == [
        (100.0, 100.0, None),
        (130.0, 130.0, "imds-hop-limit"),
    ]


def test_only_the_last_day_is_kept() -> None:
    history = lengthened((), 100.0, verdict("imds-hop-limit"))
    assert len(lengthened(history, 101.0 + KEPT_SECONDS, verdict(None))) == 1


def test_a_flapping_verdict_is_bounded_and_says_what_was_put_together() -> None:
    history: tuple[Span, ...] = ()
    verdicts = (verdict(None), verdict("imds-hop-limit"))
    for tick in range(3 * MOST_SPANS):
        history = lengthened(history, 1000.0 + tick, verdicts[tick % 2])
    assert len(history) == MOST_SPANS
    assert history[0].merged == 2 * MOST_SPANS + 1
    assert history[0].begun == 1000.0
    assert history[0].standing == "BROKEN"
    assert history[0].summary.startswith(f"It changed {2 * MOST_SPANS} times")


def test_a_clock_that_is_set_back_makes_no_span_end_before_it_begins() -> None:
    history = lengthened(lengthened((), 5000.0, verdict(None)), 4000.0, verdict(None))
    assert all(span.begun <= span.ended for span in history)
