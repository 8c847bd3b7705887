"""What promtool cannot know: the exposition, the catalogue, the runbooks, and whether every alert has its cases."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probe.findings.catalogue import CATALOGUE
from probe.tell.metrics import FAMILIES, PREFIX
from tests.monitoring.rulebook import CASES, ROOT, Alert, alerts, load, matchers_of, metrics_of, queries
from tools.prometheus_rule import MANIFEST, RULES, RUNBOOKS

FAMILY = {PREFIX + family.name: family for family in FAMILIES}
TARGET = {"job", "instance", "namespace", "pod", "node", "node_group", "container", "cluster"}
"""Labels that come from the scrape configuration."""
ALERTS = alerts()
NAMES = sorted({alert.name for alert in ALERTS})
PAGES = ROOT / "docs" / "runbooks"


def _expected(name: str) -> Iterator[list[Any]]:
    for path in CASES:
        for test in load(path)["tests"]:
            yield from (one["exp_alerts"] for one in test.get("alert_rule_test", ()) if one["alertname"] == name)


@pytest.mark.parametrize("name", NAMES)
def test_every_alert_has_a_case_that_fires_and_one_that_keeps_silent(name: str) -> None:
    expected = list(_expected(name))
    assert any(expected)
    assert not all(expected)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: f"{alert.name}-{alert.labels['severity']}")
def test_every_band_of_an_alert_fires_in_some_case(alert: Alert) -> None:
    fired = [one["exp_labels"]["severity"] for expected in _expected(alert.name) for one in expected]
    assert alert.labels["severity"] in fired


def test_every_recorded_series_is_asked_for_in_a_case() -> None:
    asked = "".join(
        test["expr"] for path in CASES for each in load(path)["tests"] for test in each.get("promql_expr_test", ())
    )
    recorded = {rule["record"] for group in load(RULES)["groups"] for rule in group["rules"] if "record" in rule}
    assert {record for record in recorded if record not in asked} == set()


@pytest.mark.parametrize("query", queries())
def test_queries_read_only_metrics_that_the_probe_exposes(query: str) -> None:
    assert metrics_of(query) <= set(FAMILY)


@pytest.mark.parametrize("query", [query for query in queries() if matchers_of(query)])
def test_queries_match_only_labels_that_the_metric_has(query: str) -> None:
    own = {(metric, label) for metric, label, _ in matchers_of(query) if label not in TARGET and metric in FAMILY}
    assert {(metric, label) for metric, label in own if label not in FAMILY[metric].labels} == set()


def test_grouping_names_only_labels_that_exist() -> None:
    known = TARGET.union(*(family.labels for family in FAMILIES), {"owner_name", "job_name", "reason"})
    grouped = {
        label.strip()
        for query in queries()
        for labels in re.findall(r"\b(?:by|without|on|ignoring|group_left)\s*\(([^()]*)\)", query)
        for label in labels.split(",")
    }
    assert grouped - known == set()


def test_every_code_in_a_query_is_in_the_catalogue() -> None:
    codes = {
        code
        for query in queries()
        for _, label, value in matchers_of(query)
        if label == "code"
        for code in value.split("|")
        if code
    }
    assert codes
    assert codes - set(CATALOGUE) == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_alert_has_a_runbook_with_a_command(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert re.findall(r"^#+ (.*)$", page, re.MULTILINE) == [name, "Meaning", "Impact", "Diagnosis", "Mitigation"]
    assert re.search(r"```sh\n(kubectl|aws) |```promql\n|`kubectl ", page.split("## Mitigation")[0])


def test_there_is_no_runbook_of_an_alert_that_is_gone() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {*NAMES, "README"}


def test_the_index_leads_to_every_runbook() -> None:
    assert (
        sorted(re.findall(r"^\| \[(\w+)\]", (PAGES / "README.md").read_text(encoding="utf-8"), re.MULTILINE)) == NAMES
    )


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_links_of_a_runbook_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).is_file()] == []


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: f"{alert.name}-{alert.labels['severity']}")
def test_every_alert_says_how_bad_it_is_and_where_to_read_on(alert: Alert) -> None:
    assert alert.labels["severity"] in {"warning", "critical"}
    assert alert.labels["layer"] in {"symptom", "cause", "probe", "job"}
    assert alert.annotations["runbook_url"] == f"{RUNBOOKS}{alert.name}.md"
    assert alert.annotations["summary"]


def test_the_operator_gets_the_same_rules() -> None:
    manifest = load(MANIFEST)
    assert manifest["kind"] == "PrometheusRule"
    assert manifest["spec"] == load(RULES)
