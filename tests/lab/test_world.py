"""A world is what its scenario says, and nothing of it is left afterwards."""

import socket
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from probe.lab.places import GLOBAL_STS, PUBLIC_STS
from probe.lab.run import pod_input
from probe.lab.scenario import Expectation, KeysSpec, LabFile, PodSpec, Scenario, TokenSpec
from probe.lab.world import World

IMDS = "169.254.169.254:80"


def world(
    *,
    environment: Mapping[str, str] | None = None,
    files: Mapping[str, LabFile] | None = None,
    servers: Mapping[str, Mapping[str, Any]] | None = None,
    dial: Mapping[str, str] | None = None,
    names: Mapping[str, Any] | None = None,
    environment_bytes: Mapping[str, str] | None = None,
) -> World:
    """A world that is not started yet, with a token and two pairs of keys."""
    return World(
        Scenario(
            name="made-up",
            title="",
            story="",
            pod=PodSpec(environment=environment or {}, files=files or {}, environment_bytes=environment_bytes or {}),
            tokens={"irsa": TokenSpec()},
            keys={
                "user": KeysSpec(arn="arn:aws:iam::111122223333:user/someone"),
                "role": KeysSpec(arn="arn:aws:sts::111122223333:assumed-role/a-role/a-session", session=True),
            },
            servers=servers or {},
            dial=dial or {},
            names=names or {},
            expect=Expectation(exit_code=0),
        )
    )


def connects(port: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", int(port)), 0.3).close()
    except OSError:
        return False
    return True


def test_secrets_are_filled_in_and_known_as_canaries() -> None:
    holders = {
        "TOKEN": "${tokens.irsa}",
        "ID": "${keys.user.id}",
        "SECRET": "${keys.user.secret}",
        "SESSION": "${keys.role.session}",
        "NONE": "${keys.user.session}",
        "PLAIN": "${unknown.thing}",
    }
    with world(environment=holders) as started:
        given, canaries = started.environment, started.canaries.values()
    assert given["TOKEN"].count(".") == 2
    assert given["ID"].startswith("AKIA")
    assert (given["NONE"], given["PLAIN"]) == ("", "${unknown.thing}")
    assert {given["SECRET"], given["SESSION"]} <= set(canaries)


def test_the_port_of_a_server_can_be_filled_in() -> None:
    with world(environment={"URL": "http://127.0.0.1:${ports.imds}"}, servers={"imds": {}}) as started:
        assert started.environment["URL"] == f"http://127.0.0.1:{started.servers['imds'].port}"


def test_a_variable_may_be_no_text() -> None:
    with world(environment_bytes={"AWS_PROFILE": "61ff62"}) as started:
        assert started.environment["AWS_PROFILE"].encode("utf-8", "surrogateescape") == b"a\xffb"


def test_files_are_of_the_kind_and_mode_that_they_are_said_to_be() -> None:
    files = {
        "token": LabFile(path="/secrets/token", text="x", repeat=3, mode="0640"),
        "bytes": LabFile(path="/bytes", hexadecimal="00ff"),
        "folder": LabFile(path="/folder", kind="directory"),
        "pipe": LabFile(path="/pipe", kind="pipe"),
        "link": LabFile(path="/link", kind="link", text="/secrets/token"),
        "loop": LabFile(path="/loop", kind="link", text="loop"),
    }
    with world(files=files) as started:
        root = started.root
        assert (root / "secrets/token").read_text() == "xxx"
        assert stat.S_IMODE((root / "secrets/token").stat().st_mode) == 0o640
        assert (root / "bytes").read_bytes() == b"\x00\xff"
        assert (root / "folder").is_dir()
        assert (root / "pipe").is_fifo()
        assert (root / "link").read_text() == "xxx"
        assert (root / "loop").readlink() == Path("loop")


def test_an_address_leads_to_the_server_that_stands_for_it() -> None:
    with world(servers={"imds": {}, "sts": {}}) as started:
        assert started.dial[IMDS] == started.dial["[fd00:ec2::254]:80"] == str(started.servers["imds"].port)
        assert started.dial[f"{PUBLIC_STS}:443"] != started.dial[f"{GLOBAL_STS}:443"]
        assert started.names["sts.amazonaws.com"] == [GLOBAL_STS]
        assert started.certificates is not None


def test_an_address_that_no_server_stands_for_never_answers() -> None:
    with world() as started:
        assert not connects(started.dial[IMDS])


def test_a_scenario_may_lead_an_address_elsewhere() -> None:
    dial = {IMDS: "refused", "192.0.2.1:80": "imds", "192.0.2.2:80": "prohibited", "192.0.2.3:80": "unreachable"}
    with world(servers={"imds": {}}, dial=dial) as started:
        assert not connects(started.dial[IMDS])
        assert connects(started.dial["192.0.2.1:80"])
        assert (started.dial["192.0.2.2:80"], started.dial["192.0.2.3:80"]) == ("prohibited", "unreachable")


def test_a_place_that_leads_to_nothing_that_exists_is_an_error() -> None:
    with pytest.raises(ValueError, match="scenario made-up: nothing is called refusde"), world(dial={IMDS: "refusde"}):
        pass


@pytest.mark.parametrize(
    "table", [{"tokens": "sometimes", "surprise": 1}, {"faults": [{"kind": "imaginary", "route": "*"}]}]
)
def test_a_server_that_cannot_be_configured_is_an_error_and_leaves_nothing(
    table: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(Exception, match=r"surprise|imaginary"), world(servers={"agent": {}, "imds": table}):
        pass
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_of_a_world_that_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    files = {"token": LabFile(path="/token", text="${tokens.irsa}")}
    with world(files=files, servers={"imds": {}, "sts": {}}) as started:
        ports = [str(server.port) for server in started.servers.values()]
        assert list(tmp_path.iterdir()) == [started.root]
        assert all(map(connects, ports))
    assert list(tmp_path.iterdir()) == []
    assert not any(map(connects, ports))


def test_keys_that_an_impostor_hands_out_are_keys_that_sts_knows() -> None:
    with world(servers={"impostor": {"hands_out_keys": True}, "sts": {}}) as started:
        known = started.servers["sts"]._config.known_keys  # type: ignore[attr-defined]  # a server of another kind
        assert any("/pod-role/" in keys.arn for keys in known)


def test_what_the_pods_process_reads_is_told_through_its_input_alone() -> None:
    """Secrets would show in an argument, and stay in a file."""
    with world(environment={"AWS_SECRET_ACCESS_KEY": "${keys.user.secret}"}) as started:
        told = pod_input(started, ["--format", "json"])
        secret = started.environment["AWS_SECRET_ACCESS_KEY"]
        on_disk = [
            path for path in started.root.rglob("*") if path.is_file() and secret in path.read_text(errors="ignore")
        ]
    assert secret in told
    assert on_disk == []
