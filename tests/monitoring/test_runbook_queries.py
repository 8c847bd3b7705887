"""The queries that a runbook has people paste: Prometheus understands them, and they ask for what is there."""

import re
from pathlib import Path

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

PAGES = MONITORING.parent.parent / "docs" / "runbooks"
OTHERS = {"kube_pod_container_status_last_terminated_exitcode": {"container", "namespace", "pod"}}
"""What kube-state-metrics exports."""
QUERIES = {
    f"{page.stem}-{number}": query.strip()
    for page in sorted(PAGES.glob("*.md"))
    for number, query in enumerate(re.findall(r"^```promql\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL))
}


@pytest.mark.skipif(PROMTOOL is None, reason=WITHOUT_PROMTOOL)
def test_prometheus_understands_every_query(tmp_path: Path) -> None:
    assert_prometheus_understands(QUERIES.values(), tmp_path)


@pytest.mark.parametrize("where", QUERIES)
def test_a_query_asks_only_for_series_and_labels_that_exist(where: str) -> None:
    query = QUERIES[where]
    known = {**exported(), **recorded(), **OTHERS}
    asked = list(series(query)) or [(name, set()) for name in OTHERS if name in query]
    assert asked
    assert [name for name, _ in asked if name not in known] == []
    assert [(name, labels - known[name]) for name, labels in asked if labels - known[name]] == []
    assert grouping_labels(query) <= set[str]().union(*(known[name] for name, _ in asked))
