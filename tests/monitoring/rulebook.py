"""The rules as they are shipped, read for the tests."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tools.prometheus_rule import RULES

ROOT = RULES.parent.parent.parent
CASES = tuple(sorted(Path(__file__).parent.glob("*.test.yaml")))
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SELECTOR = re.compile(r"(aws_credential_probe_\w+)\{([^}]*)\}")
_MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alerting rule."""

    name: str
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]


@cache
def load(path: Path) -> Any:  # noqa: ANN401 - a document is of any shape until it is looked at
    """Read one YAML document, once: the reader is slow. Nobody changes what comes back."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def rules() -> list[dict[str, Any]]:
    """Return every rule, recording and alerting, in order."""
    return [rule for group in load(RULES)["groups"] for rule in group["rules"]]


def alerts() -> list[Alert]:
    """Return every alerting rule."""
    return [
        Alert(name=rule["alert"], expr=rule["expr"], labels=rule["labels"], annotations=rule["annotations"])
        for rule in rules()
        if "alert" in rule
    ]


def queries() -> list[str]:
    """Return every query: the expressions, and what annotations ask with `query`."""
    asked = [
        query.replace("%q", '"x"')
        for alert in alerts()
        for query in re.findall(r'printf "([^"]+)"', alert.annotations["description"])
        if "{" in query
    ]
    return [rule["expr"] for rule in rules()] + asked


def metrics_of(query: str) -> set[str]:
    """Return the probe's metrics that a query reads; recorded series, which have colons, are none."""
    return set(re.findall(r"(?<![\w:])aws_credential_probe_\w+(?!\w*:)", _STRING.sub('""', query)))


def matchers_of(query: str) -> list[tuple[str, str, str]]:
    """Return (metric, label, value) of every matcher on the probe's metrics."""
    return [
        (metric, label, value)
        for metric, inside in _SELECTOR.findall(query)
        for label, value in _MATCHER.findall(inside.replace('""x""', '"x"'))
    ]
