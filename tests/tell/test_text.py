"""The report for a person."""

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from probe.evidence import Beyond, Ending, Evidence, Exchange, Outcome, Source, Step, StsAnswer, StsAnswers
from probe.evidence.kubernetes import PolicyList
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Expected, Identity, Prediction, Remedy, Report, Tool
from probe.tell.layout import Style, style_for
from probe.tell.text import tell_text
from tests.tell import samples
from tests.tell.strategies import evidence

PLAIN = Style()
DETAILED = Style(details=True)
NAMED = Style(every_sdk=True)


def reports() -> list[Report]:
    return [samples.broken(), samples.good(), samples.undecided()]


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (samples.broken(), "BROKEN: imds-hop-limit (certain), exit code 54"),
        (samples.good(), "OK: web-identity, exit code 0"),
        (samples.undecided(), "COULD NOT FIND OUT: walk-cut, exit code 8"),
    ],
)
def test_the_first_line_is_the_verdict(report: Report, line: str) -> None:
    assert tell_text(report, PLAIN).splitlines()[0] == line


def test_a_likely_verdict_is_not_told_as_certain() -> None:
    report = samples.broken()
    report = replace(report, verdict=replace(report.verdict, certainty=Certainty.LIKELY))
    assert "(likely)" in tell_text(report, PLAIN).splitlines()[0]


def test_the_summary_follows_the_verdict_at_once() -> None:
    told = tell_text(samples.broken(), PLAIN).splitlines()
    assert " ".join(told[1:3]) == samples.HOP_LIMIT.summary


def test_an_inferred_expectation_says_so_and_how_to_say_otherwise() -> None:
    told = " ".join(tell_text(samples.broken(), PLAIN).split())
    assert "Expected imds (inferred: nothing else is configured" in told
    assert "say otherwise with --expect" in told


def test_an_expectation_of_the_user_is_not_told_as_inferred() -> None:
    told = tell_text(samples.good(), PLAIN)
    assert "inferred" not in told
    assert "--expect" in told


def test_no_credentials_at_all_can_be_expected() -> None:
    report = samples.good()
    expected = Expected(source="none", inferred=False, because="--expect says so")
    report = replace(report, verdict=replace(report.verdict, expected=expected))
    assert "Expected  no credentials at all (--expect says so)" in tell_text(report, PLAIN)


def copied(report: Report) -> set[str]:
    """Lines that are to be copied as they are, and single words that are longer than a line."""
    commands = {remedy.command for finding in report.findings for remedy in finding.remedies if remedy.command}
    return {line.strip() for command in commands for line in command.splitlines()}


@pytest.mark.parametrize("style", [PLAIN, DETAILED, Style(unicode=False), Style(unicode=False, details=True)])
@pytest.mark.parametrize("report", reports())
def test_no_line_is_wider_than_80_columns_except_what_is_copied(report: Report, style: Style) -> None:
    for line in tell_text(report, style).splitlines():
        if line.strip() not in copied(report) and " " in line.strip():
            assert len(line) <= 80, line


def test_a_command_stands_on_one_line_of_its_own() -> None:
    assert samples.COMMAND in [line.strip() for line in tell_text(samples.broken(), PLAIN).splitlines()]


def test_a_statement_is_pasteable_as_a_block() -> None:
    told = tell_text(samples.broken(), PLAIN).splitlines()
    start = next(number for number, line in enumerate(told) if line.strip() == "{")
    block = told[start : start + 4]
    indent = len(block[0]) - len(block[0].lstrip())
    assert "\n".join(line[indent:] for line in block) == samples.STATEMENT


def test_a_here_document_keeps_its_end_at_the_start_of_the_line() -> None:
    remedy = replace(samples.HOP_LIMIT.remedies[0], command="kubectl apply -f - <<EOF\nkind: ServiceAccount\nEOF")
    report = replace(samples.broken(), findings=(replace(samples.HOP_LIMIT, remedies=(remedy,)),))
    assert "\nkubectl apply -f - <<EOF\nkind: ServiceAccount\nEOF\n" in tell_text(report, PLAIN)


def test_what_changes_aws_is_marked() -> None:
    assert "Raise the hop limit of this instance. [changes AWS]" in tell_text(samples.broken(), PLAIN)


def test_what_runs_on_the_node_is_not_told_as_a_change_of_aws() -> None:
    remedy = Remedy(text="Restart it.", command="systemctl restart chronyd", tool=Tool.SHELL, privileged=True)
    report = replace(samples.broken(), findings=(replace(samples.HOP_LIMIT, remedies=(remedy,)),))
    assert "Restart it. [on the node, as root]" in tell_text(report, PLAIN)


