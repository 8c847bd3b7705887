"""The rules in Prometheus' own hands: `*.test.yaml` beside this file are the cases."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.monitoring.rulebook import CASES, ROOT
from tools.prometheus_rule import RULES

pytestmark = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian: apt-get install prometheus)"
)


def _promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)


def test_prometheus_takes_the_rules_without_a_complaint() -> None:
    checked = _promtool("check", "rules", str(RULES))
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("cases", CASES, ids=lambda path: path.name.removesuffix(".test.yaml"))
def test_alerts_fire_and_keep_silent_as_the_cases_say(cases: Path) -> None:
    tested = _promtool("test", "rules", str(cases))
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_promtool_notices_a_case_that_is_wrong(tmp_path: Path) -> None:
    """Else the tests above would prove nothing."""
    wrong = tmp_path / "wrong.test.yaml"
    case = (ROOT / "tests/monitoring/fleet.test.yaml").read_text(encoding="utf-8")
    case = case.replace("../../k8s/monitoring/rules.yaml", str(RULES))
    wrong.write_text(case.replace("severity: critical", "severity: warning", 1), encoding="utf-8")
    assert _promtool("test", "rules", str(wrong)).returncode != 0
