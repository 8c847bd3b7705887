"""What the kernel says of a connection that got no answer."""

import socket
import sys
from collections.abc import Iterator

import httpcore
import pytest

from probe.evidence import Exchange
from probe.lab.network import LabNetwork
from probe.lab.servers import Fault, FaultKind, ImdsConfig, ImdsServer
from probe.wire.deadline import Deadline
from probe.wire.exchange import Request, exchange
from probe.wire.network import Network, RealNetwork
from probe.wire.tcp_state import end_acknowledged, request_acknowledged

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="TCP_INFO as Linux tells it")


@pytest.fixture
def stalling() -> Iterator[ImdsServer]:
    """An IMDS that reads token PUTs and never answers them."""
    with ImdsServer(ImdsConfig(faults=(Fault(kind=FaultKind.STALL, route="token"),))) as server:
        yield server


def put(server: ImdsServer, network: Network, *, asks_way_back: bool) -> Exchange:
    """Send a token PUT and wait a little for nothing."""
    url = f"{server.base_url}/latest/api/token"
    request = Request(method="PUT", url=url, answer_seconds=0.4, asks_way_back=asks_way_back)
    return exchange(network, request, Deadline.after(5)).exchange


def test_a_stalled_request_that_arrived_is_acknowledged_and_so_is_our_end(stalling: ImdsServer) -> None:
    seen = put(stalling, RealNetwork(), asks_way_back=True)
    assert (seen.ending, seen.request_acknowledged, seen.end_acknowledged) == ("no-answer", True, True)


def test_our_end_is_kept_to_ourselves_unless_it_is_asked_for(stalling: ImdsServer) -> None:
    seen = put(stalling, RealNetwork(), asks_way_back=False)
    assert (seen.request_acknowledged, seen.end_acknowledged) == (True, None)


def test_on_an_imitated_network_the_way_back_says_nothing(stalling: ImdsServer) -> None:
    network = LabNetwork(dial={f"127.0.0.1:{stalling.port}": str(stalling.port)})
    seen = put(stalling, network, asks_way_back=True)
    assert (seen.request_acknowledged, seen.end_acknowledged) == (True, None)


def test_a_connection_that_the_peer_has_ended_already_has_no_way_back_to_ask_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = httpcore.SyncBackend().connect_tcp(*listener.getsockname())
        listener.accept()[0].close()
        assert stream.read(1) == b""
        assert end_acknowledged(stream) is None
        stream.close()


def test_what_is_no_socket_is_unknown() -> None:
    stream = httpcore.MockStream([])
    assert request_acknowledged(stream) is None
    assert end_acknowledged(stream) is None
