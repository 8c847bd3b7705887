"""Sockets, threads and the record of requests."""

import socket
import threading

import pytest

from probe.lab.servers import Answer, ImdsConfig, ImdsServer, LabServer, Request
from probe.lab.servers.base import MAX_OPEN
from tests.lab.servers.asking import TOKEN, ask, dial, everything, needs_ipv6, request_bytes


class EchoServer(LabServer):
    """Answers with the body it got, and notes the hook's calls."""

    def __init__(self, address: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        super().__init__(address=address)
        self.hooked: list[tuple[int, str]] = []

    def on_request(self, connection: socket.socket, method: str) -> None:
        """Note the connection's TTL and the method."""
        self.hooked.append((connection.getsockopt(socket.IPPROTO_IP, socket.IP_TTL), method))

    def answer(self, request: Request) -> Answer:
        """Give the body back."""
        return Answer(status=200, headers=(("Content-Length", str(len(request.body))),), body=request.body)


def test_there_is_no_port_before_the_start() -> None:
    server = EchoServer()
    with pytest.raises(RuntimeError, match="start"):
        _ = server.port


def test_the_address_given_is_the_one_that_is_bound() -> None:
    with EchoServer() as first:
        port = first.port
    with EchoServer(("127.0.0.1", port)) as second:
        assert second.port == port
        assert second.base_url == f"http://127.0.0.1:{port}"


@needs_ipv6
def test_an_ipv6_address_is_bound_and_bracketed() -> None:
    with EchoServer(("::1", 0)) as server, socket.create_connection(("::1", server.port), 5) as connection:
        connection.sendall(request_bytes("POST", "/", "Content-Length: 2", "Connection: close") + b"hi")
        assert everything(connection).endswith(b"\r\n\r\nhi")
        assert server.base_url == f"http://[::1]:{server.port}"


def test_a_taken_address_is_an_error_at_the_start() -> None:
    with EchoServer() as server, pytest.raises(OSError, match="in use"):
        EchoServer(("127.0.0.1", server.port)).start()


def test_a_connection_serves_several_requests_until_the_client_wants_no_more() -> None:
    two = request_bytes("POST", "/", "Content-Length: 1") + b"a"
    two += request_bytes("POST", "/", "Content-Length: 1", "Connection: close") + b"b"
    with EchoServer() as server, dial(server.port, two) as connection:
        assert everything(connection).count(b"HTTP/1.1 200 OK") == 2
        assert len(server.requests) == 2


def test_a_client_that_waits_for_the_go_ahead_gets_it() -> None:
    head = request_bytes("POST", "/", "Content-Length: 2", "Expect: 100-continue", "Connection: close")
    with EchoServer() as server, dial(server.port, head) as connection:
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ok")
        assert everything(connection).endswith(b"ok")


def test_what_is_not_http_gets_a_400_and_the_end() -> None:
    with EchoServer() as server, dial(server.port, b"\x16\x03\x01 hello\r\n\r\n") as connection:
        assert everything(connection).startswith(b"HTTP/1.1 400 ")
        assert server.requests == []


def test_a_body_beyond_the_bound_is_refused() -> None:
    with EchoServer() as server:
        reply = ask(server.port, "POST", "/", body=b"x" * (256 * 1024 + 1))
    assert reply.status == 413


def test_the_record_has_names_and_the_host_and_no_other_value() -> None:
    with ImdsServer(ImdsConfig()) as server:
        ask(server.port, "GET", "/latest/meta-data/mac?token=secret-in-query", {TOKEN: "secret-in-header", "Host": "h"})
        record = server.requests[0]
    assert (record.method, record.path, record.host) == ("GET", "/latest/meta-data/mac", "h")
    assert "x-aws-ec2-metadata-token" in record.header_names
    assert "secret" not in repr(record)


def test_requests_show_neither_headers_nor_query_nor_body_in_their_repr() -> None:
    request = Request(
        method="POST", target="/p?secret=1", headers=(("authorization", "secret"),), body=b"secret", keep_alive=True
    )
    assert repr(request) == "Request(POST /p)"


@pytest.mark.parametrize(
    ("target", "host", "path"),
    [
        ("/a%20b?c=d", "own.example", "/a b"),
        ("http://other.example:8080/x?y", "other.example:8080", "/x"),
        ("http://[broken/x", "[broken", "/x"),
        ("http://other.example", "other.example", "/"),
        ("//double/slash", "own.example", "//double/slash"),
        ("other.example:443", "own.example", "other.example:443"),
    ],
)
def test_targets_of_every_form_are_taken_apart(target: str, host: str, path: str) -> None:
    request = Request(method="GET", target=target, headers=(("host", "own.example"),), body=b"", keep_alive=True)
    assert (request.host, request.path) == (host, path)


def test_the_hook_sees_the_method_before_the_answer_leaves_on_its_own_connection() -> None:
    with EchoServer() as server:
        ask(server.port, "PUT", "/")
        assert [method for _, method in server.hooked] == ["PUT"]
        assert server.hooked[0][0] > 0


def test_connections_beyond_the_bound_are_ended_at_once_and_the_others_live() -> None:
    with EchoServer() as server:
        kept = [socket.create_connection(("127.0.0.1", server.port), 5) for _ in range(MAX_OPEN)]
        try:
            with socket.create_connection(("127.0.0.1", server.port), 5) as surplus:
                assert surplus.recv(1) == b""
            kept[-1].sendall(request_bytes("POST", "/", "Content-Length: 1") + b"a")
            assert kept[-1].recv(1000).endswith(b"a")
        finally:
            for one in kept:
                one.close()


def test_closing_ends_idle_connections_and_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    server = EchoServer().start()
    with dial(server.port, request_bytes("GET", "/")) as idle:
        assert idle.recv(1000).startswith(b"HTTP/1.1 200 OK")
        server.close()
        assert idle.recv(1) == b""
    assert set(threading.enumerate()) <= before


def test_closing_twice_is_harmless() -> None:
    server = EchoServer().start()
    server.close()
    server.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), 5)


def test_two_servers_share_nothing() -> None:
    with EchoServer() as first, EchoServer() as second:
        ask(first.port, "GET", "/")
        assert (len(first.requests), len(second.requests)) == (1, 0)
