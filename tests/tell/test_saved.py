"""Evidence that was saved comes back as it was, or not at all."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.evidence import Evidence
from probe.saved import LARGEST_REPORT, NotAReportError, evidence_document, load_evidence
from probe.tell.document import document
from tests.tell import samples
from tests.tell.strategies import evidence


def saved(walked: Evidence) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(json.dumps({"schema": 1, "evidence": evidence_document(walked)}))
    return report


def load(report: object) -> Evidence:
    return load_evidence(json.dumps(report).encode())


@settings(max_examples=100)
@given(evidence())
def test_evidence_comes_back_as_it_was_saved(walked: Evidence) -> None:
    assert load(saved(walked)) == walked


def test_a_whole_report_can_be_loaded() -> None:
    assert load(document(samples.broken())) == samples.broken().evidence


def test_a_tool_that_drops_decimals_does_no_harm() -> None:
    report = json.loads(json.dumps(saved(samples.good().evidence)).replace(".0,", ","))
    assert report["evidence"]["deadline_seconds"] == 15
    assert load(report) == samples.good().evidence


def test_fields_of_a_later_version_are_passed_over() -> None:
    report = saved(samples.good().evidence)
    report["evidence"]["later"] = 1
    report["evidence"]["steps"][0]["later"] = 1
    assert load(report) == samples.good().evidence


def test_steps_of_a_later_version_are_passed_over() -> None:
    report = saved(samples.good().evidence)
    report["evidence"]["steps"].append({"id": "later.step", "outcome": "ok", "facts": {"a": 1}})
    assert load(report) == samples.good().evidence


def test_fields_that_an_earlier_version_did_not_write_have_their_defaults() -> None:
    report = saved(samples.good().evidence)
    del report["evidence"]["attempts"], report["evidence"]["wanted"]
    assert load(report) == samples.good().evidence


GOOD: dict[str, Any] = {"clock": 1, "process": {"user": 1, "group": 1}}


def with_step(**step: object) -> bytes:
    return json.dumps({"schema": 1, "evidence": {"given": GOOD, "steps": [step]}}).encode()


def with_given(text: str) -> bytes:
    return b'{"schema": 1, "evidence": {"given": %s}}' % text.encode()


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"schema": 1, "evidence": ' + b'{"a": ' * 900 + b"1" + b"}" * 901, "nested too deeply"),
        (b"[]", "not a JSON object"),
        (b"{}", "no `schema` 1"),
        (b'{"schema": 2}', "no `schema` 1"),
        (b'{"schema": 1}', "no evidence"),
        (b'{"schema": 1, "evidence": []}', "not an object"),
        (b'{"schema": 1, "evidence": {"steps": {}}}', "not a list"),
        (b'{"schema": 1, "evidence": {"steps": [1]}}', "with an `id`"),
        (b'{"schema": 1, "evidence": {"steps": [{"id": []}]}}', "with an `id`"),
        (b'{"schema": 1, "evidence": {}}', "given"),
        (with_given('{"clock": "now", "process": {"user": 1, "group": 1}}'), "given.clock"),
        (with_given('{"clock": NaN}'), "NaN"),
        (with_given('{"clock": 1e300}'), "out of range"),
        (with_given('{"clock": 1e999}'), "out of range"),
        (with_given('{"clock": %s}' % ("9" * 400)), "out of range"),
        (with_given('{"clock": %s}' % ("9" * 5000)), "not JSON"),
        (with_step(id="imds.token", outcome="fine"), "not a valid Outcome"),
        (with_step(id="imds.token", outcome="ok", facts=[]), "imds.token: not an object"),
        (with_step(id="imds.token", outcome="ok", facts={"exchanges": "abc"}), "exchanges"),
        (with_step(id="imds.token", outcome="ok", facts={"exchanges": [{}]}), "exchanges.method"),
        (with_step(id="imds.token", outcome="ok", facts={"exchanges": []}), "without an exchange"),
        (b" " * (LARGEST_REPORT + 1), "larger than 16 MiB"),
    ],
)
def test_what_is_not_a_report_is_refused_in_one_line(raw: bytes, complaint: str) -> None:
    with pytest.raises(NotAReportError, match=complaint.replace("[", r"\[")) as refused:
        load_evidence(raw)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100)
@given(JSON)
def test_foreign_json_is_refused_and_never_breaks_the_loader(value: object) -> None:
    with pytest.raises(NotAReportError):
        load(value)


@settings(max_examples=100)
@given(st.data())
def test_a_report_with_one_value_replaced_is_loaded_or_refused(data: st.DataObject) -> None:
    report = saved(samples.broken().evidence)
    place: Any = report["evidence"]
    key = data.draw(st.sampled_from(sorted(place)))
    while isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
        place = place[key]
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
    place[key] = data.draw(JSON)
    try:
        loaded = load(report)
    except NotAReportError:
        return
    assert isinstance(loaded, Evidence)


def test_lone_surrogates_do_not_reach_a_stream() -> None:
    report = saved(samples.good().evidence)
    report["evidence"]["given"]["variables"]["AWS_REGION"] = "\ud800"
    assert load(report).given.variables["AWS_REGION"] == "?"
