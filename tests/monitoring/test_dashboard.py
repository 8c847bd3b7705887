"""The Grafana dashboard asks for what is there, in PromQL that Prometheus understands."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.monitoring.promql import (
    MONITORING,
    PROMTOOL,
    WITHOUT_PROMTOOL,
    assert_prometheus_understands,
    exported,
    grouping_labels,
    recorded,
    series,
)

DASHBOARD: dict[str, Any] = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
OTHERS = {"process_resident_memory_bytes", "ALERTS"}
"""The client library's, and Prometheus' own."""


def queries() -> Iterator[tuple[str, str]]:
    """Yield every query with where it stands."""
    for panel in PANELS:
        for target in panel["targets"]:
            yield f"{panel['title']} {target['refId']}", target["expr"]
    for annotation in DASHBOARD["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            asked = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"])
            assert asked is not None, variable["name"]
            yield f"${variable['name']}", f"count by ({asked[2]}) ({asked[1]})"


def filled(query: str, pod: str = "a-pod") -> str:
    """Put values in the place of variables, as Grafana does: all namespaces and node groups, and one pod."""
    for name, value in (("namespace", ".*"), ("node_group", ".*"), ("pod", pod)):
        query = query.replace(f"${name}", value)
    assert "$" not in query
    return query


QUERIES = dict(queries())
WHERE = list(QUERIES)


@pytest.mark.skipif(PROMTOOL is None, reason=WITHOUT_PROMTOOL)
def test_prometheus_understands_every_query(tmp_path: Path) -> None:
    assert_prometheus_understands([filled(query) for query in QUERIES.values()], tmp_path)


@pytest.mark.parametrize("where", WHERE)
def test_a_query_asks_only_for_series_and_labels_that_exist(where: str) -> None:
    known = {**exported(), **recorded(), **{name: {"container", "namespace", "pod"} for name in OTHERS}}
    known["ALERTS"] = {"alertname", "alertstate", "namespace"}
    asked = list(series(QUERIES[where]))
    assert asked
    assert [name for name, _ in asked if name not in known] == []
    assert [(name, labels - known[name]) for name, labels in asked if labels - known[name]] == []
    assert grouping_labels(QUERIES[where]) <= set[str]().union(*(known[name] for name, _ in asked))


def test_every_family_that_can_be_drawn_is_drawn_or_alerted_on() -> None:
    everything = " ".join(QUERIES.values()) + (MONITORING / "rules.yaml").read_text(encoding="utf-8")
    asked = {name for name, _ in series(everything)}
    neither = {name for name in exported() if name not in asked and not name.endswith(("_sum", "_count"))}
    assert neither == {
        "aws_credential_probe_consecutive_failures",
        "aws_credential_probe_last_success_timestamp_seconds",
    }, "these are for other people's rules"


@pytest.mark.parametrize("panel", PANELS, ids=[panel["title"] for panel in PANELS])
def test_a_panel_says_what_it_shows_and_asks_the_chosen_data_source(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")
    sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
    assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources)
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def test_no_two_panels_have_one_id_or_one_place() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [(panel["title"], panel["gridPos"]) for panel in panels]
    overlapping = [(one, other) for (one, a), (other, b) in combinations(places, 2) if _overlap(a, b)]
    assert overlapping == []
    assert all(place["x"] + place["w"] <= 24 for _, place in places)


def _overlap(a: dict[str, int], b: dict[str, int]) -> bool:
    return (
        a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]
    )


def test_the_fleet_is_drawn_from_recorded_series_alone() -> None:
    rows = [panel["gridPos"]["y"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
    fleet = [panel for panel in PANELS if rows[0] < panel["gridPos"]["y"] < rows[1]]
    assert len(fleet) >= 5
    names = {name for panel in fleet for target in panel["targets"] for name, _ in series(target["expr"])}
    assert names <= set(recorded())
