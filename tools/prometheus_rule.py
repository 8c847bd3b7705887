"""The PrometheusRule manifest: the plain rule file as it stands, comments too, inside the operator's resource."""

from pathlib import Path
from textwrap import indent

MONITORING = Path(__file__).resolve().parent.parent / "k8s" / "monitoring"
RULES = MONITORING / "rules.yaml"
"""Written by hand; the only place where rules are changed."""
MANIFEST = MONITORING / "prometheusrule.yaml"
RUNBOOKS = "https://github.com/EXAMPLE/aws-credential-probe/blob/main/docs/runbooks/"
"""Where `runbook_url` of every alert points; the page has the alert's name."""

_HEAD = """\
# Generated from rules.yaml by `python -m tools.generate_docs`. Change it there.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: aws-credential-probe
  labels:
    app.kubernetes.io/name: aws-credential-probe
    app.kubernetes.io/component: monitoring
spec:
"""


def prometheus_rule() -> str:
    """Return the manifest. What stands above `groups:` in the rule file is for its readers and stays there."""
    rules = RULES.read_text(encoding="utf-8")
    return _HEAD + indent(rules[rules.index("groups:\n") :], "  ")
