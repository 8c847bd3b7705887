"""The whole way: a real Prometheus scrapes a real sidecar by the shipped rules while the hop limit is lowered."""

from pathlib import Path

import pytest

from probe.lab.run import command, command_line_input
from probe.lab.scenario import NetworkSpec
from tests.monitoring.test_dashboard import PANELS, filled
from tests.network.monitoring import DISCOVERED, Monitored, eventually, monitored, running, why_not
from tests.network.worlds import NODE_ROLE, world

SERVE = ("serve", "--interval", "1", "--deep-interval", "3", "--listen", "0.0.0.0:9410")
BAD = {"AWSCredentialHopLimit warning", "AWSCredentialFailing warning"}
MISSING = why_not()
MAY_BE_EMPTY = {"Token life that is left", "AWS calls by result"}
"""Panels that have nothing to show in a pod without a token, or while no call was made since the first scrape."""


@pytest.mark.skipif(MISSING is not None, reason=MISSING or "")
def test_a_hop_limit_that_is_lowered_under_a_pod_fires_its_alert_and_resolves_when_it_is_raised(tmp_path: Path) -> None:
    with world(NetworkSpec(hop_limit=2), servers={**NODE_ROLE, "sts": {}}) as built:
        serve = running(command(built), tmp_path, "probe", command_line_input(built, SERVE))
        with serve as sidecar, monitored(built, tmp_path) as seen:
            eventually(lambda: seen.api("/api/v1/status/buildinfo"), "Prometheus", seen.logs)
            eventually(lambda: seen.query("aws_credential_probe_success == 1"), "a good verdict", seen.logs)
            assert seen.firing() == {}
            built.set_hop_limit(1)
            eventually(lambda: seen.firing().keys() >= BAD, "the alerts", seen.logs)
            _what_is_told_while_it_is_broken(seen)
            built.set_hop_limit(2)
            eventually(lambda: not seen.firing(), "the end of the alerts in Prometheus", seen.logs)
            eventually(lambda: not seen.notified(), "the end of the alerts in Alertmanager", seen.logs)
            assert seen.query("aws_credential_probe_success == 1")
        log = (tmp_path / "probe.log").read_text()
        assert (sidecar.returncode, [canary for canary in built.canaries.values() if canary in log]) == (0, []), log


def _what_is_told_while_it_is_broken(seen: Monitored) -> None:
    alerts = seen.firing()
    assert alerts.keys() == BAD, "no other cause is blamed"
    cause = alerts["AWSCredentialHopLimit warning"]
    place = {name: cause["labels"][name] for name in ("namespace", "pod", "node", "node_group")}
    assert place == {
        "namespace": "kube-system",
        "pod": "controller-7d4f8",
        "node": "ip-10-0-1-23",
        "node_group": "spot",
    }
    assert "The measured way is 2 hops" in cause["annotations"]["description"]
    assert "imds-hop-limit (certain)" in alerts["AWSCredentialFailing warning"]["annotations"]["description"]
    eventually(lambda: _symptom_is_hidden_behind_the_cause(seen), "the inhibition", seen.logs)
    for panel in PANELS:
        for target in panel["targets"]:
            answer = seen.query(filled(target["expr"], DISCOVERED["pod"]))
            assert answer or panel["title"] in MAY_BE_EMPTY or len(panel["targets"]) > 1, panel["title"]


def _symptom_is_hidden_behind_the_cause(seen: Monitored) -> bool:
    alerts = seen.notified()
    if alerts.keys() < BAD:
        return False
    cause, symptom = alerts["AWSCredentialHopLimit warning"], alerts["AWSCredentialFailing warning"]
    told = (cause["status"]["state"], symptom["status"]["inhibitedBy"])
    return told == ("active", [cause["fingerprint"]])
