"""TLS with the lab's certificates, judged by the ssl module."""

import socket
import ssl
import sys
from pathlib import Path

import httpx
import pytest

from probe.lab.servers import ImdsConfig, ImdsServer, LabAuthority, LabToolMissingError
from probe.lab.servers.tls import INSPECTION_ISSUER
from tests.lab.servers.asking import ended

NAME = "sts.eu-west-1.amazonaws.com"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LabAuthority:
    return LabAuthority(tmp_path_factory.mktemp("authority"))


def handshake(context: ssl.SSLContext, ca: Path, name: str = NAME) -> dict[str, object]:
    """The certificate that a client which trusts `ca` is shown under `name`."""
    client = ssl.create_default_context(cafile=str(ca))
    with (
        ImdsServer(ImdsConfig(), tls=context) as server,
        socket.create_connection(("127.0.0.1", server.port), 5) as plain,
        client.wrap_socket(plain, server_hostname=name) as secured,
    ):
        return dict(secured.getpeercert() or {})


def test_a_good_certificate_is_accepted_and_requests_are_served(authority: LabAuthority) -> None:
    trust = ssl.create_default_context(cafile=str(authority.ca_pem_path))
    with (
        ImdsServer(ImdsConfig(tokens="optional"), tls=authority.server_context("127.0.0.1")) as server,
        httpx.Client(trust_env=False, verify=trust) as client,
    ):
        assert client.get(f"{server.base_url}/latest/meta-data/placement/region").text == "eu-west-1"
        assert server.base_url.startswith("https://")


def test_an_expired_certificate_is_refused_for_its_date(authority: LabAuthority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate has expired"):
        handshake(authority.expired_context(NAME), authority.ca_pem_path)


def test_a_certificate_for_another_host_is_refused_for_its_name(authority: LabAuthority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(authority.wrong_host_context(), authority.ca_pem_path)


def test_an_intercepted_connection_is_not_trusted(authority: LabAuthority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        handshake(authority.interception_context(NAME), authority.ca_pem_path)


def test_the_inspecting_authority_names_itself_as_issuer(authority: LabAuthority) -> None:
    shown = handshake(authority.interception_context(NAME), authority.inspection_ca_pem_path)
    assert (("organizationName", INSPECTION_ISSUER),) in shown["issuer"]  # type: ignore[operator]  # ssl tells more
    assert INSPECTION_ISSUER == "EXAMPLE Corporate TLS Inspection CA"


def test_a_stalled_handshake_is_a_connection_that_stays_silent(authority: LabAuthority) -> None:
    context = authority.server_context(NAME)
    client = ssl.create_default_context(cafile=str(authority.ca_pem_path))
    with (
        ImdsServer(ImdsConfig(), tls=context, handshake_stall=True) as server,
        socket.create_connection(("127.0.0.1", server.port), 0.2) as plain,
        pytest.raises(TimeoutError),
    ):
        client.wrap_socket(plain, server_hostname=NAME)


def test_closing_ends_a_handshake_that_never_comes(authority: LabAuthority) -> None:
    server = ImdsServer(ImdsConfig(), tls=authority.server_context(NAME)).start()
    with socket.create_connection(("127.0.0.1", server.port), 5) as silent:
        server.close()
        assert ended(silent)


def test_a_handshake_does_not_begin_on_a_server_that_is_closing(
    authority: LabAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = authority.server_context(NAME)
    server = ImdsServer(ImdsConfig(), tls=context).start()
    wrap = context.wrap_socket

    def close_meanwhile(plain: socket.socket, *, server_side: bool, do_handshake_on_connect: bool) -> ssl.SSLSocket:
        wrapped = wrap(plain, server_side=server_side, do_handshake_on_connect=do_handshake_on_connect)
        server._closed.set()  # as close() begins; it looks for open sockets before this one is among them
        return wrapped

    monkeypatch.setattr(context, "wrap_socket", close_meanwhile)
    with socket.create_connection(("127.0.0.1", server.port), 5) as silent:
        assert ended(silent)
    server.close()


def test_the_missing_package_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(LabToolMissingError, match=r"aws-credential-probe\[lab\]") as raised:
        LabAuthority(tmp_path)
    assert "\n" not in str(raised.value)
