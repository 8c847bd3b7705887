"""The way to an endpoint of AWS, STS first of all: which certificates are trusted, and which proxy leads there."""

import re
import ssl
from dataclasses import field, replace
from functools import cached_property
from typing import Protocol
from urllib.parse import unquote
from weakref import WeakKeyDictionary

import httpcore

from probe.evidence import Connection, Ending, FileState, Handshake
from probe.parse.endpoint import UriProblem, read_container_uri
from probe.parse.proxy import ProxyVariables, bypasses_urllib, masked
from probe.records import dataclass
from probe.walk import Walk
from probe.wire.exchange import Answer, Request, exchange
from probe.wire.network import Network
from probe.wire.stream import connect
from probe.wire.tls import handshake, trusting, trusting_nobody, trusting_only
from probe.wire.tunnel import Proxy, TunnelNetwork

CONNECT_SECONDS = 3.2
"""Two SYN retransmissions, after one and three seconds, are given their chance."""
TLS_SECONDS = 4.5
ANSWER_SECONDS = 6.0
BUNDLE_LIMIT = 4 * 1024 * 1024
"""Bytes. The public authorities together take a quarter of a megabyte."""
MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,40}(?:; ?charset=[\w-]{1,20})?", re.ASCII | re.IGNORECASE)
BUNDLE_VARIABLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


class Place(Protocol):
    """What it takes to get somewhere."""

    @property
    def host(self) -> str:
        """Name or address."""

    @property
    def port(self) -> int:
        """TCP port."""

    @property
    def secure(self) -> bool:
        """Whether it is https."""


@dataclass(frozen=True, kw_only=True)
class Trust:
    """The certificates that are trusted, and who says so."""

    context: ssl.SSLContext = field(repr=False)
    roots: str
    """The variable that names the bundle, or `default`."""
    problem: str | None = None


@dataclass(frozen=True)
class StsWay:
    """How this pod gets to one endpoint."""

    walk: Walk
    endpoint: Place
    answer_seconds: float = ANSWER_SECONDS

    @cached_property
    def trust(self) -> Trust:
        """The verifying context."""
        return sts_trust(self.walk)

    @cached_property
    def proxy(self) -> Proxy | UriProblem | None:
        """The proxy that applies; a problem where one is set that the probe cannot use."""
        return _proxy(self.walk, self.endpoint, self.trust if self._proxy_is_secure else None)

    @property
    def proxy_name(self) -> str | None:
        """The proxy as it may be shown, usable or not."""
        text = _proxy_text(self.walk, self.endpoint)
        return masked(text) if text else None

    @cached_property
    def network(self) -> Network:
        """The network as seen through the proxy, if one applies."""
        return TunnelNetwork(self.walk.network, self.proxy) if isinstance(self.proxy, Proxy) else self.walk.network

    def connect(self) -> Connection:
        """Connect to the endpoint, or to the proxy that leads there, and hang up."""
        if isinstance(self.proxy, UriProblem):
            return Connection(
                host=self.proxy_name or "",
                port=0,
                ending=Ending.PROXY_FAILED,
                via_proxy=self.proxy_name,
                error_name="unusable proxy URL",
            )
        if isinstance(self.proxy, Proxy):
            return replace(self._connect(self.proxy.host, self.proxy.port), via_proxy=self.proxy.name)
        return self.connect_directly()

    def connect_directly(self) -> Connection:
        """Connect to the endpoint without a proxy, and hang up."""
        return self._connect(self.endpoint.host, self.endpoint.port)

    def handshake(self) -> Handshake:
        """Handshake with the endpoint, through the proxy if one applies."""
        done = handshake(
            self.network,
            self.endpoint.host,
            self.endpoint.port,
            self.trust.context,
            roots=self.trust.roots,
            deadline=self.walk.deadline.sooner(TLS_SECONDS),
        )
        return replace(done, roots_problem=self.trust.problem, via_proxy=self.proxy_name)

    def send(self, request: Request) -> Answer:
        """Send one request."""
        plain_proxy = isinstance(self.proxy, Proxy) and not self.endpoint.secure
        sent = replace(
            request,
            connect_seconds=CONNECT_SECONDS,
            answer_seconds=self.answer_seconds,
            context=self.trust.context if self.endpoint.secure else None,
            proxy=_for_plain_http(self.proxy) if plain_proxy and isinstance(self.proxy, Proxy) else None,
        )
        answer = exchange(self.walk.network if plain_proxy else self.network, sent, self.walk.deadline)
        told = answer.exchange
        return replace(
            answer,
            exchange=replace(
                told,
                # Who is sent a token may repeat it in any header.
                server=self.walk.redactor.clean(told.server, 80) if told.server else None,
                content_type=told.content_type if MEDIA_TYPE.fullmatch(told.content_type or "") else None,
                via_proxy=self.proxy_name,
            ),
        )

    @property
    def _proxy_is_secure(self) -> bool:
        return (_proxy_text(self.walk, self.endpoint) or "").lower().startswith("https://")

    def _connect(self, host: str, port: int) -> Connection:
        deadline = self.walk.deadline.sooner(CONNECT_SECONDS)
        stream, connection = connect(self.walk.network, host, port, deadline)
        if stream is not None:
            stream.close()
        return connection


