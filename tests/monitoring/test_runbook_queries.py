"""The queries that a runbook has people paste: Prometheus understands them, and they ask for what is there."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.monitoring.promql import MONITORING, exported, grouping_labels, recorded, series

PROMTOOL = shutil.which("promtool")
PAGES = MONITORING.parent.parent / "docs" / "runbooks"
OTHERS = {"kube_pod_container_status_last_terminated_exitcode": {"container", "namespace", "pod"}}
"""What kube-state-metrics exports."""
QUERIES = {
    f"{page.stem}-{number}": query.strip()
    for page in sorted(PAGES.glob("*.md"))
    for number, query in enumerate(re.findall(r"^```promql\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL))
}


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: apt-get install prometheus)")
def test_prometheus_understands_every_query(tmp_path: Path) -> None:
    rules = [{"record": f"query:n{number}", "expr": query} for number, query in enumerate(QUERIES.values())]
    file = tmp_path / "queries.yaml"
    file.write_text(json.dumps({"groups": [{"name": "runbooks", "rules": rules}]}))
    ran = subprocess.run([PROMTOOL or "", "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"SUCCESS: {len(QUERIES)} rules found" in ran.stdout


@pytest.mark.parametrize("where", QUERIES)
def test_a_query_asks_only_for_series_and_labels_that_exist(where: str) -> None:
    query = QUERIES[where]
    known = {**exported(), **recorded(), **OTHERS}
    asked = list(series(query)) or [(name, set()) for name in OTHERS if name in query]
    assert asked
    assert [name for name, _ in asked if name not in known] == []
    assert [(name, labels - known[name]) for name, labels in asked if labels - known[name]] == []
    assert grouping_labels(query) <= set[str]().union(*(known[name] for name, _ in asked))
