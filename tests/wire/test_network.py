"""The real resolver's and kernel's answers, and the words for them. Nothing here asks a name server."""

import socket
import threading

import httpcore
import pytest

from probe.evidence import Ending
from probe.lab.servers import refusing_port, silent_port
from probe.wire.deadline import Deadline
from probe.wire.network import RealNetwork, is_address, lookup_result


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254", "fe80::1%eth0"])
def test_an_address_is_not_looked_up(host: str) -> None:
    found = RealNetwork().lookup(host, 80, 1.0)
    assert (found.addresses, found.literal, found.milliseconds) == ((host,), True, None)


@pytest.mark.parametrize("host", ["localhost", "", "127.1", "2130706433", "0x7f000001", "1.2.3.4.5", "::g", "a\0b"])
def test_what_only_looks_like_an_address_is_a_name(host: str) -> None:
    assert not is_address(host)


def test_a_name_of_this_machine_is_looked_up() -> None:
    found = RealNetwork().lookup("localhost", 80, 5.0)
    assert found.error is None
    assert not found.literal
    assert set(found.addresses) <= {"127.0.0.1", "::1"}


def test_a_resolver_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def silent(*_: object, **__: object) -> list[object]:
        over.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    deadline = Deadline.after(5)
    found = RealNetwork().lookup("sts.example", 443, 0.1)
    over.set()
    assert found.error is Ending.NAME_LOOKUP_TIMEOUT
    assert not deadline.passed()


def test_an_answer_with_an_address_twice_has_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [entry, entry])
    assert RealNetwork().lookup("sts.example", 443, 1.0).addresses == ("192.0.2.1",)


@pytest.mark.parametrize(
    ("answer", "error", "name"),
    [
        (socket.gaierror(socket.EAI_NONAME, ""), Ending.NAME_NOT_FOUND, "EAI_NONAME"),
        (socket.gaierror(socket.EAI_NODATA, ""), Ending.NAME_NOT_FOUND, "EAI_NODATA"),
        (socket.gaierror(socket.EAI_AGAIN, ""), Ending.NAME_LOOKUP_FAILED, "EAI_AGAIN"),
        (socket.gaierror(socket.EAI_FAIL, ""), Ending.NAME_LOOKUP_FAILED, "EAI_FAIL"),
        (socket.gaierror(-999, ""), Ending.NAME_LOOKUP_FAILED, "-999"),
        (UnicodeError(), Ending.NAME_NOT_FOUND, "UnicodeError"),
        (TimeoutError(), Ending.NAME_LOOKUP_TIMEOUT, None),
    ],
)
def test_what_the_resolver_says_has_its_ending(answer: OSError | UnicodeError, error: Ending, name: str | None) -> None:
    found = lookup_result("sts.example", answer, 1.0)
    assert (found.error, found.error_name, found.addresses) == (error, name, ())


def test_a_refused_connect_carries_the_kernels_error() -> None:
    with refusing_port() as port, pytest.raises(httpcore.ConnectError):
        RealNetwork().connect("127.0.0.1", port, 1.0)


def test_a_silent_connect_ends_in_time() -> None:
    with silent_port() as port, pytest.raises(httpcore.ConnectTimeout):
        RealNetwork().connect("127.0.0.1", port, 0.1)


def test_the_real_network_has_hops_and_the_public_authorities() -> None:
    assert RealNetwork().has_hops
    assert RealNetwork().roots() is None
