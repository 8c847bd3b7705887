"""Prometheus and Alertmanager in a world's node, watching a probe in its pod by the rules that we ship."""

import contextlib
import http.client
import json
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from ruamel.yaml import YAML

from probe.lab.network_world import NetworkWorld

T = TypeVar("T")

SHIPPED = Path(__file__).parent.parent.parent / "k8s" / "monitoring"
PROMETHEUS, ALERTMANAGER = 9090, 9093
POD = "10.0.0.10:9410"
DISCOVERED = {
    "__meta_kubernetes_pod_container_name": "aws-credential-probe",
    "__meta_kubernetes_pod_container_port_number": "9410",
    "__meta_kubernetes_pod_node_name": "ip-10-0-1-23",
    "__meta_kubernetes_node_label_karpenter_sh_nodepool": "spot",
    # What the operator adds by itself.
    "namespace": "kube-system",
    "pod": "controller-7d4f8",
    "container": "aws-credential-probe",
}
"""What Kubernetes would tell Prometheus of the pod."""
PATIENCE = 40.0
"""Seconds for anything to come about. Nothing waits this long unless it fails."""
LONGEST_WAITED_FOR = 120
"""Seconds: alerts that are to stand longer before they fire keep their `for`, and do not fire in a test."""
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def why_not() -> str | None:
    """Say in one sentence what is not installed; None if nothing is missing."""
    for command, package in (("prometheus", "prometheus"), ("prometheus-alertmanager", "prometheus-alertmanager")):
        if shutil.which(command) is None:
            return f"{command} is not installed (Debian: apt-get install {package})"
    return None


def eventually(ask: Callable[[], T | None], what: str, log: Callable[[], str] = str) -> T:
    """Ask until there is an answer that is not None or empty; fail with what was waited for."""
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while not (answer := ask()):
        assert time.monotonic() < end, f"{what} did not come about; {log()[-3000:]}"
        pause.wait(0.1)
    return answer


class Monitored:
    """A world with both servers running in its node."""

    def __init__(self, world: NetworkWorld, folder: Path) -> None:
        self.world = world
        self.folder = folder

    def api(self, path: str, port: int = PROMETHEUS) -> Any:  # noqa: ANN401 - JSON
        """Return what an API answers; None while nobody listens."""
        return self.world.spaces.within("node", lambda: _get(port, path))

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the result of a query at this moment, which must be a vector."""
        answer = self.api(f"/api/v1/query?{urlencode({'query': expression})}")
        assert answer is not None, "Prometheus has gone"
        assert answer["status"] == "success", (expression, answer)
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def firing(self) -> dict[str, dict[str, Any]]:
        """Return the alerts that fire in Prometheus, by name and severity."""
        alerts = self.api("/api/v1/alerts")["data"]["alerts"]
        return {
            f"{alert['labels']['alertname']} {alert['labels']['severity']}": alert
            for alert in alerts
            if alert["state"] == "firing"
        }

    def notified(self) -> dict[str, dict[str, Any]]:
        """Return the alerts that Alertmanager holds, by name and severity."""
        alerts = self.api("/api/v2/alerts", ALERTMANAGER) or []
        return {f"{alert['labels']['alertname']} {alert['labels']['severity']}": alert for alert in alerts}

    def logs(self) -> str:
        """Return the ends of what all processes have written."""
        return "\n".join(f"{log.name}: {log.read_text()[-1000:]}" for log in sorted(self.folder.glob("*.log")))


@contextlib.contextmanager
def monitored(world: NetworkWorld, folder: Path) -> Iterator[Monitored]:
    """Run both servers until the end of the block."""
    _write_configuration(folder)
    commands = {
        "prometheus": (
            "--config.file=prometheus.json",
            "--storage.tsdb.path=prometheus-data",
            f"--web.listen-address=127.0.0.1:{PROMETHEUS}",
        ),
        "prometheus-alertmanager": (
            "--config.file=alertmanager.json",
            "--storage.path=alertmanager-data",
            f"--web.listen-address=127.0.0.1:{ALERTMANAGER}",
            "--cluster.listen-address=",
        ),
    }
    with contextlib.ExitStack() as stack:
        for name, arguments in commands.items():
            stack.enter_context(running(world.spaces.command("node", name, *arguments), folder, name))
        yield Monitored(world, folder)


@contextlib.contextmanager
def running(
    command: list[str], folder: Path, name: str, standard_input: str = ""
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a process until the end of the block; what it writes goes to `NAME.log` in the folder."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=folder)
    try:
        assert process.stdin is not None
        with process.stdin as pipe:
            pipe.write(standard_input.encode())
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def shortened_rules() -> dict[str, Any]:
    """Return the rules as shipped, but for `for`: up to two minutes become one second. No expression is touched."""
    rules: dict[str, Any] = _shipped("rules.yaml")
    for group in rules["groups"]:
        for rule in group["rules"]:
            if "for" in rule and _seconds(rule["for"]) <= LONGEST_WAITED_FOR:
                rule["for"] = "1s"
    return rules


def _write_configuration(folder: Path) -> None:
    """Write both configurations, as JSON, which is YAML."""
    (endpoint,) = _shipped("podmonitor.yaml")["spec"]["podMetricsEndpoints"]
    scrape = {
        "job_name": "monitoring/aws-credential-probe",
        "metrics_path": endpoint["path"],
        "relabel_configs": [_in_prometheus_words(rule) for rule in endpoint["relabelings"]],
        "static_configs": [{"targets": [POD], "labels": DISCOVERED}],
    }
    prometheus = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.json"],
        "scrape_configs": [scrape],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{ALERTMANAGER}"]}]}]},
    }
    alertmanager = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}
    alertmanager |= {"inhibit_rules": _shipped("alertmanager-inhibit.yaml")["inhibit_rules"]}
    for name, content in (("prometheus", prometheus), ("alertmanager", alertmanager), ("rules", shortened_rules())):
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


def _in_prometheus_words(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a relabelling of the operator as Prometheus spells it: `sourceLabels` is `source_labels` there."""
    return {re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", name): value for name, value in rule.items()}


def _shipped(name: str) -> Any:  # noqa: ANN401 - the document as it is
    return YAML(typ="safe", pure=True).load((SHIPPED / name).read_text(encoding="utf-8"))


def _seconds(duration: str) -> int:
    return int(duration[:-1]) * _SECONDS[duration[-1]]


def _get(port: int, path: str) -> Any:  # noqa: ANN401 - JSON
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    except (ConnectionError, ValueError):
        return None
    finally:
        connection.close()
