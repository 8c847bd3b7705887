"""One request, once: every way in which it can end, and what is kept of it."""

import dataclasses
import os
import socket
import ssl
import struct
import threading
import time
import tracemalloc
from email.utils import formatdate

import pytest
import respx
from httpx import Response

from probe.evidence import Ending, Phases
from probe.lab.servers import refusing_port, silent_port
from probe.wire.deadline import Deadline
from probe.wire.exchange import BODY_LIMIT, Request, exchange
from probe.wire.network import RealNetwork
from tests.wire.scripted import RIGHT, Scripted, says, says_and_waits, send, serving

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LONGEST_HEAD = 200 * 1024


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def greet(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.recv(65536)


def begins_and_resets(connection: socket.socket) -> None:
    connection.sendall(RIGHT[:-2])
    resets(connection)


def drips(connection: socket.socket) -> None:
    for one in RIGHT:
        connection.sendall(bytes([one]))
        time.sleep(0.1)


def pours(connection: socket.socket) -> None:
    connection.sendall(CHUNKED)
    for _ in range(1024):
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def test_an_answer_is_told_with_its_status_and_server() -> None:
    with serving(says(RIGHT)) as server:
        answer = send(server.url("/path?secret=query"))
    told = answer.exchange
    assert (told.ending, told.status, told.server, told.body_bytes) == (Ending.ANSWERED, 200, "EC2ws", 5)
    assert told.url == server.url("/path")
    assert answer.body == b"right"


ENDINGS = {
    "nothing is sent": (says_and_waits(), Ending.NO_ANSWER),
    "the connection ends": (says(), Ending.CLOSED),
    "a reset": (resets, Ending.RESET),
    "a reset in the middle of the body": (begins_and_resets, Ending.INCOMPLETE),
    "a status line that stops": (says_and_waits(b"HTTP/1.1 2"), Ending.INCOMPLETE),
    "a head that stops": (says_and_waits(b"HTTP/1.1 200 OK\r\nServer: EC2ws\r\n"), Ending.INCOMPLETE),
    "a head that is cut off": (says(b"HTTP/1.1 200 OK\r\nServer"), Ending.INCOMPLETE),
    "a body that stops": (says_and_waits(RIGHT[:-2]), Ending.INCOMPLETE),
    "a body that is cut off": (says(RIGHT[:-2]), Ending.INCOMPLETE),
    "a chunk that is cut off": (says(CHUNKED + b"5\r\nri"), Ending.INCOMPLETE),
    "garbage": (says(b"\x16\x03\x01\x02\x00\r\n\r\n"), Ending.NOT_HTTP),
    "garbage that goes on for ever": (says_and_waits(b"\x16\x03\x01\x02\x00"), Ending.NOT_HTTP),
    "the greeting of another protocol": (says_and_waits(b"SSH-2.0-OpenSSH_9.6\r\n"), Ending.NOT_HTTP),
    "a greeting and the end": (says(b"220 mail.example.com ESMTP\r\n"), Ending.NOT_HTTP),
    "a head without end": (says(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * (LONGEST_HEAD // 6)), Ending.NOT_HTTP),
    "a header without end": (says(b"HTTP/1.1 200 OK\r\nX: " + b"y" * LONGEST_HEAD), Ending.NOT_HTTP),
    "a chunk's size without end": (says(CHUNKED + b"5;" + b"x" * LONGEST_HEAD), Ending.INCOMPLETE),
    "interim answers without end": (says_and_waits(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2000), Ending.INCOMPLETE),
}


@pytest.mark.parametrize("what", ENDINGS)
def test_every_misbehaviour_has_its_ending(what: str) -> None:
    script, ending = ENDINGS[what]
    with serving(script) as server:
        told = send(server.url()).exchange
    assert told.ending is ending
    assert told.address == "127.0.0.1"


def test_a_refused_connection() -> None:
    with refusing_port() as port:
        told = send(f"http://127.0.0.1:{port}/").exchange
    assert (told.ending, told.error_name, told.status) == (Ending.REFUSED, "ECONNREFUSED", None)
    assert told.phases == Phases()


def test_a_connection_that_nobody_answers() -> None:
    with silent_port() as port:
        told = send(f"http://127.0.0.1:{port}/").exchange
    assert (told.ending, told.phases.connected) == (Ending.CONNECT_TIMEOUT, None)


def test_a_handshake_with_something_that_speaks_no_tls() -> None:
    request = Request(method="GET", url="https://127.0.0.1:{}/", context=ssl.create_default_context())
    with socket.create_server(("127.0.0.1", 0)) as plain:
        thread = threading.Thread(target=greet, args=(plain,))
        thread.start()
        url = request.url.format(plain.getsockname()[1])
        told = exchange(RealNetwork(), dataclasses.replace(request, url=url), Deadline.after(5)).exchange
        thread.join(5)
    assert told.ending is Ending.TLS_FAILED
    assert told.phases.connected is not None
    assert told.phases.secured is None


def test_a_handshake_that_is_never_answered() -> None:
    context = ssl.create_default_context()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        request = Request(method="GET", url=url, context=context, answer_seconds=0.3)
        told = exchange(RealNetwork(), request, Deadline.after(5)).exchange
    assert told.ending is Ending.TLS_TIMEOUT


def test_one_byte_at_a_time_ends_at_the_patience_and_not_later() -> None:
    """The whole answer would take six seconds, each byte of it a tenth: a timeout for each read would never strike."""
    with serving(drips) as server:
        told = send(server.url(), seconds=0.5).exchange
    assert told.ending is Ending.INCOMPLETE
    assert told.status is None


def test_one_byte_at_a_time_ends_at_the_deadline_of_the_walk() -> None:
    with serving(drips) as server:
        deadline = Deadline.after(0.5)
        request = Request(method="GET", url=server.url(), answer_seconds=30.0)
        told = exchange(RealNetwork(), request, deadline).exchange
    assert told.ending is Ending.INCOMPLETE
    assert told.status is None
    assert deadline.passed()


def test_after_the_deadline_nobody_is_even_connected_to() -> None:
    with serving(says(RIGHT)) as server:
        told = send(server.url(), deadline=0.0).exchange
    assert told.ending is Ending.CONNECT_TIMEOUT
    assert server.received == []


def test_a_body_without_end_is_cut_and_never_held() -> None:
    with serving(pours) as server:
        send(server.url())  # whatever is imported or cached once is not what is measured
        tracemalloc.start()
        try:
            answer = send(server.url(), seconds=5.0)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert answer.exchange.ending is Ending.TOO_LARGE
    assert answer.exchange.status == 200
    assert len(answer.body) == BODY_LIMIT
    assert most < 2 * 1024 * 1024


def test_a_body_of_just_the_limit_is_whole() -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {BODY_LIMIT}\r\n\r\n".encode()
    with serving(says(head + b"x" * BODY_LIMIT)) as server:
        told = send(server.url(), seconds=5.0).exchange
    assert (told.ending, told.body_bytes) == (Ending.ANSWERED, BODY_LIMIT)


@pytest.mark.parametrize(
    "location", [b"http://127.0.0.1:1/", b"//[broken", b"http://\xff\xfe/", b"javascript:alert(1)", b""]
)
def test_a_redirect_is_told_and_never_followed_wherever_it_leads(location: bytes) -> None:
    with serving(says(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n")) as server:
        answer = send(server.url())
    assert (answer.exchange.ending, answer.exchange.status) == (Ending.ANSWERED, 302)
    assert len(server.received) == 1


def test_a_cookie_is_not_kept() -> None:
    both = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: session=1; Path=/\r\n\r\n"
    with serving(says(both)) as server:
        assert "set-cookie" not in send(server.url()).headers
        send(server.url())
    assert b"cookie" not in b"".join(server.received).lower()


def test_a_compressed_body_is_left_as_it_came() -> None:
    with serving(says(RIGHT.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"))) as server:
        answer = send(server.url())
    assert (answer.exchange.ending, answer.body) == (Ending.ANSWERED, b"right")


def test_only_what_is_needed_is_sent() -> None:
    with serving(says(RIGHT)) as server:
        send(server.url("/latest/meta-data/"))
    lines = server.received[0].decode().lower().split("\r\n")
    assert lines[0] == "get /latest/meta-data/ http/1.1"
    assert {line.partition(":")[0] for line in lines[1:] if line} == {"host", "user-agent", "accept"}


def test_proxy_variables_have_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says(RIGHT)) as server, serving(says(b"HTTP/1.1 502 Proxy\r\n\r\n")) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
            monkeypatch.setenv(name.lower(), proxy.url())
        told = send(server.url()).exchange
    assert (told.status, told.via_proxy) == (200, None)
    assert proxy.received == []
    assert "HTTP_PROXY" in os.environ


def test_certificate_variables_have_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    with serving(says(RIGHT)) as server:
        assert send(server.url()).exchange.status == 200


def test_the_kernel_tells_whether_a_request_without_an_answer_arrived() -> None:
    with serving(says_and_waits()) as server:
        told = send(server.url()).exchange
    assert (told.ending, told.request_acknowledged) == (Ending.NO_ANSWER, True)


def test_phases_come_in_their_order() -> None:
    with serving(says(RIGHT)) as server:
        phases = send(server.url()).exchange.phases
    reached = [phases.connected, phases.sent, phases.first_byte, phases.complete]
    in_order = [one for one in reached if one is not None]
    assert len(in_order) == 4
    assert sorted(in_order) == in_order
    assert phases.resolved is None
    assert phases.secured is None


def test_a_stall_has_the_phases_up_to_it() -> None:
    with serving(says_and_waits()) as server:
        phases = send(server.url()).exchange.phases
    assert phases.connected is not None
    assert phases.sent is not None
    assert phases.sent >= phases.connected
    assert (phases.first_byte, phases.complete) == (None, None)


@pytest.mark.parametrize("value", ["line\nbreak", "null\0byte", "not ascii ä"])
def test_a_header_that_http_cannot_carry_is_an_error_that_does_not_quote_it(value: str) -> None:
    with serving(says(RIGHT)) as server:
        request = Request(method="GET", url=server.url(), headers={"authorization": value})
        with pytest.raises(ValueError, match="cannot be written as HTTP") as raised:
            exchange(RealNetwork(), request, Deadline.after(5))
    assert value not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_nothing_secret_is_in_a_repr() -> None:
    request = Request(method="PUT", url="http://127.0.0.1/", headers={"x-token": "CANARY"}, body=b"CANARY")
    assert "CANARY" not in repr(request)
    with serving(says(RIGHT.replace(b"right", b"CANAR").replace(b"EC2ws", b"EC2ws\r\nX-Token: CANARY"))) as server:
        assert "CANAR" not in repr(send(server.url()))


ADDRESS = "http://169.254.169.254/"
"""Never dialled: respx answers in the place of the connection pool."""


@respx.mock(using="httpcore")
def test_the_difference_of_the_clocks_is_read_from_any_answer(respx_mock: respx.MockRouter) -> None:
    ahead = {"date": formatdate(time.time() + 3600, usegmt=True)}
    respx_mock.get(ADDRESS).mock(return_value=Response(403, headers=ahead))
    skew = send(ADDRESS).exchange.clock_skew_seconds
    assert skew is not None
    assert 3590 < skew < 3610


@respx.mock(using="httpcore")
def test_names_that_a_stranger_chose_are_cut_and_made_printable(respx_mock: respx.MockRouter) -> None:
    hostile = {b"server": b"x" * 500, b"content-type": b"text/\xe2\x80\x8bhtml\xe2\x80\xae", b"date": b"yesterday"}
    respx_mock.get(ADDRESS).mock(return_value=Response(200, headers=hostile))
    told = send(ADDRESS).exchange
    assert told.server == "x" * 80
    assert told.content_type == "text/html"
    assert told.clock_skew_seconds is None


def test_one_exchange_is_one_connection() -> None:
    with serving(says(RIGHT)) as server:
        assert isinstance(server, Scripted)
        send(server.url())
        send(server.url())
    assert len(server.received) == 2
