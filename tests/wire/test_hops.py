"""Counting hops where there are none, and where the kernel does not want to."""

import os
import socket
from pathlib import Path

import pytest

from probe.evidence import ImdsVariables, Outcome
from probe.lab.network import LabNetwork
from probe.lab.servers import refusing_port, silent_port
from probe.sources.imds import _measured
from probe.surroundings import Files, Surroundings
from probe.walk import Options, Walk
from probe.wire import hops
from probe.wire.deadline import Deadline
from probe.wire.hops import measure

NO_SUCH_OPTION = 9999


@pytest.fixture
def refusing_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that knows the option by no number: what it says to this one is real."""
    monkeypatch.setattr(hops, "_IP_RECVERR", NO_SUCH_OPTION)


def sockets() -> int:
    """Count this process' open sockets."""
    places = [Path("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208 - names alone
    links = (os.readlink(place) for place in places if place.is_symlink())  # noqa: PTH115 - `socket:[1]` is no path
    return sum(1 for link in links if link.startswith("socket:"))


def test_a_listener_on_this_machine_is_one_hop_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        route = measure("127.0.0.1", listener.getsockname()[1], Deadline.after(2))
    assert (route.hops, route.routers, route.source) == (1, (), "127.0.0.1")


def test_a_refusal_on_this_machine_comes_from_no_router() -> None:
    with refusing_port() as port:
        route = measure("127.0.0.1", port, Deadline.after(2))
    assert (route.hops, route.rejected_by, route.rejected_at, route.source) == (None, None, 1, None)


def test_silence_ends_with_the_deadline() -> None:
    with silent_port() as port:
        route = measure("127.0.0.1", port, Deadline.after(0.05))
    assert route.hops is None


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open sockets are counted by proc(5)")
def test_no_socket_stays_open() -> None:
    before = sockets()
    with refusing_port() as port:
        measure("127.0.0.1", port, Deadline.after(2))
    assert sockets() == before


@pytest.mark.usefixtures("refusing_kernel")
def test_a_kernel_without_the_option_is_an_error_and_leaves_no_socket_open() -> None:
    before = sockets()
    with pytest.raises(OSError, match="not available"):
        measure("127.0.0.1", 80, Deadline.after(2))
    assert sockets() == before


@pytest.mark.usefixtures("refusing_kernel")
def test_the_walk_then_skips_the_step_and_says_why(tmp_path: Path) -> None:
    walk = Walk(Surroundings(environment={}, files=Files(root=str(tmp_path))), LabNetwork(), Options())
    done = _measured(walk, ImdsVariables(endpoint="http://127.0.0.1", host="127.0.0.1"))
    assert done.outcome is Outcome.SKIPPED
    assert done.reason == "the kernel does not offer it here (OSError)"
