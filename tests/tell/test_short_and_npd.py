"""The one-line formats."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.findings.catalogue.entry import Severity
from probe.report import Report
from probe.tell.layout import Style
from probe.tell.npd import npd_exit_code, tell_npd
from probe.tell.short import tell_short
from tests.tell import samples


def with_summary(summary: str) -> Report:
    report = samples.broken()
    return replace(report, verdict=replace(report.verdict, summary=summary))


def test_short_is_one_line_when_the_verdict_is_the_only_error() -> None:
    assert tell_short(samples.broken(), Style()) == (
        f"BROKEN: {samples.HOP_LIMIT.summary} (imds-hop-limit, certain, exit code 54)\n"
    )


def test_short_names_further_errors_but_no_warnings() -> None:
    other = replace(samples.REACHABLE, severity=Severity.ERROR, code="region-missing")
    report = replace(samples.broken(), findings=(samples.HOP_LIMIT, other, samples.REACHABLE))
    lines = tell_short(report, Style()).splitlines()
    assert lines[1:] == ["also: AWS_ENDPOINT_URL sends every SDK elsewhere. (region-missing, likely)"]


def test_short_says_when_all_is_well() -> None:
    assert tell_short(samples.good(), Style()).startswith("OK: The web identity (IRSA) credentials work")


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_short_stays_on_one_line_whatever_the_summary_holds(summary: str) -> None:
    assert len(tell_short(with_summary(summary), Style()).splitlines()) == 1


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_npd_is_one_ascii_line_of_at_most_80_bytes(summary: str) -> None:
    told = tell_npd(with_summary(summary), Style()).encode("ascii")
    assert told.count(b"\n") == 1
    assert told.endswith(b"\n")
    assert len(told.rstrip(b"\n")) <= 80


def test_npd_names_the_cause_first() -> None:
    assert tell_npd(samples.broken(), Style()).startswith("imds-hop-limit: IMDS is up")


@pytest.mark.parametrize(
    ("report", "exit_code"), [(samples.good(), 0), (samples.broken(), 1), (samples.undecided(), 2)]
)
def test_npd_exits_with_what_the_detector_reads(report: Report, exit_code: int) -> None:
    assert npd_exit_code(report) == exit_code
