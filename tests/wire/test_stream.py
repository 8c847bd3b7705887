"""Connecting by name or address, and streams that keep to a deadline."""

import errno
import os
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpcore
import pytest

from probe.evidence import Ending, NameLookup
from probe.lab.servers import refusing_port, silent_port
from probe.wire.deadline import Deadline
from probe.wire.network import RealNetwork
from probe.wire.stream import BoundedStream, Journey, connect, ending_of_broken_stream, ending_of_os_error
from tests.wire.scripted import RIGHT, says_and_waits, serving


@dataclass(kw_only=True)
class Addresses:
    """A network where one name has these addresses, each of which leads to a port on loopback."""

    addresses: dict[str, int]
    dialled: list[str] = field(default_factory=list)
    has_hops: bool = False

    def lookup(self, host: str, port: int, seconds: float) -> NameLookup:
        """See `Network`."""
        del port, seconds
        return NameLookup(host=host, addresses=tuple(self.addresses), milliseconds=0.1)

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        """See `Network`."""
        del port
        self.dialled.append(address)
        return RealNetwork().connect("127.0.0.1", self.addresses[address], seconds)

    def roots(self) -> str | None:
        """See `Network`."""
        return None


def test_a_connect_to_an_address_is_told_with_its_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        stream, told = connect(RealNetwork(), "127.0.0.1", port, Deadline.after(2))
    assert stream is not None
    stream.close()
    assert (told.ending, told.address, told.port) == (Ending.CONNECTED, "127.0.0.1", port)
    assert told.milliseconds is not None


def test_brackets_around_an_ipv6_address_are_no_part_of_it() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        stream, told = connect(RealNetwork(), "[::1]", server.getsockname()[1], Deadline.after(2))
    assert stream is not None
    stream.close()
    assert told.host == "::1"


def test_a_refusal_and_a_silence_are_told_apart() -> None:
    with refusing_port() as refusing:
        stream, refused = connect(RealNetwork(), "127.0.0.1", refusing, Deadline.after(2))
    assert stream is None
    with silent_port() as silent:
        stream, timed_out = connect(RealNetwork(), "127.0.0.1", silent, Deadline.after(0.2))
    assert stream is None
    assert (refused.ending, refused.error_name) == (Ending.REFUSED, "ECONNREFUSED")
    assert (timed_out.ending, timed_out.error_name) == (Ending.CONNECT_TIMEOUT, None)


def test_the_next_address_is_tried_where_one_refuses() -> None:
    with refusing_port() as refusing, socket.create_server(("127.0.0.1", 0)) as server:
        network = Addresses(addresses={"192.0.2.1": refusing, "192.0.2.2": server.getsockname()[1]})
        stream, told = connect(network, "imds.example", 80, Deadline.after(2))
    assert stream is not None
    stream.close()
    assert (told.ending, told.address) == (Ending.CONNECTED, "192.0.2.2")


def test_a_silent_address_leaves_time_for_the_next() -> None:
    with silent_port() as silent, socket.create_server(("127.0.0.1", 0)) as server:
        network = Addresses(addresses={"192.0.2.1": silent, "192.0.2.2": server.getsockname()[1]})
        stream, told = connect(network, "imds.example", 80, Deadline.after(0.6))
    assert stream is not None
    stream.close()
    assert told.address == "192.0.2.2"


def test_a_name_with_very_many_addresses_is_not_tried_for_ever() -> None:
    with refusing_port() as refusing:
        network = Addresses(addresses={f"192.0.2.{n}": refusing for n in range(1, 200)})
        stream, told = connect(network, "imds.example", 80, Deadline.after(2))
    assert stream is None
    assert told.ending is Ending.REFUSED
    assert len(network.dialled) == 4


def test_a_name_without_any_address_does_not_exist() -> None:
    stream, told = connect(Addresses(addresses={}), "imds.example", 80, Deadline.after(2))
    assert stream is None
    assert told.ending is Ending.NAME_NOT_FOUND


def test_a_name_marks_its_phase_and_an_address_does_not() -> None:
    with refusing_port() as refusing:
        by_name, by_address = Journey(), Journey()
        connect(Addresses(addresses={"192.0.2.1": refusing}), "imds.example", 80, Deadline.after(2), by_name)
        connect(RealNetwork(), "127.0.0.1", refusing, Deadline.after(2), by_address)
    assert "resolved" in by_name.marks
    assert by_address.marks == {}


