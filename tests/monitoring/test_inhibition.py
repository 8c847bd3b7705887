"""The example for Alertmanager."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.monitoring.rulebook import ROOT, alerts, load

INHIBIT = ROOT / "k8s" / "monitoring" / "alertmanager-inhibit.yaml"
_ROUTE = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


@pytest.mark.skipif(
    shutil.which("amtool") is None, reason="amtool is not installed (Debian: apt-get install prometheus-alertmanager)"
)
def test_alertmanager_takes_the_example(tmp_path: Path) -> None:
    whole = tmp_path / "alertmanager.yml"
    whole.write_text(_ROUTE + INHIBIT.read_text(encoding="utf-8"), encoding="utf-8")
    checked = subprocess.run(["amtool", "check-config", str(whole)], check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_example_names_only_alerts_that_exist() -> None:
    text = INHIBIT.read_text(encoding="utf-8")
    named = set(re.findall(r"AWSCredential\w+", text))
    assert named
    assert named - {alert.name for alert in alerts()} == set()


def test_no_rule_compares_a_pod_without_its_namespace() -> None:
    """Alertmanager takes labels that both sides lack as equal: such a rule would hide everything."""
    for rule in load(INHIBIT)["inhibit_rules"]:
        equal = rule.get("equal", ())
        assert "pod" not in equal or "namespace" in equal


def test_a_critical_alert_is_hidden_by_critical_ones_only() -> None:
    severities: dict[str, set[str]] = {}
    for alert in alerts():
        severities.setdefault(alert.name, set()).add(alert.labels["severity"])
    for rule in load(INHIBIT)["inhibit_rules"]:
        if "severity = warning" in rule["target_matchers"] or "severity = critical" in rule["source_matchers"]:
            continue
        targets = _names(rule["target_matchers"])
        sources = _names(rule["source_matchers"])
        critical = any("critical" in severities[name] for name in targets)
        assert not critical or all(severities[name] == {"critical"} for name in sources), rule


def _names(matchers: list[str]) -> list[str]:
    first = next(matcher for matcher in matchers if matcher.startswith("alertname"))
    return first.split("=", 1)[1].strip('~ "').split("|")
