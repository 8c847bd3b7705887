"""The JSON report and its schema."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given, settings

from probe.evidence import Evidence, Facts
from probe.report import Report
from probe.tell.document import document, tell_json
from probe.tell.layout import Style
from probe.tell.schema import schema_text
from tests.tell import samples
from tests.tell.strategies import evidence

SCHEMA: dict[str, Any] = json.loads(schema_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every object type that the schema describes."""
    yield from (one for one in (schema, *schema["$defs"].values()) if "properties" in one)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("report", [samples.broken(), samples.good(), samples.undecided()])
def test_a_report_fits_its_schema(report: Report) -> None:
    VALIDATOR.validate(json.loads(tell_json(report, Style())))


@settings(max_examples=100)
@given(evidence())
def test_every_evidence_fits_the_schema(walked: Evidence) -> None:
    VALIDATOR.validate(json.loads(tell_json(replace(samples.broken(), evidence=walked), Style())))


def test_the_schema_would_notice_the_facts_of_another_step() -> None:
    told = json.loads(tell_json(samples.broken(), Style()))
    by_id = {step["id"]: step for step in told["steps"]}
    by_id["imds.token"]["evidence"] = by_id["imds.variables"]["evidence"]
    assert not VALIDATOR.is_valid(told)


def test_every_field_is_described() -> None:
    undescribed = [
        name for one in objects(SCHEMA) for name, member in one["properties"].items() if not member.get("description")
    ]
    assert undescribed == []


def test_every_field_that_is_written_is_in_the_schema() -> None:
    told = json.loads(tell_json(samples.broken(), Style()))
    contract = SCHEMA["$defs"]
    assert set(told) == set(SCHEMA["properties"])
    assert set(told["verdict"]) == set(contract["verdict"]["properties"])
    assert set(told["steps"][0]) == set(contract["step"]["properties"])
    assert set(told["findings"][0]) == set(contract["finding"]["properties"])
    assert set(told["findings"][0]["remedies"][0]) == set(contract["remedy"]["properties"])
    assert set(told["sdks"][0]) == set(contract["prediction"]["properties"])


def test_every_type_of_evidence_is_in_the_schema() -> None:
    assert {kind.__name__ for kind in get_args(Facts)} <= set(SCHEMA["$defs"])


def test_fields_may_be_added() -> None:
    told = json.loads(tell_json(samples.broken(), Style()))
    told["later"] = told["verdict"]["later"] = told["steps"][0]["later"] = 1
    VALIDATOR.validate(told)


def test_the_start_is_rfc_3339_in_utc_to_the_millisecond() -> None:
    assert document(samples.broken())["started"] == "2026-01-01T00:00:00.500Z"


def test_a_stream_of_ascii_gets_ascii() -> None:
    told = tell_json(samples.broken(), Style(unicode=False))
    assert told.isascii()
    assert json.loads(told) == json.loads(tell_json(samples.broken(), Style()))


def test_the_same_report_is_told_the_same_way() -> None:
    assert tell_json(samples.broken(), Style()) == tell_json(samples.broken(), Style())
