"""A world is there when it is wanted, and gone afterwards, however it ended."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from probe.lab.namespaces import NETNS, PREFIX, CannotBuildError, Namespaces, remove_leftovers
from probe.lab.scenario import NetworkSpec, Rule
from probe.lab.topology import IMDS_4, PUBLIC_STS, Shape
from probe.lab.world import FOLDER
from probe.wire.network import RealNetwork
from tests.network.worlds import IPV6, left_by, reaches, world

WAITS = """
import time
from tests.network.worlds import world
with world():
    print("built", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def waiting() -> Iterator["subprocess.Popen[str]"]:
    """A process that has built a world and waits in it."""
    process = subprocess.Popen([sys.executable, "-c", WAITS], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "built\n"
    yield process
    process.kill()
    process.wait(10)
    process.stdout.close()
    remove_leftovers()


def inhabitants(pid: int) -> list[int]:
    """Return the processes in the namespaces that a process has made."""
    names = [place.name for place in NETNS.glob(f"{PREFIX}-{pid}.*")]
    listed = [subprocess.run(["ip", "netns", "pids", name], capture_output=True, check=False) for name in names]
    return [int(one) for done in listed for one in done.stdout.split()]


def folders_of(pid: int) -> list[Path]:
    """Return the folders of a process' worlds, which hold their secrets."""
    return [*Path(tempfile.gettempdir()).glob(f"{FOLDER}-{pid}.*")]


def soon(holds: Callable[[], bool]) -> bool:
    """Whether something holds within five seconds."""
    end = time.monotonic() + 5
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def test_a_world_leaves_nothing_behind() -> None:
    with world() as built:
        folder = built.root
        assert len(left_by(os.getpid())) == 6, "three namespaces and their resolvers"
        assert len(inhabitants(os.getpid())) == 1, "dnsmasq"
    assert left_by(os.getpid()) == []
    assert not folder.exists()


def test_a_failure_inside_a_world_leaves_nothing_behind() -> None:
    with pytest.raises(ZeroDivisionError), world():
        raise ZeroDivisionError
    assert left_by(os.getpid()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, OSError])
@pytest.mark.parametrize("step", range(8))
def test_whatever_ends_the_building_in_its_middle_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, step: int, error: type[BaseException]
) -> None:
    begun, real = [], subprocess.run

    def ends_at(*arguments: object, **options: object) -> object:
        begun.append(arguments)
        if len(begun) == step + 1:
            raise error
        return real(*arguments, **options)  # type: ignore[call-overload]  # passed on

    monkeypatch.setattr(subprocess, "run", ends_at)
    with pytest.raises((error, CannotBuildError)), Namespaces(Shape(overlay=True)):
        pass
    assert len(begun) > step, "the building has as many steps"
    assert left_by(os.getpid()) == []


def test_ctrl_c_removes_everything(waiting: "subprocess.Popen[str]") -> None:
    waiting.send_signal(signal.SIGINT)
    waiting.wait(10)
    assert left_by(waiting.pid) == []


def test_the_resolver_dies_with_a_lab_that_is_killed(waiting: "subprocess.Popen[str]") -> None:
    resolvers = inhabitants(waiting.pid)
    assert len(resolvers) == 1
    waiting.kill()
    waiting.wait(10)
    assert soon(lambda: not Path("/proc", str(resolvers[0])).exists())


def test_what_a_killed_lab_left_behind_is_removed_by_the_next_one(waiting: "subprocess.Popen[str]") -> None:
    assert len(left_by(waiting.pid)) == 6
    assert len(folders_of(waiting.pid)) == 1
    waiting.kill()
    waiting.wait(10)
    with world():
        # The next one may be a test beside this one, which began and has not finished.
        assert soon(lambda: left_by(waiting.pid) == [])
        assert soon(lambda: folders_of(waiting.pid) == [])


def test_processes_that_outlived_a_killed_lab_are_ended_with_its_namespaces(waiting: "subprocess.Popen[str]") -> None:
    pod = next(NETNS.glob(f"{PREFIX}-{waiting.pid}.*-pod"))
    sleeper = subprocess.Popen(["ip", "netns", "exec", pod.name, "sleep", "60"])
    assert soon(lambda: sleeper.pid in inhabitants(waiting.pid))
    waiting.kill()
    waiting.wait(10)
    remove_leftovers()
    assert sleeper.wait(5) == -signal.SIGKILL


