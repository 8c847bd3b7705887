"""Clients that are slow, many, rude or gone."""

import asyncio
import contextlib
import socket
import threading
from http import HTTPStatus

import pytest

from probe.serve.http.addresses import Address
from probe.serve.http.connection import BoundedConnection
from probe.serve.http.listener import Listener
from probe.serve.http.server import HttpServer, Limits, ListenError, Listeners
from tests.serve.http.support import (
    ON_LOOPBACK,
    PATIENCE,
    Events,
    ToldSidecar,
    ask,
    connected,
    impatient,
    read_to_end,
    read_until,
    replace_metrics,
    serving,
)

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST_GET = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
SCRAPE = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
LARGE = 8 * 1024 * 1024


def test_five_hundred_idle_connections_do_not_keep_the_kubelet_out() -> None:
    with contextlib.ExitStack() as closing, serving() as server:
        for address in (server.public, server.private):
            for _ in range(250):
                closing.enter_context(connected(address))
            assert ask(address, "/healthz").status == HTTPStatus.OK


def test_five_hundred_unfinished_requests_do_not_keep_the_kubelet_out() -> None:
    with contextlib.ExitStack() as closing, serving() as server:
        for _ in range(500):
            closing.enter_context(connected(server.public, SCRAPE[:-2]))
        assert ask(server.public, "/healthz").status == HTTPStatus.OK


def test_scrapers_that_never_read_do_not_keep_the_kubelet_out() -> None:
    with contextlib.ExitStack() as closing, serving(tellers=replace_metrics(LARGE)) as server:
        for _ in range(30):
            closing.enter_context(connected(server.public, SCRAPE))
            assert ask(server.public, "/healthz").status == HTTPStatus.OK


def test_the_connection_that_did_nothing_for_longest_makes_room() -> None:
    with serving(limits=Limits(connections=2)) as server:
        oldest, older = connected(server.public), connected(server.public)
        for sock in (oldest, older, oldest):
            sock.sendall(GET)
            assert read_until(sock, b"ok\n").startswith(b"HTTP/1.1 200 ")
        with connected(server.public, LAST_GET) as newest:
            assert read_to_end(older) == b""
            assert read_to_end(newest).endswith(b"ok\n")
        oldest.sendall(LAST_GET)
        assert read_to_end(oldest).endswith(b"ok\n")


def test_a_client_that_never_sends_a_whole_request_is_dropped() -> None:
    with serving(limits=impatient()) as server:
        silent = connected(server.public)
        slow = connected(server.public, b"GET /hea")
        trickling = threading.Thread(target=_trickle, args=(slow,))
        trickling.start()
        assert read_to_end(silent) == b""
        trickling.join(PATIENCE)
        assert not trickling.is_alive()


def test_a_client_that_announces_a_body_and_never_sends_it_is_dropped() -> None:
    with serving(limits=impatient()) as server:
        sent = b"POST /walk HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        assert read_to_end(connected(server.private, sent)).startswith(b"HTTP/1.1 202")


def test_the_body_of_an_answer_does_not_wait_for_its_head_to_be_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    undelayed = []
    made = BoundedConnection.connection_made

    def look(connection: BoundedConnection, transport: asyncio.Transport) -> None:
        made(connection, transport)
        undelayed.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(BoundedConnection, "connection_made", look)
    with serving() as server:
        assert ask(server.public, "/healthz").status == HTTPStatus.OK
    assert undelayed
    assert all(undelayed)


def test_a_connection_is_kept_between_two_scrapes_and_not_for_ever() -> None:
    with serving(limits=impatient()) as server, connected(server.public) as kept:
        for _ in range(2):
            kept.sendall(GET)
            assert read_until(kept, b"ok\n").startswith(b"HTTP/1.1 200 ")
        assert kept.recv(1) == b""


def test_a_scraper_that_never_reads_is_dropped() -> None:
    with serving(limits=impatient(), tellers=replace_metrics(LARGE)) as server:
        sock = connected(server.public, SCRAPE)
        _wait_for_a_reset(sock)
        assert len(read_to_end(sock)) < LARGE


