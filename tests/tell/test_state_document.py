"""The sidecar's state as JSON values: the page's contract with the sidecar."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from probe.evidence import Evidence, Source
from probe.report import Report, Tool
from probe.serve.state import Counts, Depth, Ending, Outlook, Span, State
from probe.tell.document import document
from probe.tell.layout import Style
from probe.tell.state_document import state_document
from probe.tell.text import tell_text
from tests.tell import samples
from tests.tell.strategies import evidence

NOW = samples.CLOCK + 40
REPORTS = [samples.broken(), samples.good(), samples.undecided()]
STANDINGS = ["BROKEN", "OK", "COULD NOT FIND OUT"]


def state(report: Report | None = None) -> State:
    return State(begun=NOW - 100, now=NOW, interval_seconds=30, deep_interval_seconds=900, report=report)


def told(report: Report) -> dict[str, Any]:
    """Return the words for a report as the page gets them: as JSON."""
    document: dict[str, Any] = json.loads(json.dumps(state_document(state(report)), allow_nan=False))["told"]
    return document


def lane(report: Report, source: str) -> dict[str, Any]:
    (found,) = [one for one in told(report)["lanes"] if one["source"] == source]
    return dict(found)


def line(report: Report, step: str) -> dict[str, Any]:
    (found,) = [one for lane in told(report)["lanes"] for one in lane["lines"] if step in one["steps"]]
    return dict(found)


def words(text: str) -> str:
    """Return a text without its line breaks and indents."""
    return " ".join(text.split())


def test_before_the_first_walk_there_is_no_report_and_nothing_is_told_of_one() -> None:
    before = state_document(state())
    assert (before["schema"], before["report"], before["told"]) == (1, None, None)
    assert before["serve"]["walked"] is None


@pytest.mark.parametrize("report", REPORTS)
def test_the_report_is_that_of_report_json_without_its_evidence(report: Report) -> None:
    shown = state_document(state(report))["report"]
    assert shown == {name: value for name, value in document(report).items() if name != "evidence"}


@pytest.mark.parametrize(("report", "word"), list(zip(REPORTS, STANDINGS, strict=True)))
def test_the_standing_is_told_in_the_word_that_every_teller_uses(report: Report, word: str) -> None:
    assert told(report)["standing"] == word


@settings(max_examples=60)
@given(evidence())
def test_every_line_of_the_walk_reads_as_in_the_text_report(walked: Evidence) -> None:
    report = replace(samples.broken(), evidence=walked)
    text = words(tell_text(report, Style()))
    for one in (line for lane in told(report)["lanes"] for line in lane["lines"]):
        assert words(Style().clean(one["text"])) in text


@settings(max_examples=60)
@given(evidence())
def test_every_step_stands_in_one_line_of_its_source_unless_that_is_not_configured(
    walked: Evidence,
) -> None:
    report = replace(samples.broken(), evidence=walked)
    for one in told(report)["lanes"]:
        own = [step.id for step in report.evidence.steps if step.source == one["source"]]
        assert [step for line in one["lines"] for step in line["steps"]] == (own if one["configured"] else [])


@pytest.mark.parametrize("report", REPORTS)
def test_what_the_verdict_was_measured_against_reads_as_in_the_text_report(report: Report) -> None:
    text = words(tell_text(report, Style()))
    rows = [f"{row['name']} {words(row['text'])}" for row in told(report)["about"] if row["name"] != "Identity"]
    assert {row.split()[0] for row in rows} >= {"Expected", "Pod", "Walked"}
    assert [row for row in rows if row not in text] == []


def test_what_each_sdk_would_do_reads_as_in_the_text_report() -> None:
    text = words(tell_text(samples.broken(), Style(every_sdk=True)))
    rows = told(samples.broken())["sdks"]
    assert [f"{', '.join(row['names'])}: {row['ending']}" for row in rows if row["ending"] not in text] == []
    assert len(rows) == 4


def test_sdks_that_end_alike_share_a_row_with_every_reason() -> None:
    first = samples.SDKS[0]
    report = replace(samples.broken(), sdks=(first, replace(first, sdk="php", because="Its own reason.")))
    (row,) = told(report)["sdks"]
    assert row["names"] == ["botocore", "php"]
    assert row["because"] == ["IMDS gave no token.", "Its own reason."]


def test_the_five_sources_stand_in_chain_order() -> None:
    assert [one["source"] for one in told(samples.broken())["lanes"]] == list(Source)


def test_the_break_is_the_step_of_the_finding_that_the_verdict_rests_on() -> None:
    broken = told(samples.broken())
    assert broken["breaks_at"] == "imds.token"
    assert samples.broken().findings[broken["decisive"]].code == "imds-hop-limit"
    assert broken["gives"] is None


def test_a_failed_step_beside_a_good_verdict_is_no_break() -> None:
    good = told(samples.good())
    assert line(samples.good(), "imds.connect")["outcome"] == "fail"
    assert (good["breaks_at"], good["decisive"], good["gives"]) == (None, None, "web-identity")


def test_a_source_that_the_verdict_is_not_about_is_an_aside() -> None:
    assert lane(samples.good(), "imds")["aside"] is True
    assert lane(samples.good(), "web-identity")["aside"] is False


def test_where_no_source_is_meant_none_is_an_aside() -> None:
    report = samples.broken()
    nobody = replace(report.verdict, source=None, expected=replace(report.verdict.expected, source="none"))
    assert [one["aside"] for one in told(replace(report, verdict=nobody))["lanes"]] == [False] * 5


def test_a_source_says_how_far_it_came() -> None:
    assert lane(samples.broken(), "imds")["state"] == "no keys: imds.token failed"
    assert lane(samples.broken(), "container")["state"] == "not configured"
    assert lane(samples.good(), "web-identity")["state"] == "gives keys, and STS accepts them"


def test_keys_that_nobody_has_asked_sts_about_are_not_called_accepted() -> None:
    report = samples.good()
    unasked = tuple(
        replace(samples.skipped("--no-sts"), id=step.id) if step.id == "identity.web-identity" else step
        for step in report.evidence.steps
    )
    assert (
        lane(replace(report, evidence=replace(report.evidence, steps=unasked)), "web-identity")["state"] == "gives keys"
    )


def test_evidence_of_another_version_without_any_step_is_left_out_and_not_called_unconfigured() -> None:
    report = replace(samples.broken(), evidence=replace(samples.broken().evidence, steps=()))
    assert {(one["state"], one["configured"]) for one in told(report)["lanes"]} == {("left out", True)}


def test_neighbours_that_were_left_out_for_one_reason_share_a_line() -> None:
    shared = line(samples.broken(), "imds.role")
    assert shared["steps"] == ["imds.role", "imds.credentials", "imds.metadata", "identity.imds"]
    assert (shared["name"], shared["text"]) == ("imds.role to identity.imds", "skipped: no token")


def test_equal_evidence_is_told_once_with_its_number() -> None:
    finding = replace(samples.HOP_LIMIT, evidence=("a", "b", "a"))
    (first, *_) = told(replace(samples.broken(), findings=(finding,)))["findings"]
    assert first["seen"] == ["a (2 times)", "b"]


def test_a_privileged_remedy_says_what_it_changes_and_a_read_does_not() -> None:
    privileged, text = told(samples.broken())["findings"][0]["remedies"]
    assert (privileged["changes"], text["changes"]) == ("changes AWS", "changes AWS or the cluster")
    read = replace(samples.HOP_LIMIT.remedies[0], privileged=False)
    harmless = replace(samples.broken(), findings=(replace(samples.HOP_LIMIT, remedies=(read,)),))
    assert told(harmless)["findings"][0]["remedies"][0]["changes"] is None


def test_a_command_is_handed_over_as_it_is_and_without_what_nobody_sees() -> None:
    plain, document = told(samples.broken())["findings"][0]["remedies"]
    assert (plain["command"], document["command"]) == (samples.COMMAND, samples.STATEMENT)
    remedy = replace(samples.HOP_LIMIT.remedies[0], command="aws sts\u202e \x1b[31mget\n--x\n", tool=Tool.AWS)
    hidden = replace(samples.broken(), findings=(replace(samples.HOP_LIMIT, remedies=(remedy,)),))
    assert told(hidden)["findings"][0]["remedies"][0]["command"] == "aws sts [31mget\n--x"


def test_the_loops_times_history_and_outlook_are_handed_over() -> None:
    span = Span(begun=1.0, ended=2.0, standing="OK", code=None, summary="It works.")
    outlook = Outlook(earliest=None, latest=9.0, sentence="Not long.")
    full = replace(
        state(samples.broken()), walked=5.0, because="token-changed", next_walk=6.0, history=(span,), outlook=outlook
    )
    serve = json.loads(json.dumps(state_document(full)))["serve"]
    assert (serve["walked"], serve["because"], serve["next_walk"]) == (5.0, "token-changed", 6.0)
    assert serve["history"][0].items() >= {"begun": 1.0, "ended": 2.0, "standing": "OK", "code": None}.items()
    assert serve["outlook"] == {"earliest": None, "latest": 9.0, "sentence": "Not long."}


def test_counts_are_listed_by_depth_and_ending_operation_and_result() -> None:
    counts = Counts(walks={(Depth.LIGHT, Ending.CUT): 2}, calls={("GetCallerIdentity", "refused"): 3}, transitions=4)
    told = json.loads(json.dumps(state_document(replace(state(), counts=counts))))["serve"]["counts"]
    assert told["walks"] == [{"depth": "light", "ending": "cut", "number": 2}]
    assert told["calls"] == [{"operation": "GetCallerIdentity", "result": "refused", "number": 3}]
    assert told["transitions"] == 4