def test_the_world_of_a_living_lab_is_left_alone(waiting: "subprocess.Popen[str]") -> None:
    remove_leftovers()
    assert len(left_by(waiting.pid)) == 6
    assert len(inhabitants(waiting.pid)) == 1


def test_a_namespace_whose_process_number_was_given_to_another_process_is_a_leftover() -> None:
    name = f"{PREFIX}-{os.getpid()}.1-abcdef-pod"
    subprocess.run(["ip", "netns", "add", name], check=True)
    remove_leftovers()
    assert soon(lambda: not (NETNS / name).exists()), "a test beside this one may have begun it"


def test_a_namespace_that_was_only_half_made_is_removed() -> None:
    left = NETNS / f"{PREFIX}-{os.getpid()}.1-abcdef-node"
    left.touch(mode=0)
    remove_leftovers()
    assert soon(lambda: not left.exists()), "a test beside this one may have begun it"


def test_two_worlds_live_side_by_side_and_do_not_see_each_other() -> None:
    with world(NetworkSpec(rules=(Rule(to=IMDS_4, action="drop"),))) as closed, world() as open_one:
        assert not closed.spaces.within("pod", lambda: reaches(IMDS_4, 80))
        assert open_one.spaces.within("pod", lambda: reaches(IMDS_4, 80))
    assert left_by(os.getpid()) == []


def test_no_way_leads_out_of_a_world() -> None:
    with world() as built:
        for role in built.spaces.shape.roles:
            links = built.spaces.run(role, "ip", "-o", "link").splitlines()
            names = {line.split(": ")[1].partition("@")[0] for line in links}
            peers = {f"{a}-{b}" for a in built.spaces.shape.roles for b in built.spaces.shape.roles}
            assert names <= {"lo", "pod-id-link0", "pod-id-peer", *peers}
        assert not built.spaces.within("pod", lambda: reaches("192.0.2.1", 80)), "the cloud swallows what it has not"


def test_a_machine_without_ipv6_plays_what_needs_only_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probe.lab.network_world.has_ipv6", lambda: False)
    with world() as built:
        assert built.spaces.within("pod", lambda: reaches(IMDS_4, 80))
        assert "fd10" not in built.spaces.run("pod", "ip", "-6", "addr")


def test_a_machine_without_ipv6_refuses_in_one_sentence_what_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probe.lab.network_world.has_ipv6", lambda: False)
    for needs_it in (world(environment=IPV6), world(NetworkSpec(families=("ipv6",)))):
        with pytest.raises(CannotBuildError, match=r"^the scenario made-up needs IPv6, which this kernel does not do$"):
            needs_it.__enter__()


def test_a_command_that_fails_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shape, "lines", lambda *_: (["addr add nonsense dev lo"], []))
    with pytest.raises(CannotBuildError, match=r"^the namespaces could not be built: [^\n]*nonsense"), world():
        pass
    assert left_by(os.getpid()) == []


@pytest.mark.parametrize(
    ("told", "error_name"), [("nxdomain", "EAI_NONAME"), ("servfail", "EAI_AGAIN"), ("silent", "EAI_AGAIN")]
)
def test_the_resolver_says_what_the_scenario_tells(told: str, error_name: str) -> None:
    script = "from probe.wire.network import *; print(RealNetwork().lookup('{}', 443, 4).{})"
    with world(servers={"sts": {}}, names={"sts.eu-west-1.amazonaws.com": told}) as built:
        command = [sys.executable, "-c", script.format("sts.eu-west-1.amazonaws.com", "error_name")]
        assert built.spaces.run("pod", *command).strip() == error_name
        command = [sys.executable, "-c", script.format("sts.eu-central-1.amazonaws.com", "addresses")]
        assert PUBLIC_STS in built.spaces.run("pod", *command)


def test_the_probe_in_a_pod_is_an_ordinary_user_without_any_right() -> None:
    script = (
        "from probe.lab.pod import give_up_privileges; give_up_privileges(65532);"
        "print(open('/proc/thread-self/status').read())"
    )
    with world() as built:
        told = built.spaces.run("pod", sys.executable, "-c", script)
    status = dict(line.split(":\t") for line in told.splitlines() if ":\t" in line)
    assert status["Uid"].split()[:2] == ["65532", "65532"]
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert status["Groups"].strip() == ""


def test_a_world_is_built_from_the_kernel_and_not_from_patches() -> None:
    with world() as built:
        connected = built.spaces.within("pod", lambda: RealNetwork().connect(IMDS_4, 80, 1.0))
        assert connected.get_extra_info("server_addr") == (IMDS_4, 80)
        connected.close()
