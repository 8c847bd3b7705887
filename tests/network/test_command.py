"""`probe lab run --network`, as a person calls it."""

import signal
import subprocess
import sys
import time

import pytest

from probe.lab.namespaces import NETNS, PREFIX
from tests.network.worlds import left_by

LAB = (sys.executable, "-m", "probe", "lab", "run", "--network")


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run one command line to its end."""
    return subprocess.run([*LAB, *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_a_single_scenario_ends_with_the_probe_s_own_exit_code_and_report() -> None:
    ran = run("hop-limit")
    assert ran.returncode == 54
    assert ran.stdout.startswith("BROKEN: imds-hop-limit (certain), exit code 54\n")
    assert "pod → 10.0.0.1 (node) → 169.254.169.254, 2 hops" in " ".join(ran.stdout.split())


def test_the_same_scenario_seen_from_its_node_works_and_says_what_that_proves() -> None:
    ran = run("hop-limit", "--host-network")
    assert ran.returncode == 0
    told = " ".join(ran.stdout.split())
    assert told.startswith("OK: imds, exit code 0")
    assert "a pod on this node that fails is held up on its way to the node" in told


def test_several_scenarios_are_held_against_what_they_expect() -> None:
    ran = run("imds-rejected-by-reset", "imds-route-missing")
    assert ran.returncode == 0
    assert "2 scenarios, 0 not as expected" in ran.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_leaves_nothing_behind(number: signal.Signals) -> None:
    process = subprocess.Popen([*LAB, "hop-limit"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 20
    while not [*NETNS.glob(f"{PREFIX}-{process.pid}.*")] and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(number)
    assert process.wait(20) == 128 + number
    assert left_by(process.pid) == []
