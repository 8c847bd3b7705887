"""A real `probe serve` in lab worlds that change under it."""

import contextlib
import ctypes
import json
import os
import signal
import socket
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

import pytest

from probe.lab.servers import AgentConfig, AgentServer
from tests.cli.closed import command
from tests.serve.serving import PATIENCE, Serving, eventually, serving

pytestmark = pytest.mark.lab
TOKEN = "var/run/secrets/eks.amazonaws.com/serviceaccount/token"
WHOLE = 'aws_credential_probe_walks_total{depth="whole"'
LIGHT = 'aws_credential_probe_walks_total{depth="light",ending="finished"}'
STOP_SECONDS = 5.0
"""Two are promised, and the sidecar itself takes at most 1.5; the rest is for a machine that is busy."""


def children_of(pid: int) -> list[int]:
    """The processes that a process has now. A thread of its may end while its own are read."""
    told = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            told.append(path.read_text())
    return [int(word) for words in told for word in words.split()]


def light_walks(one: Serving, number: float) -> None:
    """Wait until so many have ended."""
    one.wait_for(lambda: one.counter(LIGHT) >= number)


def revived(one: Serving) -> AgentServer:
    """The agent again, where it was before."""
    agent = one.world.servers["agent"]
    assert isinstance(agent, AgentServer)
    config: AgentConfig = agent._config
    return AgentServer(config, address=("127.0.0.1", agent.port))


def test_a_token_that_is_replaced_is_walked_at_once_and_the_verdict_stays() -> None:
    with serving("irsa-healthy") as one:
        one.event("verdict.changed", to="OK")
        one.wait_for(lambda: one.counter(LIGHT) >= 1)
        token = one.world.root / TOKEN
        fresh = token.with_name("fresh")
        fresh.write_bytes(token.read_bytes())
        fresh.chmod(0o644)
        fresh.replace(token)
        one.wait_for(lambda: one.state()["because"] == "token-changed")
        assert [event["to"] for event in one.events if event["event"] == "verdict.changed"] == ["OK"]
        assert one.state()["consecutive_failures"] == 0


def test_needs_are_asked_for_by_whole_walks_and_stay_between_them() -> None:
    flags = ("--controller-argument=--aws-vpc-id=vpc-0aaaaaaaaaaaaaaaa", "--controller-argument=--cluster-name=shop")
    with serving("controller-sdk-new-enough", "--controller", "lbc@2.7.0", *flags) as one:
        one.event("verdict.changed", to="OK")
        light_walks(one, one.counter(LIGHT) + 2)
        shown = json.loads(one.get("/state.json"))
        needs = shown["told"]["needs"]
        assert needs["title"] == "What aws-load-balancer-controller@2.7.0 needs"
        assert {"needs.region", "needs.endpoints", "needs.permissions"} <= {row["step"] for row in needs["rows"]}
        assert one.counter('aws_credential_probe_step_outcome{outcome="ok",source="needs",step="needs.endpoints"}') == 1
        assert one.counter('aws_credential_probe_aws_calls_total{operation="needs",result="answered"}') > 1
        assert one.state()["because"] == "start"


def test_an_agent_that_dies_and_comes_back_is_told_once_each_time_with_what_is_left() -> None:
    with serving("pod-identity-healthy", servers={"agent": {"expires_in": 7000}}) as one:
        one.event("verdict.changed", to="OK")
        one.world.servers["agent"].close()
        broken = one.event("verdict.changed", to="BROKEN")
        assert broken["from"] == "OK"
        assert broken["finding"].startswith("agent-")
        assert "may still hold credentials until" in broken["outlook"]
        assert one.state()["failing_since"] is not None
        # The walk that was under way as it died may have seen half of an answer.
        one.wait_for(lambda: one.state()["consecutive_failures"] >= 3)
        told = len(one.events)
        one.wait_for(lambda: one.state()["consecutive_failures"] >= 6)
        assert [event for event in one.events[told:] if event["event"] == "verdict.changed"] == []
        with revived(one):
            urge(one)
            cured = one.event("verdict.changed", after=told, to="OK")
            # Between the two it may have been seen alive, with nobody asking for keys yet.
            assert cured["from"] in {"BROKEN", "COULD NOT FIND OUT"}
            assert cured["outlook"] is None
            assert one.state()["outlook"] is None


def urge(one: Serving) -> None:
    """Ask for a whole walk that begins from now on: by itself it would come a minute after the one before."""
    address = one.event("serve.started")["private_listen"]
    asking = urllib.request.Request(f"http://{address}/walk", data=b"{}", headers={"Content-Type": "application/json"})

    def taken() -> bool:
        try:
            with urllib.request.urlopen(asking, timeout=PATIENCE) as answer:
                return bool(answer.status == HTTPStatus.ACCEPTED)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return False

    one.wait_for(taken)


def test_an_endpoint_that_flaps_costs_few_whole_walks() -> None:
    with serving("pod-identity-healthy") as one:
        one.event("verdict.changed", to="OK")
        agent = one.world.servers["agent"]
        for _ in range(4):
            seen = one.counter(LIGHT)
            agent.close()
            light_walks(one, seen + 1)
            agent = revived(one).start()
            light_walks(one, seen + 2)
        finished = one.counter(f'{WHOLE},ending="finished"}}')
        agent.close()
        assert finished <= 3


def test_keys_that_end_are_asked_for_again() -> None:
    with serving("pod-identity-healthy", servers={"agent": {"expires_in": 15}}) as one:
        one.event("verdict.changed", to="OK")
        one.wait_for(lambda: one.state()["because"] == "expiry")