def test_reading_ends_at_the_deadline_and_asks_the_kernel_what_arrived() -> None:
    journey = Journey()
    with serving(says_and_waits()) as server:
        inner, _ = connect(RealNetwork(), "127.0.0.1", server.port, Deadline.after(2))
        assert inner is not None
        stream = BoundedStream(inner, Deadline.after(0.2), journey)
        stream.write(b"GET / HTTP/1.1\r\n\r\n", timeout=60.0)
        with pytest.raises(httpcore.ReadTimeout):
            stream.read(1, timeout=60.0)
        stream.close()
    assert journey.request_acknowledged is True


@pytest.mark.parametrize("call", ["read", "write", "start_tls"])
def test_after_the_deadline_nothing_is_begun(call: str) -> None:
    with serving(says_and_waits(RIGHT)) as server:
        inner, _ = connect(RealNetwork(), "127.0.0.1", server.port, Deadline.after(2))
        assert inner is not None
        stream = BoundedStream(inner, Deadline(time.monotonic() - 1), Journey())
        calls: dict[str, Callable[[], object]] = {
            "read": lambda: stream.read(1),
            "write": lambda: stream.write(b"x"),
            "start_tls": lambda: stream.start_tls(ssl.create_default_context()),
        }
        with pytest.raises(httpcore.TimeoutException):
            calls[call]()
        stream.close()


def test_what_went_before_a_handshake_is_not_the_requests_phase() -> None:
    """The first bytes on a connection through a proxy are its CONNECT."""
    journey = Journey()
    with serving(says_and_waits()) as server:
        inner, _ = connect(RealNetwork(), "127.0.0.1", server.port, Deadline.after(2))
        assert inner is not None
        stream = BoundedStream(inner, Deadline.after(0.2), journey)
        journey.mark("connected")
        journey.mark("sent")
        journey.mark("first_byte")
        with pytest.raises(httpcore.ConnectTimeout):
            stream.start_tls(ssl.create_default_context(), "127.0.0.1")
        stream.close()
    assert set(journey.marks) == {"connected"}


def raised(number: int) -> httpcore.ConnectError:
    """An OSError as httpcore wraps it."""
    error = httpcore.ConnectError()
    error.__cause__ = OSError(number, os.strerror(number))
    return error


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        (errno.ECONNREFUSED, Ending.REFUSED),
        (errno.ETIMEDOUT, Ending.CONNECT_TIMEOUT),
        (errno.ENETUNREACH, Ending.UNREACHABLE),
        (errno.EHOSTUNREACH, Ending.UNREACHABLE),
        (errno.EADDRNOTAVAIL, Ending.UNREACHABLE),
        (errno.EAFNOSUPPORT, Ending.UNREACHABLE),
        (errno.EACCES, Ending.PROHIBITED),
        (errno.EPERM, Ending.PROHIBITED),
        (errno.ECONNRESET, Ending.RESET),
    ],
)
def test_an_error_of_a_connect_has_its_ending_and_name(number: int, ending: Ending) -> None:
    assert ending_of_os_error(raised(number)) == (ending, errno.errorcode[number])


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        (errno.ECONNRESET, Ending.RESET),
        (errno.EPIPE, Ending.RESET),
        (errno.ETIMEDOUT, Ending.NO_ANSWER),
        (errno.EHOSTUNREACH, Ending.NO_ANSWER),
        (errno.ENETUNREACH, Ending.NO_ANSWER),
    ],
)
def test_a_connection_that_stood_is_not_said_to_have_had_no_route(number: int, ending: Ending) -> None:
    assert ending_of_broken_stream(raised(number)) == (ending, errno.errorcode[number])


def test_a_tls_error_is_not_taken_for_a_number_of_the_kernel() -> None:
    """OpenSSL's errors are OSErrors with numbers of their own; 1 would be EPERM."""
    error = httpcore.ReadError()
    error.__cause__ = ssl.SSLError(1, "bad certificate")
    assert ending_of_broken_stream(error)[0] is Ending.TLS_FAILED
    assert ending_of_os_error(error)[0] is Ending.TLS_FAILED
