"""What each fault looks like to a client."""

import socket
import threading
from collections.abc import Iterator

import pytest

from probe.lab.servers import Answer, Fault, FaultKind, ImdsConfig, ImdsServer, LabServer, Request
from probe.lab.servers.faults import ENDLESS_BYTES, FaultSchedule
from tests.lab.servers.asking import ask, dial, everything, request_bytes

GET = request_bytes("GET", "/")
RIGHT = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright"


class PlainServer(LabServer):
    """Answers `right` to everything."""

    def routes(self, request: Request) -> tuple[str, ...]:
        """Give one path two names."""
        return ("first", "second") if request.path == "/both" else ("first",)

    def answer(self, request: Request) -> Answer:  # noqa: ARG002 - the same to everybody
        """Answer `right`."""
        return Answer(status=200, headers=(("Content-Length", "5"),), body=b"right")


@pytest.fixture
def unread() -> Iterator[list[socket.socket]]:
    connections: list[socket.socket] = []
    yield connections
    for one in connections:
        one.close()


def faulty(kind: FaultKind, *, seconds: float = 0.0, status: int = 500, body: str = "", **headers: str) -> PlainServer:
    return PlainServer(
        faults=(Fault(kind=kind, route="*", seconds=seconds, status=status, body=body, headers=headers),)
    )


def left_over(server: LabServer) -> list[threading.Thread]:
    """The threads of a closed server that are still busy."""
    return [thread for thread in server._threads if thread.is_alive()]


def test_without_faults_the_right_answer_is_sent_byte_for_byte() -> None:
    with PlainServer() as server, dial(server.port, request_bytes("GET", "/", "Connection: close")) as connection:
        assert everything(connection) == RIGHT


def test_a_stalled_request_is_acknowledged_by_the_kernel_and_never_answered() -> None:
    with faulty(FaultKind.STALL) as server, dial(server.port, GET, timeout=0.2) as connection:
        with pytest.raises(TimeoutError):
            connection.recv(1)
        unacknowledged = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)[24:28]
        assert int.from_bytes(unacknowledged, "little") == 0


def test_a_stalled_connection_ends_when_the_server_closes() -> None:
    server = faulty(FaultKind.STALL).start()
    with dial(server.port, GET, timeout=0.1) as connection:
        with pytest.raises(TimeoutError):
            connection.recv(1)
        server.close()
        assert connection.recv(1) == b""
    assert not left_over(server)


def test_a_reset_comes_as_a_reset() -> None:
    with faulty(FaultKind.RESET) as server, dial(server.port, GET) as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)


def test_a_close_comes_as_an_orderly_end_without_a_byte() -> None:
    with faulty(FaultKind.CLOSE) as server, dial(server.port, GET) as connection:
        assert everything(connection) == b""


def test_garbage_is_not_http() -> None:
    with faulty(FaultKind.GARBAGE) as server, dial(server.port, GET) as connection:
        received = everything(connection)
    assert received
    assert not received.startswith(b"HTTP/")


def test_a_drip_is_the_right_answer_byte_by_byte() -> None:
    with faulty(FaultKind.DRIP, seconds=0.001) as server, dial(server.port, GET) as connection:
        pieces = []
        while data := connection.recv(1):
            pieces.append(data)
    assert b"".join(pieces) == RIGHT


def test_a_drip_starts_with_a_single_byte_of_the_status_line_and_ends_with_the_server() -> None:
    server = faulty(FaultKind.DRIP).start()
    with dial(server.port, GET) as connection:
        first = connection.recv(100)
        server.close()
        rest = everything(connection)
    assert first == b"H"
    assert len(rest) < len(RIGHT) - 1


def test_an_endless_body_is_chunked_and_cut_off_at_its_bound() -> None:
    with faulty(FaultKind.ENDLESS) as server, dial(server.port, GET) as connection:
        head, total, tail = connection.recv(40), 0, b""
        while data := connection.recv(1 << 20):
            total, tail = total + len(data), data
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert ENDLESS_BYTES <= total <= ENDLESS_BYTES * 1.01
    assert not tail.endswith(b"0\r\n\r\n")


def test_an_endless_body_stops_when_nobody_reads_and_the_server_closes(unread: list[socket.socket]) -> None:
    server = faulty(FaultKind.ENDLESS).start()
    unread.append(dial(server.port, GET))
    unread[0].recv(1)
    server.close()
    assert not left_over(server)


def test_a_canned_answer_gets_nothing_but_its_length() -> None:
    with faulty(FaultKind.ANSWER, status=503, body="busy", Server="EC2ws") as server:
        reply = ask(server.port, "GET", "/")
    assert (reply.status, reply.text) == (503, "busy")
    assert reply.headers == (("Server", "EC2ws"), ("Content-Length", "4"))


def test_a_delayed_answer_is_the_right_one() -> None:
    with faulty(FaultKind.DELAY, seconds=0.05) as server:
        assert ask(server.port, "GET", "/").text == "right"


def test_a_delayed_answer_does_not_come_before_its_time_and_its_wait_ends_with_the_server() -> None:
    server = faulty(FaultKind.DELAY, seconds=60).start()
    with dial(server.port, GET, timeout=0.1) as connection:
        with pytest.raises(TimeoutError):
            connection.recv(1)
        assert server.requests
        server.close()
    assert not left_over(server)


def test_only_the_first_matching_requests_are_struck() -> None:
    fault = Fault(kind=FaultKind.ANSWER, route="*", status=503, first=2)
    with PlainServer(faults=(fault,)) as server:
        assert [ask(server.port, "GET", "/").status for _ in range(4)] == [503, 503, 200, 200]


def test_the_skipped_requests_are_served_well() -> None:
    fault = Fault(kind=FaultKind.ANSWER, route="*", status=503, first=1, skip=2)
    with PlainServer(faults=(fault,)) as server:
        assert [ask(server.port, "GET", "/").status for _ in range(4)] == [200, 200, 503, 200]


def test_the_first_listed_of_several_due_faults_wins_and_both_count() -> None:
    early = Fault(kind=FaultKind.CLOSE, route="second", first=1)
    late = Fault(kind=FaultKind.RESET, route="first", first=2)
    schedule = FaultSchedule((early, late))
    assert [schedule.due(("first", "second")) for _ in range(3)] == [early, late, None]


def test_a_fault_of_another_route_does_not_strike() -> None:
    with PlainServer(faults=(Fault(kind=FaultKind.CLOSE, route="second"),)) as server:
        assert ask(server.port, "GET", "/").text == "right"
        with dial(server.port, request_bytes("GET", "/both")) as connection:
            assert everything(connection) == b""


def test_a_fault_that_sends_nothing_mints_nothing() -> None:
    with ImdsServer(ImdsConfig(faults=(Fault(kind=FaultKind.RESET, route="token"),))) as server:
        put = request_bytes("PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 60")
        with dial(server.port, put) as connection, pytest.raises(ConnectionResetError):
            connection.recv(1)
        assert server.canaries.values() == ()