def test_what_waits_for_a_scraper_that_pipelines_and_never_reads_is_one_answer() -> None:
    written: list[object] = []
    with serving(tellers=replace_metrics(LARGE, written.append)) as server:
        with connected(server.public, SCRAPE * 50), connected(server.public, LAST_GET) as other:
            assert read_to_end(other).endswith(b"ok\n")
        assert len(written) <= 1


def test_a_slow_scraper_gets_all_of_it() -> None:
    with serving(tellers=replace_metrics(LARGE)) as server:
        sock = connected(server.public, SCRAPE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        received = sock.recv(1000) + read_to_end(sock)
    assert len(received.partition(b"\r\n\r\n")[2]) == LARGE


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 300,
        b"\x00\xff\xfe\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=["TLS", "binary", "no Host", "negative length", "long length", "bad header", "HTTP/2"],
)
def test_garbage_is_refused_and_the_connection_closed(garbage: bytes) -> None:
    with serving() as server:
        answer = read_to_end(connected(server.public, garbage))
        assert ask(server.public, "/healthz").status == HTTPStatus.OK
    assert b"HTTP/1.1 400 " in answer
    assert b"x-content-type-options: nosniff" in answer


def test_garbage_in_the_middle_of_a_body_closes_the_connection() -> None:
    with serving() as server:
        sent = b"POST /walk HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n"
        assert b"HTTP/1.1 202" not in read_to_end(connected(server.private, sent))
        assert ask(server.private, "/healthz").status == HTTPStatus.OK


def test_a_head_that_is_too_long_is_refused() -> None:
    with serving() as server, connected(server.public) as sock:
        with contextlib.suppress(OSError):
            sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nCookie: ")
            for _ in range(1000):
                sock.sendall(b"a" * 1000)
        assert b"200 OK" not in read_to_end(sock)
        assert ask(server.public, "/healthz").status == HTTPStatus.OK


def test_a_browser_with_many_cookies_is_answered() -> None:
    with serving() as server:
        assert ask(server.private, "/", headers={"Cookie": "a=" + "b" * 12_000}).status == HTTPStatus.OK


@pytest.mark.parametrize("length", [b"Content-Length: 1000000000", b"Transfer-Encoding: chunked"])
def test_a_long_body_is_refused_before_it_comes(length: bytes) -> None:
    sidecar = ToldSidecar()
    with serving(sidecar) as server:
        head = b"POST /walk HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + length + b"\r\n\r\n"
        assert read_to_end(connected(server.private, head)).startswith(b"HTTP/1.1 413 ")
    assert sidecar.walks == 0


def test_requests_that_come_at_once_are_answered_one_by_one() -> None:
    with serving() as server:
        told = read_to_end(connected(server.public, GET * 20 + LAST_GET))
    assert told.count(b"HTTP/1.1 200 OK") == told.count(b"\r\n\r\nok\n") == 21


def test_a_request_that_comes_byte_by_byte_is_answered() -> None:
    with serving() as server:
        sock = connected(server.public)
        for byte in LAST_GET:
            sock.sendall(bytes([byte]))
        assert read_to_end(sock).endswith(b"ok\n")


def test_an_old_client_without_a_host_is_answered_on_the_public_listener() -> None:
    with serving() as server:
        assert read_to_end(connected(server.public, b"GET /healthz HTTP/1.0\r\n\r\n")).endswith(b"ok\n")
        assert b" 421 " in read_to_end(connected(server.private, b"GET /healthz HTTP/1.0\r\n\r\n"))


def test_a_client_who_claims_another_address_is_who_he_is() -> None:
    with serving() as server:
        assert ask(server.private, "/healthz", headers={"X-Forwarded-For": "10.0.0.1"}).status == HTTPStatus.OK
        assert ask(server.private, "/healthz", headers={"Upgrade": "websocket", "Connection": "Upgrade"}).status == 200


