"""TLS as a step of its own, against real handshakes on loopback."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from probe.evidence import Ending, Handshake
from probe.lab.network import LabNetwork
from probe.lab.servers import LabAuthority, StsConfig, StsServer, refusing_port
from probe.wire.deadline import Deadline
from probe.wire.tls import handshake, name_of, trusting, trusting_nobody, trusting_only

HOST = "sts.eu-west-1.amazonaws.com"
ADDRESS = "198.51.100.10"


@pytest.fixture
def authority(tmp_path: Path) -> LabAuthority:
    return LabAuthority(tmp_path)


def shaken(port: int, authority: LabAuthority, *, seconds: float = 5.0, host: str = HOST) -> Handshake:
    """Handshake with a port as if it were STS, trusting the lab's authority."""
    network = LabNetwork(dial={f"{ADDRESS}:443": str(port)}, names={host: [ADDRESS]})
    context = trusting(str(authority.ca_pem_path))
    return handshake(network, host, 443, context, roots="default", deadline=Deadline.after(seconds))


@contextmanager
def serving(authority: LabAuthority, kind: str) -> Iterator[StsServer]:
    contexts: dict[str, Callable[[], ssl.SSLContext]] = {
        "good": lambda: authority.server_context(HOST),
        "expired": lambda: authority.expired_context(HOST),
        "wrong-host": authority.wrong_host_context,
        "interception": lambda: authority.interception_context(HOST),
    }
    with StsServer(StsConfig(), tls=contexts[kind]()) as server:
        yield server


def test_a_trusted_certificate_is_connected_and_tells_its_issuer(authority: LabAuthority) -> None:
    with serving(authority, "good") as server:
        done = shaken(server.port, authority)
    assert (done.ending, done.error) == (Ending.CONNECTED, None)
    assert done.issuer == "EXAMPLE Lab Certificate Authority"


def test_a_handshake_sends_no_request(authority: LabAuthority) -> None:
    with serving(authority, "interception") as server:
        shaken(server.port, authority)
    assert server.requests == []


@pytest.mark.parametrize(
    ("kind", "issuer", "words"),
    [
        ("interception", "EXAMPLE Corporate TLS Inspection CA", "unable to get local issuer"),
        ("expired", "EXAMPLE Lab Certificate Authority", "expired"),
        ("wrong-host", "EXAMPLE Lab Certificate Authority", "mismatch"),
    ],
)
def test_a_certificate_that_is_not_trusted_still_tells_who_issued_it(
    authority: LabAuthority, kind: str, issuer: str, words: str
) -> None:
    with serving(authority, kind) as server:
        done = shaken(server.port, authority)
    assert done.ending is Ending.TLS_UNTRUSTED
    assert done.issuer == issuer
    assert done.error
    assert words in done.error


def test_a_server_that_never_answers_the_handshake_is_a_timeout(authority: LabAuthority) -> None:
    with StsServer(StsConfig(), handshake_stall=True) as server:
        assert shaken(server.port, authority, seconds=0.5).ending is Ending.TLS_TIMEOUT


def test_a_server_without_tls_is_a_failure_and_not_distrust(authority: LabAuthority) -> None:
    with StsServer(StsConfig()) as server:
        done = shaken(server.port, authority)
    assert done.ending is Ending.TLS_FAILED
    assert done.issuer is None


def test_a_server_that_trickles_one_byte_at_a_time_is_ended_by_the_deadline(authority: LabAuthority) -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def trickle() -> None:
            connection, _ = listener.accept()
            with connection:
                # A TLS record that announces 16 KiB and never has them.
                for byte in b"\x16\x03\x03\x40\x00" + b"\x02" * 1000:
                    if stop.wait(0.05):
                        return
                    try:
                        connection.sendall(bytes([byte]))
                    except OSError:
                        return

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        done = shaken(listener.getsockname()[1], authority, seconds=0.5)
        stop.set()
        thread.join(5)
    assert done.ending is Ending.TLS_TIMEOUT


def test_a_refused_connection_keeps_its_own_ending(authority: LabAuthority) -> None:
    with refusing_port() as port:
        done = shaken(port, authority)
    assert (done.ending, done.error) == (Ending.REFUSED, "ECONNREFUSED")


@pytest.mark.parametrize("host", ["a" * 64 + ".example.com", ".example.com"])
def test_a_host_that_tls_cannot_carry_is_a_failure_and_not_a_crash(authority: LabAuthority, host: str) -> None:
    with serving(authority, "good") as server:
        assert shaken(server.port, authority, host=host).ending is Ending.TLS_FAILED


def test_a_bundle_with_comments_in_any_language_is_read(authority: LabAuthority) -> None:
    bundle = "# Zertifikat für Prüfzwecke\n".encode() + authority.ca_pem_path.read_bytes()
    network_names = {HOST: [ADDRESS]}
    with serving(authority, "good") as server:
        network = LabNetwork(dial={f"{ADDRESS}:443": str(server.port)}, names=network_names)
        done = handshake(network, HOST, 443, trusting_only(bundle), roots="AWS_CA_BUNDLE", deadline=Deadline.after(5))
    assert (done.ending, done.roots) == (Ending.CONNECTED, "AWS_CA_BUNDLE")


def test_a_context_that_trusts_nobody_trusts_nobody(authority: LabAuthority) -> None:
    with serving(authority, "good") as server:
        network = LabNetwork(dial={f"{ADDRESS}:443": str(server.port)}, names={HOST: [ADDRESS]})
        done = handshake(network, HOST, 443, trusting_nobody(), roots="AWS_CA_BUNDLE", deadline=Deadline.after(5))
    assert done.ending is Ending.TLS_UNTRUSTED


def test_names_of_a_certificate_are_made_printable_and_cut() -> None:
    hostile = {"issuer": ((("organizationName", "Evil\x1b[31m\nCorp" + "x" * 500),), (("commonName", "CA"),))}
    told = name_of(hostile, "issuer")
    assert told
    assert told.isprintable()
    assert len(told) < 200
    assert name_of({}, "issuer") is None
