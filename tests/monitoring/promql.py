"""What a query asks for, read as far as tests need it."""

import json
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from probe.tell.metrics import FAMILIES, PREFIX
from probe.tell.metrics.family import Kind

PROMTOOL = shutil.which("promtool")
WITHOUT_PROMTOOL = "promtool is not installed (Debian: apt-get install prometheus)"
MONITORING = Path(__file__).parent.parent.parent / "k8s" / "monitoring"
TARGET_LABELS = {"namespace", "pod", "node", "node_group", "container", "job", "instance", "cluster"}
"""What Prometheus adds when it scrapes; `podmonitor.yaml`."""
_SERIES = re.compile(r"(?<![\w:.\"])((?:\w+:)?aws_credential_probe_\w+(?::\w+)?|process_\w+|ALERTS)\s*(?:\{([^}]*)\})?")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"[^\"]*\"")
_GROUPING = re.compile(r"\b(?:by|on|ignoring|without|group_left|group_right)\s*\(([^)]*)\)")
_BY = re.compile(r"\bby\s*\(([^)]*)\)")


def series(query: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of every series that a query asks for, with the labels of its matchers."""
    for name, matchers in _SERIES.findall(query):
        yield name, set(_MATCHER.findall(matchers))


def grouping_labels(query: str) -> set[str]:
    """Return the labels that a query groups or joins by."""
    return {label.strip() for group in _GROUPING.findall(query) for label in group.split(",") if label.strip()}


def assert_prometheus_understands(queries: Collection[str], folder: Path) -> None:
    """Have promtool read queries, as recording rules in a file of this folder."""
    rules = [{"record": f"query:n{number}", "expr": query} for number, query in enumerate(queries)]
    file = folder / "queries.yaml"
    file.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
    ran = subprocess.run([PROMTOOL or "", "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"SUCCESS: {len(queries)} rules found" in ran.stdout


def exported() -> dict[str, set[str]]:
    """Return the name of every series that a probe exports, with its labels."""
    names: dict[str, set[str]] = {}
    for family in FAMILIES:
        labels = {*family.labels, *TARGET_LABELS}
        if family.kind is Kind.HISTOGRAM:
            names |= {PREFIX + family.name + suffix: labels for suffix in ("_sum", "_count")}
            names[PREFIX + family.name + "_bucket"] = {*labels, "le"}
        else:
            names[PREFIX + family.name] = labels
    return names


def rules() -> Any:  # noqa: ANN401 - the document as it is
    """Return the rules as YAML reads them."""
    return YAML(typ="safe", pure=True).load((MONITORING / "rules.yaml").read_text(encoding="utf-8"))


def recorded() -> dict[str, set[str]]:
    """Return the name of every recorded series, with its labels."""
    made = {rule["record"]: rule["expr"] for group in rules()["groups"] for rule in group["rules"] if "record" in rule}
    labels = {name: _labels(expression) for name, expression in made.items()}
    return {name: own or _inherited(made[name], labels) for name, own in labels.items()}


def _labels(expression: str) -> set[str]:
    found = _BY.search(expression)
    return {label.strip() for label in found[1].split(",")} if found else set()


def _inherited(expression: str, labels: dict[str, set[str]]) -> set[str]:
    """Return the labels of a rule that only joins recorded series."""
    return set.intersection(*(labels[name] for name, _ in series(expression)))
