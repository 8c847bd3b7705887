"""The lab's network: what is listed leads to loopback, and everything else leads nowhere."""

import errno
import socket
import time

import httpcore
import pytest

from probe.evidence import Ending
from probe.lab.network import LabNetwork, key
from probe.wire.deadline import Deadline
from probe.wire.network import Network
from probe.wire.stream import connect

LISTED, UNLISTED = "169.254.169.254", "192.0.2.1"


def raised(network: Network, address: str, port: int = 80) -> int | None:
    """Return the error number of a connect that must fail."""
    with pytest.raises(httpcore.ConnectError) as error:
        network.connect(address, port, 1.0)
    cause = error.value.__cause__
    assert isinstance(cause, OSError)
    return cause.errno


@pytest.mark.parametrize(
    "address", [UNLISTED, "127.0.0.1", "169.254.169.254", "169.254.170.23", "fd00:ec2::254", "::1"]
)
def test_an_address_that_is_not_listed_is_unreachable(address: str) -> None:
    assert raised(LabNetwork(), address) == errno.ENETUNREACH


def test_a_listed_address_is_listed_with_its_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        network = LabNetwork(dial={f"{LISTED}:80": str(server.getsockname()[1])})
        network.connect(LISTED, 80, 1.0).close()
        assert raised(network, LISTED, 81) == errno.ENETUNREACH


def test_an_ipv6_address_is_listed_in_brackets() -> None:
    assert key("fd00:ec2::254", 80) == "[fd00:ec2::254]:80"
    with socket.create_server(("127.0.0.1", 0)) as server:
        network = LabNetwork(dial={"[fd00:ec2::254]:80": str(server.getsockname()[1])})
        network.connect("fd00:ec2::254", 80, 1.0).close()


def test_the_peer_of_a_listed_address_is_on_loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        network = LabNetwork(dial={f"{LISTED}:80": str(server.getsockname()[1])})
        stream = network.connect(LISTED, 80, 1.0)
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        stream.close()


@pytest.mark.parametrize(
    ("word", "number"),
    [("unreachable", errno.ENETUNREACH), ("no-host", errno.EHOSTUNREACH), ("prohibited", errno.EACCES)],
)
def test_what_loopback_cannot_do_is_said_by_a_word(word: str, number: int) -> None:
    assert raised(LabNetwork(dial={f"{LISTED}:80": word}), LISTED) == number


def test_the_probe_sees_the_kernels_names() -> None:
    stream, told = connect(LabNetwork(dial={f"{LISTED}:80": "prohibited"}), LISTED, 80, Deadline.after(1))
    assert stream is None
    assert (told.ending, told.error_name) == (Ending.PROHIBITED, "EACCES")


@pytest.mark.parametrize(
    ("told", "error", "name"),
    [
        ("nxdomain", Ending.NAME_NOT_FOUND, "EAI_NONAME"),
        ("servfail", Ending.NAME_LOOKUP_FAILED, "EAI_AGAIN"),
        ("silent", Ending.NAME_LOOKUP_TIMEOUT, None),
    ],
)
def test_a_name_fails_in_the_way_that_is_said(told: str, error: Ending, name: str | None) -> None:
    found = LabNetwork(names={"sts.example": told}).lookup("sts.example", 443, 0.01)
    assert (found.error, found.error_name) == (error, name)


def test_a_silent_resolver_takes_the_time_that_there_is() -> None:
    begun = time.monotonic()
    LabNetwork(names={"sts.example": "silent"}).lookup("sts.example", 443, 0.1)
    assert time.monotonic() - begun >= 0.1


def test_a_name_that_is_not_listed_does_not_exist() -> None:
    assert LabNetwork().lookup("sts.amazonaws.com", 443, 1.0).error is Ending.NAME_NOT_FOUND


def test_a_listed_name_has_its_addresses() -> None:
    found = LabNetwork(names={"sts.example": ["198.51.100.10", "198.51.100.11"]}).lookup("sts.example", 443, 1.0)
    assert (found.addresses, found.error, found.literal) == (("198.51.100.10", "198.51.100.11"), None, False)


def test_there_are_no_hops_to_count() -> None:
    assert not LabNetwork().has_hops
