"""Addresses as people write them, and why one cannot be listened on."""

import argparse
import os
import socket

import pytest

from probe.console import UsageError
from probe.serve.http.addresses import PRIVATE, Address, address, is_loopback, loopback_address
from probe.serve.http.sockets import ListenError, bound, listening


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        (":9410", "", 9410),
        ("0.0.0.0:9410", "0.0.0.0", 9410),
        ("127.0.0.1:0", "127.0.0.1", 0),
        ("localhost:9411", "127.0.0.1", 9411),
        ("[::1]:9410", "::1", 9410),
        ("[::]:65535", "::", 65535),
    ],
)
def test_an_address_is_read_as_people_write_it(text: str, host: str, port: int) -> None:
    assert address(text) == Address(host=host, port=port)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("9410", "has no port"),
        ("127.0.0.1", "has no port"),
        ("127.0.0.1:", "has no port from 0 to 65535"),
        (":65536", "has no port from 0 to 65535"),
        (":-1", "has no port from 0 to 65535"),
        (":٣", "has no port from 0 to 65535"),
        (f":{'9' * 5000}", "has no port from 0 to 65535"),
        ("::1:9410", "without brackets"),
        ("metrics.example:9410", "names no IP address"),
        ("[127.0.0.1:9410", "names no IP address"),
        ("999.0.0.1:9410", "names no IP address"),
    ],
)
def test_what_is_no_address_is_refused_in_one_line(text: str, what: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=what) as told:
        address(text)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 200


def test_an_address_is_told_as_it_is_written() -> None:
    for text in (":9410", "127.0.0.1:9411", "[::1]:9410"):
        assert str(address(text)) == text


def test_the_private_listener_takes_loopback_only() -> None:
    assert loopback_address("127.0.0.1:9411") == PRIVATE
    assert loopback_address("[::1]:9411").is_loopback
    for text in (":9411", "0.0.0.0:9411", "10.0.0.1:9411", "[fd00:ec2::254]:80"):
        with pytest.raises(argparse.ArgumentTypeError, match="not an address of loopback"):
            loopback_address(text)


def test_a_peer_on_loopback_is_known_in_both_families() -> None:
    assert [is_loopback(host) for host in ("127.8.9.1", "::1", "::ffff:127.0.0.1", "::1%lo")] == [True] * 4
    assert [is_loopback(host) for host in ("10.0.0.1", "::ffff:10.0.0.1", "::", "", "localhost.example")] == [False] * 5


def test_a_port_that_is_taken_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match=rf"^cannot listen on 127\.0\.0\.1:{port}: another process .*already"):
            listening(Address(host="127.0.0.1", port=port))


def test_an_address_of_somebody_else_is_told_in_one_line() -> None:
    with pytest.raises(UsageError, match=r"^cannot listen on 192\.0\.2\.1:9410: this pod has no such address$"):
        listening(Address(host="192.0.2.1", port=9410))


@pytest.mark.skipif(os.geteuid() == 0 and not hasattr(os, "seteuid"), reason="cannot become another user")
def test_a_port_that_this_user_may_not_have_is_told_in_one_line() -> None:
    def as_ordinary_user() -> int:
        if os.geteuid() == 0:
            os.seteuid(65_534)
        try:
            listening(Address(host="127.0.0.1", port=1))
        except ListenError as error:
            return 0 if "CAP_NET_BIND_SERVICE" in str(error) else 1
        return 2

    child = os.fork()
    if child == 0:
        os._exit(as_ordinary_user())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_all_addresses_are_those_of_both_families() -> None:
    with listening(Address(host="", port=0)) as sock:
        port = bound(sock).port
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, port), timeout=5).close()


def test_one_family_asked_for_is_one_family_had() -> None:
    with listening(Address(host="::1", port=0)) as sock, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", bound(sock).port), timeout=5)


def test_without_ipv6_all_addresses_are_those_of_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = socket.socket

    def without_ipv6(family: int, kind: int, protocol: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        return kernel(family, kind, protocol)

    monkeypatch.setattr("probe.serve.http.sockets.socket.socket", without_ipv6)
    with listening(Address(host="", port=0)) as sock:
        assert bound(sock).host == "0.0.0.0"
