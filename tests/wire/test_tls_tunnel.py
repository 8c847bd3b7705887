"""The way through a proxy: a tunnel opens, is refused, or stays without an answer; the login is never shown."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from probe.evidence import Ending
from probe.lab.network import LabNetwork
from probe.lab.servers import ForwardProxy, LabAuthority, ProxyConfig, StsConfig, StsServer, refusing_port
from probe.secret import Secret
from probe.wire.deadline import Deadline
from probe.wire.exchange import Request, exchange
from probe.wire.tls import handshake, trusting
from probe.wire.tunnel import Proxy, TunnelError, TunnelNetwork

HOST = "sts.eu-west-1.amazonaws.com"
PASSWORD = "correct-horse-battery"


def proxy(login: str | None = None) -> Proxy:
    return Proxy(scheme="http", host="proxy.example.com", port=3128, login=Secret(login) if login else None)


def through(port: int, login: str | None = None) -> TunnelNetwork:
    """Return a network whose only way out is the proxy on this port."""
    inner = LabNetwork(dial={"192.0.2.80:3128": str(port)}, names={"proxy.example.com": ["192.0.2.80"]})
    return TunnelNetwork(inner, proxy(login))


@pytest.fixture
def authority(tmp_path: Path) -> LabAuthority:
    return LabAuthority(tmp_path)


@pytest.fixture
def sts(authority: LabAuthority) -> Iterator[StsServer]:
    with StsServer(StsConfig(), tls=authority.server_context(HOST)) as server:
        yield server


@contextmanager
def saying(answer: bytes) -> Iterator[int]:
    """Run a proxy that says this to the first connection, and keep what it was asked out of sight."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def test_a_request_through_a_tunnel_has_the_phases_of_a_direct_one(authority: LabAuthority, sts: StsServer) -> None:
    with ForwardProxy(ProxyConfig(targets={f"{HOST}:443": sts.port})) as server:
        request = Request(method="GET", url=f"https://{HOST}/", context=trusting(str(authority.ca_pem_path)))
        answer = exchange(through(server.port), request, Deadline.after(5))
    phases = answer.exchange.phases
    assert answer.exchange.ending is Ending.ANSWERED
    assert phases.connected is not None
    assert phases.secured is not None
    assert phases.first_byte is not None
    assert phases.connected < phases.secured < phases.first_byte
    assert [request.path for request in sts.requests] == ["/"]


def test_silence_inside_a_tunnel_is_the_targets_silence_and_not_the_proxys(authority: LabAuthority) -> None:
    with (
        StsServer(StsConfig(), handshake_stall=True) as mute,
        ForwardProxy(ProxyConfig(targets={f"{HOST}:443": mute.port})) as server,
    ):
        context = trusting(str(authority.ca_pem_path))
        done = handshake(through(server.port), HOST, 443, context, roots="default", deadline=Deadline.after(0.6))
    assert done.ending is Ending.TLS_TIMEOUT


@pytest.mark.parametrize(
    ("mode", "words"), [("refuses", "status 403 Forbidden"), ("auth", "status 407 Proxy Authentication Required")]
)
def test_a_refused_tunnel_is_the_proxys_failure_with_its_status(authority: LabAuthority, mode: str, words: str) -> None:
    config = ProxyConfig(mode=mode)  # type: ignore[arg-type]  # one of the modes, as the parameters say
    with ForwardProxy(config) as server:
        context = trusting(str(authority.ca_pem_path))
        network = through(server.port, f"user:{PASSWORD}")
        done = handshake(network, HOST, 443, context, roots="default", deadline=Deadline.after(5))
        request = Request(method="GET", url=f"https://{HOST}/", context=context)
        asked = exchange(network, request, Deadline.after(5))
    assert done.ending is asked.exchange.ending is Ending.PROXY_FAILED
    assert done.error
    assert done.error.endswith(words)


def test_a_proxy_that_never_answers_is_ended_by_the_deadline() -> None:
    with ForwardProxy(ProxyConfig(mode="stall")) as server, pytest.raises(TunnelError, match="no answer to CONNECT"):
        through(server.port).connect(HOST, 443, 0.4)


def test_a_proxy_that_cannot_be_reached_says_how() -> None:
    with refusing_port() as port, pytest.raises(TunnelError, match="refused"):
        through(port).connect(HOST, 443, 2)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"SSH-2.0-EXAMPLE\r\n\r\n", "not HTTP"),
        (b"", "not HTTP"),
        (b"HTTP/1.1 200", "not HTTP"),
        (b"HTTP/1.1 599 \xff\x1b[31m Our own words\r\n\r\n", "status 599"),
        (b"x" * 100_000, "not HTTP"),
    ],
)
def test_what_a_proxy_says_is_bounded_and_never_repeated(answer: bytes, words: str) -> None:
    with saying(answer) as port, pytest.raises(TunnelError) as caught:
        through(port).connect(HOST, 443, 5)
    assert words in str(caught.value)
    assert "Our own words" not in str(caught.value)
    assert str(caught.value).isprintable()


def test_the_login_is_sent_and_never_shown() -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 407 No\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(TunnelError) as caught:
            through(listener.getsockname()[1], f"user:{PASSWORD}").connect(HOST, 443, 5)
        thread.join(5)
    assert b"Proxy-Authorization: Basic dXNlcjpjb3JyZWN0LWhvcnNlLWJhdHRlcnk=" in asked[0]
    assert asked[0].startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n".encode())
    assert PASSWORD not in str(caught.value) + repr(proxy(f"user:{PASSWORD}")) + proxy(f"user:{PASSWORD}").name


def test_names_are_left_to_the_proxy() -> None:
    looked_up = through(1).lookup("sts.invalid", 443, 1)
    assert (looked_up.addresses, looked_up.error) == (("sts.invalid",), None)