def test_credentials_that_work_beside_a_broken_expectation_say_whose_they_are() -> None:
    good = samples.good()
    broken = replace(good, verdict=replace(good.verdict, code="x", exit_code=36, certainty=Certainty.CERTAIN))
    told = " ".join(tell_text(broken, PLAIN).split())
    assert "(from web-identity; these credentials do work here)" in told


def test_keys_that_only_one_endpoint_takes_are_not_told_as_working() -> None:
    exchange = Exchange(method="POST", url="https://sts/", ending=Ending.ANSWERED, status=403)
    refused = StsAnswer(exchange=exchange, endpoint="sts.me-south-1.amazonaws.com", region="me-south-1", code="Unknown")
    taken = replace(refused, endpoint="sts.amazonaws.com", code=None, arn="arn:a")
    step = Step(
        id="identity.environment", outcome=Outcome.FAIL, facts=StsAnswers(first=refused, second=taken), duration_ms=1
    )
    good = samples.good()
    verdict = replace(good.verdict, code="opt-in-region-token", exit_code=85, identity=Identity(arn="arn:a"))
    report = replace(good, verdict=verdict, evidence=replace(good.evidence, steps=(step,)))
    told = " ".join(tell_text(report, PLAIN).split())
    assert "arn:a (from environment; only one of two STS endpoints accepts these credentials)" in told
    assert "Unknown at sts.me-south-1.amazonaws.com; good at sts.amazonaws.com" in told


def test_texts_stand_below_each_other_whatever_the_longest_step_is() -> None:
    policies = Step(id="kubernetes.network-policies", outcome=Outcome.OK, facts=PolicyList(seen=0), duration_ms=19)
    good = samples.good()
    evidence = replace(good.evidence, steps=(policies, *good.evidence.steps))
    lines = tell_text(replace(good, evidence=evidence), PLAIN).splitlines()
    beginnings = ("none of 0 restricts", "issued by", "no file")
    assert {line.index(text) for line in lines for text in beginnings if text in line} == {40}


def test_steps_stand_in_chain_order_with_outcome_name_time_and_fact() -> None:
    told = tell_text(samples.broken(), PLAIN)
    ids = re.findall(r"^  . (imds\.\w+)", told, flags=re.MULTILINE)
    assert ids == ["imds.variables", "imds.route", "imds.connect", "imds.tokenless", "imds.token", "imds.role"]
    assert re.search(r"✗ imds\.token +1\.2 s  PUT: no answer", told)


def test_a_source_that_is_not_configured_takes_one_line() -> None:
    told = tell_text(samples.broken(), PLAIN)
    assert len(re.findall(r"^  · container +not configured$", told, flags=re.MULTILINE)) == 1
    assert "container.token" not in told


def test_skipped_steps_show_their_reason() -> None:
    assert re.search(r"○ imds\.role to identity\.imds +skipped: no token", tell_text(samples.broken(), PLAIN))


def test_with_v_every_skipped_step_has_a_line() -> None:
    told = tell_text(samples.broken(), DETAILED)
    assert len(re.findall(r"skipped: no token$", told, flags=re.MULTILINE)) == 4


def test_what_a_finding_was_told_apart_from_is_told_only_with_v() -> None:
    assert "The GET is not answered either." not in tell_text(samples.broken(), PLAIN)
    assert "The GET is not answered either." in tell_text(samples.broken(), DETAILED)


def test_a_likely_finding_says_what_would_make_it_certain() -> None:
    assert "Certain with: The Deployment's own environment." in tell_text(samples.broken(), PLAIN)


def test_each_finding_names_the_command_that_tells_more() -> None:
    told = tell_text(samples.broken(), PLAIN)
    assert "More: probe explain imds-hop-limit\n" in told
    assert "More: probe explain endpoint-override\n" in told


def test_the_summary_of_the_verdict_is_not_repeated() -> None:
    assert " ".join(tell_text(samples.broken(), PLAIN).split()).count(samples.HOP_LIMIT.summary) == 1


ASIDE = replace(
    samples.HOP_LIMIT, code="imds-stalled", severity=Severity.NOTE, source="imds", summary="IMDS does not answer."
)


def test_a_note_about_a_source_that_the_pod_does_not_need_takes_one_sentence() -> None:
    report = replace(samples.good(), findings=(ASIDE,))
    told = tell_text(report, PLAIN)
    assert "note imds-stalled" in told
    assert "IMDS does not answer." in told
    assert "Raise the hop limit" not in told
    assert "More: probe explain imds-stalled, or -v\n" in told
    assert "Raise the hop limit" in tell_text(report, DETAILED)


def test_a_note_about_the_verdicts_own_source_is_told_in_full() -> None:
    report = replace(samples.good(), findings=(replace(ASIDE, source="web-identity"),))
    assert "Raise the hop limit" in tell_text(report, PLAIN)


