"""The guard itself: what it forbids, what it lets through, and that a swallowed exception is found out."""

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import loopback_guard
from tests.loopback_guard import LeftLoopbackError

OUTSIDE = ("192.0.2.1", 80)
OUTSIDE_6 = ("2001:db8::1", 80)
IMDS = ("169.254.169.254", 80)


def forget() -> list[str]:
    """Take note of what the guard forbade, so that it does not fail the test that provoked it."""
    tried = list(loopback_guard.attempts)
    loopback_guard.attempts.clear()
    return tried


@pytest.mark.parametrize("address", [OUTSIDE, IMDS])
def test_a_connect_to_another_address_is_forbidden(address: tuple[str, int]) -> None:
    with socket.socket() as sock, pytest.raises(LeftLoopbackError, match=address[0]):
        sock.connect(address)
    assert forget() == [f"socket.connect {address[0]}"]


def test_a_connect_that_reports_errors_by_number_is_forbidden_too() -> None:
    with socket.socket(socket.AF_INET6) as sock, pytest.raises(LeftLoopbackError):
        sock.connect_ex(OUTSIDE_6)
    assert forget() == ["socket.connect 2001:db8::1"]


def test_a_datagram_to_another_address_is_forbidden() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, pytest.raises(LeftLoopbackError):
        sock.sendto(b"x", OUTSIDE)
    assert forget() == ["socket.sendto 192.0.2.1"]


def test_looking_a_name_up_is_forbidden() -> None:
    with pytest.raises(LeftLoopbackError, match=r"sts\.amazonaws\.com"):
        socket.getaddrinfo("sts.amazonaws.com", 443)
    assert forget() == ["socket.getaddrinfo sts.amazonaws.com"]


def test_loopback_is_allowed() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_a_unix_socket_is_allowed(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)
        assert client.getpeername() == path


def test_who_swallows_the_exception_is_found_out() -> None:
    with socket.socket() as sock, contextlib.suppress(Exception):
        sock.connect(OUTSIDE)
    assert forget() == ["socket.connect 192.0.2.1"]


def test_a_test_that_swallows_the_exception_fails(tmp_path: Path) -> None:
    test = tmp_path / "test_it.py"
    test.write_text(
        "import contextlib, socket\n"
        "from tests.conftest import _nothing_leaves_loopback\n"
        "def test_it():\n"
        "    with socket.socket() as sock, contextlib.suppress(Exception):\n"
        "        sock.connect(('192.0.2.1', 80))\n"
    )
    # In a process of its own, whose own guard forbids it.
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(test)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert "socket.connect 192.0.2.1" in run.stdout