_TRUST: "WeakKeyDictionary[Walk, Trust]" = WeakKeyDictionary()
"""By walk: reading the public authorities takes 30 ms, and every call of a walk needs them."""


def sts_trust(walk: Walk) -> Trust:
    """Return what is trusted. A bundle that cannot be used trusts nobody, as it would in an SDK."""
    if walk not in _TRUST:
        _TRUST[walk] = _trust(walk)
    return _TRUST[walk]


def _trust(walk: Walk) -> Trust:
    path, told_by = _bundle(walk)
    if path is None:
        return Trust(context=trusting(walk.network.roots()), roots="default")
    facts, certificates = walk.surroundings.files.read(path, BUNDLE_LIMIT)
    if facts.state is not FileState.READ:
        return Trust(context=trusting_nobody(), roots=told_by, problem=f"the file is {facts.state.replace('-', ' ')}")
    try:
        return Trust(context=trusting_only(certificates), roots=told_by)
    except ssl.SSLError:
        return Trust(context=trusting_nobody(), roots=told_by, problem="the file holds no certificate that can be read")


def _bundle(walk: Walk) -> tuple[str | None, str]:
    """Find the bundle: AWS' own setting first, then what Python's and OpenSSL's programs follow."""
    for variable in BUNDLE_VARIABLES:
        path = walk.surroundings.get(variable)
        if path:
            return path, variable
        if variable == "AWS_CA_BUNDLE" and walk.shared.setting("ca_bundle"):
            return walk.shared.setting("ca_bundle"), "ca_bundle of the profile"
    return None, "default"


def _proxy_text(walk: Walk, endpoint: Place) -> str | None:
    """Return the proxy URL that botocore would use for the endpoint. It may hold a password."""
    proxies = ProxyVariables.read(walk.surroundings.environment).botocore
    proxy = proxies.https if endpoint.secure else proxies.http
    if proxy is None or bypasses_urllib(f"{endpoint.host}:{endpoint.port}", proxies.no_proxy):
        return None
    text = proxy.reveal()
    return text if "://" in text else f"http://{text}"


def _proxy(walk: Walk, endpoint: Place, trust: Trust | None) -> Proxy | UriProblem | None:
    text = _proxy_text(walk, endpoint)
    if text is None:
        return None
    scheme, _, rest = text.partition("://")
    login, _, place = rest.rpartition("@")
    read = read_container_uri(f"{scheme}://{place}", "full")
    if isinstance(read, UriProblem):
        return read
    return Proxy(
        scheme=read.scheme,
        host=read.host,
        port=read.port,
        login=walk.keep(unquote(login)) if login else None,
        context=trust.context if trust else None,
    )


def _for_plain_http(proxy: Proxy) -> httpcore.Proxy:
    """Return the proxy as httpcore wants it, for an overridden endpoint without TLS: requests then name a whole URL."""
    user, _, password = proxy.login.reveal().partition(":") if proxy.login else ("", "", "")
    return httpcore.Proxy(proxy.name, auth=(user, password) if proxy.login else None)