def test_the_same_remedy_is_told_once() -> None:
    again = replace(samples.HOP_LIMIT, code="region-missing", summary="Another.")
    more = replace(again, remedies=(*again.remedies, Remedy(text="Set the region.")))
    told = tell_text(replace(samples.broken(), findings=(samples.HOP_LIMIT, again, more)), PLAIN)
    assert told.count(samples.COMMAND) == 1
    assert "What to do: what is said above\n" in told
    assert "What to do: what is said above, and\n      1. Set the region.\n" in told


def test_equal_facts_are_told_once_and_counted() -> None:
    finding = replace(samples.HOP_LIMIT, evidence=("PUT: no answer", "PUT: no answer", "GET: 401"))
    told = tell_text(replace(samples.broken(), findings=(finding,)), PLAIN)
    assert "      - PUT: no answer (2 times)\n      - GET: 401\n" in told


def test_sdks_that_end_alike_share_a_row() -> None:
    alike = tuple(replace(samples.SDKS[2], sdk=name) for name in ("java-v2", "go-v1"))
    told = tell_text(replace(samples.broken(), sdks=(*alike, samples.SDKS[0])), NAMED)
    assert "  java-v2, go-v1: credentials from imds (…MPLE)\n  botocore: no credentials: Unable to" in told


def told_of(*predictions: Prediction, report: Report | None = None, style: Style = PLAIN) -> str:
    """Return the section about the SDKs on one line."""
    told = tell_text(replace(report or samples.broken(), sdks=predictions), style)
    return " ".join(told.partition("What each SDK would do here")[2].split())


WORKS = Prediction(sdk="go-v2", versions="all", outcome="credentials", source="web-identity", because="It works.")
FAILS = samples.SDKS[0]


def test_an_sdk_that_ends_as_the_walk_did_has_no_row() -> None:
    assert told_of(FAILS) == "all end as this walk does, without credentials (-v tells of each, and why)"


def test_an_sdk_that_finds_credentials_where_the_walk_found_none_has_a_row() -> None:
    assert told_of(FAILS, WORKS) == (
        "go-v2: credentials from web-identity "
        "the others end as this walk does, without credentials (-v tells of each, and why)"
    )


def good(source: str = "web-identity", arn: str = "arn:aws:sts::111122223333:assumed-role/controller/probe") -> Report:
    """Return a pod whose credentials work."""
    report = samples.good()
    verdict = replace(report.verdict, source=source, identity=Identity(arn=arn))
    return replace(report, verdict=verdict)


def test_an_sdk_that_fails_where_the_walk_works_has_a_row_with_its_text() -> None:
    told = told_of(WORKS, FAILS, report=good())
    assert told.startswith("botocore: no credentials: Unable to locate credentials the others end as this walk does")


@pytest.mark.parametrize(
    ("arn", "has_row"),
    [
        ("arn:aws:sts::111122223333:assumed-role/controller/…", False),
        ("arn:aws:sts::111122223333:assumed-role/other/…", True),
        ("arn:aws:iam::111122223333:user/other", True),
        ("arn:…:sts::…:assumed-role/node/i-…", False),
    ],
    ids=["another session", "another role", "a user", "not known"],
)
def test_an_sdk_that_runs_as_somebody_else_has_a_row(arn: str, *, has_row: bool) -> None:
    assert (arn in told_of(replace(WORKS, identity=arn), report=good())) is has_row


@pytest.mark.parametrize(
    ("waiting", "told"),
    [
        (replace(FAILS, wait_seconds=2.9), None),
        (replace(FAILS, wait_seconds=3.0), "(after 3 s)"),
        (replace(FAILS, wait_seconds=307.5), "(after 5.1 min)"),
        (replace(FAILS, waits_for_ever=True, error="would wait for ever"), "botocore: hangs for ever"),
    ],
    ids=["short", "long", "minutes", "for ever"],
)
def test_an_sdk_that_hangs_has_a_row_that_says_how_long(waiting: Prediction, told: str | None) -> None:
    section = told_of(waiting)
    assert (told or "all end as this walk does, without credentials") in section
    assert ("(after" in section or "hangs" in section) is (told is not None)


def test_an_sdk_that_nobody_can_tell_of_is_said_not_to_be_visible() -> None:
    told = told_of(FAILS, samples.SDKS[3])
    assert told.startswith("rust: not visible from this walk the others end as this walk does")


def test_a_model_that_no_real_sdk_was_held_against_is_marked() -> None:
    assert told_of(replace(WORKS, proven=False)).startswith("go-v2 (unproven): credentials from web-identity")


def test_slipping_past_a_broken_identity_is_said() -> None:
    slipped = replace(WORKS, source="imds", falls_through=True)
    assert "credentials from imds, past what is configured" in told_of(slipped)


def test_who_names_an_sdk_sees_it_however_it_ends() -> None:
    assert told_of(FAILS, style=NAMED) == "botocore: no credentials: Unable to locate credentials"


