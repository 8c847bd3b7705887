"""Ports that fail to connect."""

import socket

import pytest

from probe.lab.servers import refusing_port, silent_port
from tests.lab.servers.asking import needs_ipv6


@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param("::1", marks=needs_ipv6)])
def test_a_refusing_port_refuses(host: str) -> None:
    with refusing_port(host) as port, pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port), 5)


def test_a_refusing_port_stays_reserved() -> None:
    with refusing_port() as port, socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))


def test_a_silent_port_never_completes_a_connect() -> None:
    with silent_port() as port, pytest.raises(TimeoutError):
        socket.create_connection(("127.0.0.1", port), 0.3)