def test_the_private_listener_hangs_up_on_a_peer_that_is_not_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    peers = iter([("10.0.0.7", 40_000), ("127.0.0.1", 40_001)])
    monkeypatch.setattr("uvicorn.protocols.http.h11_impl.get_remote_addr", lambda _: next(peers))
    with serving() as server:
        assert read_to_end(connected(server.private, GET)) == b""
        assert read_to_end(connected(server.private, LAST_GET)).endswith(b"ok\n")


def test_stopping_drops_whoever_is_there() -> None:
    with contextlib.ExitStack() as closing, serving(tellers=replace_metrics(LARGE)) as server:
        idle = closing.enter_context(connected(server.public))
        used = closing.enter_context(connected(server.private, GET))
        assert read_until(used, b"ok\n").startswith(b"HTTP/1.1 200 ")
        deaf = closing.enter_context(connected(server.public, SCRAPE))
        unfinished = closing.enter_context(connected(server.private, GET[:-4]))
        assert deaf.recv(10) == b"HTTP/1.1 2"
        server.stop()
        assert not server.is_running()
        for sock in (idle, used, unfinished):
            assert read_to_end(sock) == b""
        assert len(read_to_end(deaf)) < LARGE
        with pytest.raises(ConnectionRefusedError):
            connected(server.public)
        server.stop()


def test_a_port_is_free_again_when_the_block_is_left() -> None:
    with serving() as server:
        assert read_to_end(connected(server.public, LAST_GET)).endswith(b"ok\n")
        again = Listeners(public=server.public, private=server.private)
        with pytest.raises(ListenError, match="another process listens there already"):
            HttpServer(ToldSidecar(), again, log=Events()).__enter__()
    with HttpServer(ToldSidecar(), again, log=Events()) as second:
        assert ask(second.public, "/healthz").status == HTTPStatus.OK


def test_nothing_listens_when_the_second_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as other:
        free = other.getsockname()[1]
        other.close()
        listeners = Listeners(
            public=Address(host="127.0.0.1", port=free),
            private=Address(host="127.0.0.1", port=taken.getsockname()[1]),
        )
        server = HttpServer(ToldSidecar(), listeners, log=Events())
        with pytest.raises(ListenError):
            server.__enter__()
        assert not server.is_running()
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            connected(listeners.public)


def test_a_server_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(asyncio.SelectorEventLoop, "create_server", fail)
    events = Events()
    with pytest.raises(ExceptionGroup):
        HttpServer(ToldSidecar(), ON_LOOPBACK, log=events).__enter__()
    assert events.errors == []


def test_a_server_that_dies_is_seen_to_be_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    async def up_and_down(listener: Listener) -> None:
        listener.up.set()
        await asyncio.sleep(0.05)
        raise RuntimeError("AKIAIOSFODNN7EXAMPLE")

    events = Events()
    monkeypatch.setattr(Listener, "main_loop", up_and_down)
    with HttpServer(ToldSidecar(), ON_LOOPBACK, log=events) as server:
        assert server._thread is not None
        server._thread.join(PATIENCE)
        assert not server.is_running()
    assert [error["event"] for error in events.errors] == ["http.ended"]
    assert "EXAMPLE" not in str(events.errors)


def test_nothing_is_written_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with serving() as server:
        read_to_end(connected(server.public, b"garbage\r\n\r\n"))
        ask(server.public, "/healthz", headers={"Upgrade": "websocket", "Connection": "Upgrade"})
        ask(server.public, "/nothing")
    assert capfd.readouterr() == ("", "")


def _trickle(sock: socket.socket) -> None:
    """Send a byte now and then, until nobody listens."""
    sock.settimeout(0.02)
    with sock, contextlib.suppress(ConnectionError):
        while True:
            with contextlib.suppress(TimeoutError):
                if sock.recv(1) == b"":
                    return
            sock.sendall(b"x")


def _wait_for_a_reset(sock: socket.socket) -> None:
    """Wait until the other side has gone, without taking anything of what it sent."""
    with pytest.raises(ConnectionError):
        _knock(sock)


def _knock(sock: socket.socket) -> None:
    for _ in range(1000):
        sock.sendall(b"\r\n")
        threading.Event().wait(0.01)
