"""What the kernel says of a connection that got no answer."""

import socket
import sys
import time
from collections.abc import Iterator

import httpcore
import pytest

from probe.evidence import Exchange
from probe.lab.network import LabNetwork
from probe.lab.servers import Fault, FaultKind, ImdsConfig, ImdsServer
from probe.wire.deadline import Deadline
from probe.wire.exchange import Request, exchange
from probe.wire.network import Network, RealNetwork
from probe.wire.tcp_state import answered_after_ms, end_acknowledged, request_acknowledged

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


class LateStream(httpcore.NetworkStream):
    """A stream of a process that gets to read half a second after it could."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read late."""
        time.sleep(0.5)
        return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write at once."""
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        """Close."""
        self._inner.close()

    def get_extra_info(self, info: str) -> object:
        """Pass on the socket."""
        return self._inner.get_extra_info(info)


class LateNetwork(RealNetwork):
    """The network of such a process."""

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        """Connect, and read late."""
        return LateStream(super().connect(address, port, seconds))


def get(server: ImdsServer, network: Network) -> Exchange:
    """Ask for the listing without a token."""
    request = Request(method="GET", url=f"{server.base_url}/latest/meta-data/")
    return exchange(network, request, Deadline.after(5)).exchange


def test_an_answer_that_comes_at_once_is_counted_as_such_however_late_it_is_read(stalling: ImdsServer) -> None:
    seen = get(stalling, LateNetwork())
    assert seen.phases.first_byte is not None
    assert seen.phases.first_byte > 500
    assert seen.kernel_wait_ms is not None
    assert seen.kernel_wait_ms < 400


def test_an_answer_that_comes_late_is_counted_as_such() -> None:
    delay = Fault(kind=FaultKind.DELAY, route="tokenless", seconds=0.6)
    with ImdsServer(ImdsConfig(faults=(delay,))) as server:
        seen = get(server, RealNetwork())
    assert seen.kernel_wait_ms is not None
    assert seen.kernel_wait_ms >= 550


def test_a_kernel_that_does_not_fill_in_the_time_is_not_believed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = httpcore.SyncBackend().connect_tcp(*listener.getsockname())
        stream.write(b"x")
        assert answered_after_ms(stream, since_sent_ms=60_000.0) is None
        stream.close()