def test_with_v_what_an_sdk_keeps_and_what_a_proxy_changes_is_told() -> None:
    told = told_of(replace(WORKS, caches="the keys, for an hour", proxied="the proxy is used for STS"), style=DETAILED)
    assert told.endswith("It works. It keeps the keys, for an hour. Proxy: the proxy is used for STS.")


@pytest.mark.parametrize(
    ("versions", "told"),
    [
        (["all"], "go-v1"),
        (["<2", ">=2"], "go-v1"),
        (["<2", ">=2,<3"], "go-v1 <3"),
        ([">=2,<3", ">=3"], "go-v1 >=2"),
        (["<2", ">=3"], "go-v1 <2, go-v1 >=3"),
        ([">=2,<3"], "go-v1 >=2,<3"),
    ],
)
def test_ranges_of_versions_that_follow_each_other_are_told_as_one(versions: list[str], told: str) -> None:
    alike = tuple(replace(samples.SDKS[2], versions=one) for one in versions)
    assert f"  {told}: credentials from imds" in tell_text(replace(samples.broken(), sdks=alike), PLAIN)


def test_with_v_every_sdk_has_its_row_and_reason() -> None:
    told = tell_text(samples.broken(), DETAILED)
    assert all(prediction.because in told for prediction in samples.SDKS)


def test_several_walks_are_told_with_the_verdicts_before() -> None:
    report = samples.good()
    waited = replace(report.evidence, attempts=3, earlier_verdicts=("agent-refused", "agent-unavailable"))
    told = " ".join(tell_text(replace(report, evidence=waited), PLAIN).split())
    assert "walk 3 of --wait, after agent-refused, agent-unavailable" in told


def test_without_unicode_everything_is_ascii_and_signs_become_words() -> None:
    told = tell_text(samples.broken(), Style(unicode=False))
    assert told.isascii()
    assert re.search(r"^  FAIL imds\.token ", told, flags=re.MULTILINE)


def test_colour_never_says_anything_by_itself() -> None:
    coloured = tell_text(samples.broken(), Style(colour=True))
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == tell_text(samples.broken(), PLAIN)


class Terminal(io.TextIOWrapper):
    """A stream that says that a person watches."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def stream(kind: type[io.TextIOWrapper], encoding: str = "utf-8") -> io.TextIOWrapper:
    return kind(io.BytesIO(), encoding=encoding)


@pytest.mark.parametrize(
    ("kind", "environment", "coloured"),
    [
        (Terminal, {"TERM": "xterm"}, True),
        (Terminal, {}, True),
        (Terminal, {"NO_COLOR": "1"}, False),
        (Terminal, {"NO_COLOR": ""}, True),
        (Terminal, {"TERM": "dumb"}, False),
        (io.TextIOWrapper, {"TERM": "xterm"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    kind: type[io.TextIOWrapper], environment: dict[str, str], coloured: bool
) -> None:
    assert style_for(stream(kind), environment).colour is coloured


@pytest.mark.parametrize(("encoding", "takes"), [("utf-8", True), ("UTF8", True), ("ascii", False), ("latin-1", False)])
def test_signs_are_used_where_the_stream_can_take_them(encoding: str, takes: bool) -> None:
    assert style_for(stream(io.TextIOWrapper, encoding), {}).unicode is takes


def test_nothing_in_a_report_can_move_the_cursor() -> None:
    finding = replace(samples.REACHABLE, summary="harmless\x1b[2J\r\u202e", evidence=("a\x07b",))
    told = tell_text(replace(samples.broken(), findings=(finding,)), PLAIN)
    assert not set(told) & {"\x1b", "\r", "\x07", "\u202e"}


def test_nothing_in_a_command_can_move_the_cursor() -> None:
    remedy = replace(samples.HOP_LIMIT.remedies[0], command="aws\x1b[2J sts\u202e")
    report = replace(samples.broken(), findings=(replace(samples.HOP_LIMIT, remedies=(remedy,)),))
    assert not set(tell_text(report, PLAIN)) & {"\x1b", "\u202e"}


@settings(max_examples=100)
@given(evidence())
def test_every_evidence_can_be_told(walked: Evidence) -> None:
    report = replace(samples.broken(), evidence=walked)
    plain, detailed = tell_text(report, PLAIN), tell_text(report, DETAILED)
    for step in walked.steps:
        if step.outcome is Outcome.OK:
            assert f"✓ {step.id}" in detailed
            assert f"✓ {step.id}" in plain or step.area is Beyond.NEEDS  # these stand under the verdict


def test_every_source_has_its_place() -> None:
    told = tell_text(samples.good(), PLAIN)
    assert all(re.search(rf"^  . {source}", told, flags=re.MULTILINE) for source in Source)
