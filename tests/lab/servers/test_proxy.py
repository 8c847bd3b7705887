"""The forward proxy, asked by httpx as SDKs ask one."""

import ssl
from pathlib import Path

import httpx
import pytest

from probe.lab.servers import (
    Canaries,
    Fault,
    FaultKind,
    ForwardProxy,
    ImdsConfig,
    ImdsServer,
    LabAuthority,
    LabServer,
    ProxyConfig,
    mint_credentials,
    refusing_port,
)
from tests.lab.servers.asking import TOKEN_TTL, dial

IMDS = "http://169.254.169.254"


def through(proxy: ForwardProxy, verify: ssl.SSLContext | None = None) -> httpx.Client:
    """A client that sends everything to the proxy; the names it asks for are never resolved here."""
    return httpx.Client(trust_env=False, proxy=proxy.base_url, verify=verify or ssl.create_default_context(), timeout=5)


def leading_to(server: LabServer, name: str) -> ProxyConfig:
    return ProxyConfig(targets={name: server.port})


def test_a_plain_request_is_forwarded_to_the_port_that_stands_for_its_host() -> None:
    with (
        ImdsServer(ImdsConfig(tokens="optional")) as imds,
        ForwardProxy(leading_to(imds, "169.254.169.254:80")) as proxy,
        through(proxy) as client,
    ):
        reply = client.get(f"{IMDS}/latest/meta-data/placement/region")
        assert (reply.text, reply.headers["server"]) == ("eu-west-1", "EC2ws")
        assert imds.requests[0].host == "169.254.169.254"
        assert "x-forwarded-for" in imds.requests[0].header_names


def test_a_forwarded_token_put_is_refused_by_imds() -> None:
    with (
        ImdsServer(ImdsConfig()) as imds,
        ForwardProxy(leading_to(imds, "169.254.169.254:80")) as proxy,
        through(proxy) as client,
    ):
        assert client.put(f"{IMDS}/latest/api/token", headers={TOKEN_TTL: "60"}).status_code == 403


def test_connect_tunnels_bytes_without_touching_them(tmp_path: Path, canaries: Canaries) -> None:
    authority = LabAuthority(tmp_path)
    name = "sts.eu-west-1.amazonaws.com"
    trust = ssl.create_default_context(cafile=str(authority.ca_pem_path))
    config = ImdsConfig(tokens="optional", credentials=mint_credentials(canaries))
    with (
        ImdsServer(config, tls=authority.server_context(name)) as inside,
        ForwardProxy(leading_to(inside, f"{name}:443")) as proxy,
        through(proxy, trust) as client,
    ):
        assert client.get(f"https://{name}/latest/meta-data/mac").status_code == 200
        assert [(one.method, one.path, one.routes) for one in proxy.requests] == [
            ("CONNECT", f"{name}:443", ("connect",))
        ]
        assert "x-forwarded-for" not in inside.requests[0].header_names


def test_a_host_that_is_not_a_target_cannot_be_reached() -> None:
    with ForwardProxy(ProxyConfig()) as proxy, through(proxy) as client:
        assert client.get("http://example.com/").status_code == 502
        with pytest.raises(httpx.ProxyError, match="502"):
            client.get("https://example.com/")


def test_a_target_that_nobody_listens_on_is_a_bad_gateway() -> None:
    with refusing_port() as port:
        config = ProxyConfig(targets={"example.com:80": port})
        with ForwardProxy(config) as proxy, through(proxy) as client:
            assert client.get("http://example.com/").status_code == 502


def test_a_refusing_proxy_sends_its_page() -> None:
    with ForwardProxy(ProxyConfig(mode="refuses")) as proxy, through(proxy) as client:
        reply = client.get(f"{IMDS}/latest/meta-data/")
        assert (reply.status_code, reply.headers["server"]) == (403, "example-proxy")
        assert "<title>Access Denied</title>" in reply.text
        with pytest.raises(httpx.ProxyError, match="403"):
            client.get("https://sts.amazonaws.com/")


def test_a_proxy_that_wants_a_login_says_which() -> None:
    with ForwardProxy(ProxyConfig(mode="auth")) as proxy, through(proxy) as client:
        reply = client.get(f"{IMDS}/")
        assert (reply.status_code, reply.headers["proxy-authenticate"]) == (407, 'Basic realm="EXAMPLE proxy"')


def test_a_stalled_proxy_reads_and_never_answers() -> None:
    with (
        ForwardProxy(ProxyConfig(mode="stall")) as proxy,
        through(proxy) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.get(f"{IMDS}/", timeout=0.2)


def test_closing_ends_an_open_tunnel() -> None:
    with ImdsServer(ImdsConfig()) as inside:
        proxy = ForwardProxy(leading_to(inside, "h:443")).start()
        with dial(proxy.port, b"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n") as tunnel:
            assert tunnel.recv(100) == b"HTTP/1.1 200 Connection established\r\n\r\n"
            proxy.close()
            assert tunnel.recv(1) == b""


def test_a_fault_strikes_the_first_tunnel_only(tmp_path: Path) -> None:
    authority = LabAuthority(tmp_path)
    trust = ssl.create_default_context(cafile=str(authority.ca_pem_path))
    fault = Fault(kind=FaultKind.ANSWER, route="connect", status=503, first=1)
    with ImdsServer(ImdsConfig(tokens="optional"), tls=authority.server_context("h")) as inside:
        config = ProxyConfig(targets={"h:443": inside.port}, faults=(fault,))
        with ForwardProxy(config) as proxy, through(proxy, trust) as client:
            with pytest.raises(httpx.ProxyError, match="503"):
                client.get("https://h/latest/meta-data/mac")
            assert client.get("https://h/latest/meta-data/mac").status_code == 200
