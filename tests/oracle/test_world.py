"""What a program finds in an oracle's world: the pod's user, the pod's files, the real addresses, and nothing else."""

import subprocess
from collections.abc import Iterator, Mapping

import pytest

from probe.lab.scenario import Expectation, LabFile, PodSpec, Scenario
from tests.oracle.harness import Command
from tests.oracle.world import OracleWorld

pytestmark = pytest.mark.oracle

CONNECT = "exec 3<>/dev/tcp/{}/{}"
TOKEN = "/var/run/secrets/token"


def scenario(dial: Mapping[str, str], **pod: object) -> Scenario:
    return Scenario(
        name="made-up",
        title="",
        story="",
        pod=PodSpec(**pod),  # type: ignore[arg-type]  # any fields
        servers={"imds": {}, "sts": {}},
        dial=dial,
        expect=Expectation(exit_code=0),
    )


@pytest.fixture(scope="module")
def world() -> Iterator[OracleWorld]:
    dial = {
        "169.254.170.23:80": "refused",
        "192.0.2.1:80": "no-host",
        "192.0.2.2:80": "prohibited",
        "192.0.2.3:80": "timeout",
        "192.0.2.4:80": "unreachable",
    }
    files = {
        "token": LabFile(path=TOKEN, text="a token"),
        "secret": LabFile(path="/etc/secret", text="of root", mode="0600"),
        "link": LabFile(path="/var/run/link", kind="link", text=TOKEN),
    }
    with OracleWorld(scenario(dial, files=files)) as started:
        yield started


def said(world: OracleWorld, *arguments: str) -> str:
    done = subprocess.run(
        world.command(Command(arguments=arguments), ()),
        env={},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=20,
    )
    return done.stdout.strip()


def test_a_program_is_the_pods_user_and_has_no_rights(world: OracleWorld) -> None:
    status = said(world, "/bin/cat", "/proc/self/status")
    told = {line.partition(":")[0]: line.partition(":")[2].split() for line in status.splitlines()}
    assert told["Uid"] == ["65532"] * 4
    assert told["Groups"] == []
    assert {told[name][0].strip("0") for name in ("CapEff", "CapPrm", "CapInh", "CapBnd")} == {""}
    assert told["NoNewPrivs"] == ["1"]


def test_the_pods_files_lie_where_they_belong_with_their_rights(world: OracleWorld) -> None:
    assert said(world, "/bin/cat", TOKEN) == "a token"
    assert said(world, "/bin/cat", "/var/run/link") == "a token"
    assert "Permission denied" in said(world, "/bin/cat", "/etc/secret")


def test_nothing_of_the_machine_is_there_but_its_programs(world: OracleWorld) -> None:
    assert said(world, "/bin/ls", "/etc/shadow", "/root").count("No such file") == 2


def test_the_machines_programs_cannot_be_changed(world: OracleWorld) -> None:
    assert "cannot create" in said(world, "/bin/sh", "-c", "> /usr/bin/made-by-a-pod")


@pytest.mark.parametrize(
    ("place", "ending"),
    [
        (("169.254.169.254", 80), ""),
        (("fd00:ec2::254", 80), ""),
        (("198.51.100.10", 443), ""),
        (("169.254.170.23", 80), "Connection refused"),
        (("192.0.2.1", 80), "No route to host"),
        (("192.0.2.2", 80), "Permission denied"),
        (("192.0.2.4", 80), "Network is unreachable"),
        (("8.8.8.8", 53), "Network is unreachable"),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else "",
)
def test_a_connect_ends_as_the_scenario_tells(world: OracleWorld, place: tuple[str, int], ending: str) -> None:
    told = said(world, "/bin/bash", "-c", CONNECT.format(*place))
    assert ending in told if ending else told == ""


@pytest.mark.parametrize("address", ["192.0.2.3", "169.254.170.2"], ids=["told", "no server behind it"])
def test_what_times_out_never_answers(world: OracleWorld, address: str) -> None:
    told = said(world, "/usr/bin/timeout", "1", "/bin/bash", "-c", f"{CONNECT.format(address, 80)}; echo connected")
    assert told == ""


def test_the_names_of_sts_lead_to_their_servers_and_all_others_nowhere(world: OracleWorld) -> None:
    assert said(world, "/usr/bin/getent", "ahostsv4", "sts.eu-central-1.amazonaws.com").startswith("198.51.100.10 ")
    assert said(world, "/usr/bin/getent", "ahostsv4", "www.example.com") == ""