def test_a_child_that_is_killed_is_counted_and_the_sidecar_goes_on() -> None:
    with serving("irsa-healthy", "-v") as one:
        [child] = one.wait_for(lambda: children_of(one.process.pid))
        os.kill(child, signal.SIGKILL)
        failed = one.event("walk.failed")
        assert failed["depth"] == "whole"
        assert "SIGKILL" in failed["problem"]
        assert one.counter(f'{WHOLE},ending="failed"}}') == 1
        # What nobody has asked is not known, and what can be seen without asking is told all the same.
        assert one.event("verdict.changed")["to"] == "COULD NOT FIND OUT"
        assert one.get("/healthz")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_in_the_middle_of_a_walk_and_leaves_no_process(number: signal.Signals) -> None:
    with serving("sts-mute", "--deadline", "15") as one:
        [child] = one.wait_for(lambda: children_of(one.process.pid))
        one.process.send_signal(number)
        code, seconds = one.end()
        assert code == 0
        assert seconds < STOP_SECONDS
        assert not Path(f"/proc/{child}").exists()
        assert [event["event"] for event in one.events][-1] == "serve.stopping"


def ends_soon(one: Serving) -> None:
    """Ask it to end: it does, as it was told to."""
    code, seconds = one.end()
    assert code == 0
    assert seconds < STOP_SECONDS


def test_it_ends_at_once_while_a_light_walk_of_its_own_waits_for_a_name() -> None:
    with serving("sts-dns-silent", "--deadline", "15") as one:
        one.event("verdict.changed")
        # Besides those that it always has: the main thread, the loop's and that of HTTP.
        one.wait_for(lambda: len(list(Path(f"/proc/{one.process.pid}/task").iterdir())) > 3)
        ends_soon(one)


def test_it_ends_at_once_in_the_middle_of_a_walk_that_somebody_asked_for() -> None:
    with serving("irsa-healthy", "--interval", "60") as one:
        one.wait_for(lambda: one.state()["next_whole_walk"])
        urge(one)
        [child] = one.wait_for(lambda: children_of(one.process.pid))
        ends_soon(one)
        assert not Path(f"/proc/{child}").exists()


def test_it_ends_at_once_whoever_is_connected() -> None:
    with contextlib.ExitStack() as closing, serving("irsa-healthy") as one:
        one.event("verdict.changed")
        told = one.event("serve.started")
        scrape = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for name, count, sent in (("listen", 500, b""), ("listen", 20, scrape * 50), ("private_listen", 20, b"POST /")):
            host, _, port = told[name].rpartition(":")
            for _ in range(count):
                client = closing.enter_context(socket.create_connection((host, int(port)), timeout=PATIENCE))
                client.sendall(sent)
        ends_soon(one)


@pytest.mark.parametrize("name", ["irsa-healthy", "pod-identity-healthy", "unexpected-node-role"])
def test_no_secret_is_in_the_log_nor_in_anything_shown(name: str) -> None:
    with serving(name, "-v") as one:
        one.event("verdict.changed")
        one.wait_for(lambda: one.counter(LIGHT) >= 2)
        shown = b"".join(map(one.get, ("/metrics", "/state.json", "/report.json", "/"))).decode()
        one.end()
        told = shown + "".join(one.lines)
        canaries = one.world.canaries.values()
    assert len(canaries) > 2
    assert "step.finished" in told
    assert [canary for canary in canaries if canary in told] == []


def test_it_ends_whichever_of_its_threads_the_signal_interrupts() -> None:
    with serving("irsa-healthy") as one:
        light_walks(one, 1)
        pid = one.process.pid
        others = [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir() if int(task.name) != pid]
        assert ctypes.CDLL(None).tgkill(pid, min(others), signal.SIGTERM) == 0
        assert one.process.wait(PATIENCE) == 0


def test_a_log_on_a_disk_that_is_full_stops_neither_the_walks_nor_the_end() -> None:
    # The log cannot tell which port the kernel chose, so it is a known one, at an address that is nobody else's.
    host = f"127.9.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"
    words = ("serve", "--listen", f"{host}:9410", "--private-listen", f"{host}:9411", "-v", "--interval", "0.2")
    with Path("/dev/full").open("wb") as full, command(*words, log=full.fileno()) as process:
        one = Deaf(host)
        eventually(lambda: one.light_walks() >= 2)
        process.terminate()
        assert process.wait(PATIENCE) == 0


class Deaf:
    """A sidecar of which only what it shows can be seen."""

    def __init__(self, host: str) -> None:
        self._metrics = f"http://{host}:9410/metrics"

    def light_walks(self) -> float:
        """How many have ended; 0 while nobody listens."""
        try:
            with urllib.request.urlopen(self._metrics, timeout=PATIENCE) as answer:
                lines = answer.read().decode().splitlines()
        except urllib.error.URLError:
            return 0
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(LIGHT))


def test_steps_are_logged_only_when_asked_for() -> None:
    with serving("irsa-healthy") as one:
        one.wait_for(lambda: one.counter(LIGHT) >= 1)
        assert {event["event"] for event in one.events} == {"serve.started", "verdict.changed"}


def test_a_port_that_is_taken_is_one_line() -> None:
    with serving("irsa-healthy") as one:
        taken = one.event("serve.started")["private_listen"]
        with serving("irsa-healthy", "--private-listen", taken) as other:
            assert other.process.wait(40) == 64
            other.wait_for(lambda: other.lines)
            assert len(other.lines) == 1
            assert other.lines[0].startswith("probe: ")
