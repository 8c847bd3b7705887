"""Proxy variables as Go, botocore and requests read them, and which hosts they leave alone. No proxy is ever used.

Go: golang/net:http/httpproxy/proxy.go. botocore: its `get_environ_proxies`, which is urllib's. requests: `utils.py`.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed leaves it out

from probe.records import dataclass
from probe.secret import MASK, Secret

_LONGEST_VALUE = 65_536
_SUFFIX: Final = "_proxy"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,15}://")
_HOST_AND_PORT = re.compile(r"(?:\[(?P<bracketed>[^\[\]]*)\]|(?P<bare>[^:\[\]]*)):(?P<port>[^:\[\]]*)")
_PROXY_HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{0,5})?")
_CIDR = re.compile(r"[0-9a-f.:]+/[0-9]{1,3}")


@dataclass(frozen=True, kw_only=True)
class ClientProxies:
    """What one HTTP client takes from the environment. URLs may hold a password: show them through `masked`."""

    http: Secret[str] | None
    https: Secret[str] | None
    no_proxy: str


@dataclass(frozen=True, kw_only=True)
class ProxyVariables:
    """The proxy variables, once for each way of reading them."""

    go: ClientProxies
    botocore: ClientProxies
    requests: ClientProxies

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "ProxyVariables":
        """Read the variables of an environment."""
        by_scheme = _urllib_proxies(environment)
        everything = by_scheme.get("all")
        return cls(
            go=_go_proxies(environment),
            botocore=_client(by_scheme.get("http"), by_scheme.get("https"), by_scheme.get("no")),
            requests=_client(
                by_scheme.get("http", everything),
                by_scheme.get("https", everything),
                environment.get("no_proxy") or environment.get("NO_PROXY"),
            ),
        )


def masked(url: str) -> str:
    """Return scheme, host and port of a proxy URL; user, password, path and query are left out."""
    scheme = _SCHEME.match(url)
    start = scheme.end() if scheme else 0
    # Up to the last @: an unescaped slash or @ in a password would otherwise leave half of it.
    _, at, rest = url[start:].rpartition("@")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    shown = host if _PROXY_HOST.fullmatch(host) else MASK
    return f"{url[:start]}{MASK}@{shown}" if at else f"{url[:start]}{shown}"


def bypasses_go(host: str, port: int, no_proxy: str) -> bool:
    """Say whether Go connects directly to a host (an IPv6 address without brackets).

    golang.org/x/net before v0.36.0 also compared name suffixes with IP addresses; that is left out here
    (golang/go#71984).
    """
    ip = _go_ip(host)
    if host == "localhost" or (ip is not None and ip.is_loopback):
        return True
    name = host.strip().lower()
    for entry in no_proxy[:_LONGEST_VALUE].lower().split(","):
        if entry.strip() == "*" or _go_matches(entry.strip(), name, ip, str(port)):
            return True
    return False


def bypasses_urllib(host: str, no_proxy: str) -> bool:
    """Say whether urllib, and so botocore, connects directly to a host: names and suffixes only, no CIDR.

    The host may carry a port, and an IPv6 address has its brackets, as in the network location of a URL.
    """
    return bool(proxy_bypass_environment(host, {"no": no_proxy[:_LONGEST_VALUE]}))


def _client(http: str | None, https: str | None, no_proxy: str | None) -> ClientProxies:
    return ClientProxies(
        http=Secret(http) if http else None,
        https=Secret(https) if https else None,
        no_proxy=no_proxy or "",
    )


def _go_proxies(environment: Mapping[str, str]) -> ClientProxies:
    def first(name: str) -> str:
        return environment.get(name) or environment.get(name.lower()) or ""

    # In a CGI program HTTP_PROXY is a request header in disguise: Go refuses to use it.
    http = "" if environment.get("REQUEST_METHOD") else first("HTTP_PROXY")
    return _client(http, first("HTTPS_PROXY"), first("NO_PROXY"))


def _urllib_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Return URLs by scheme as `urllib.request.getproxies_environment` does, for any mapping."""
    proxies = {_scheme(name): value for name, value in environment.items() if value and _is_proxy_name(name.lower())}
    if "REQUEST_METHOD" in environment:
        proxies.pop("http", None)
    # Names that end in lower case win, and an empty one takes the other away.
    for name, value in environment.items():
        if _is_proxy_name(name):
            proxies[_scheme(name)] = value
    return {scheme: value for scheme, value in proxies.items() if value}


def _is_proxy_name(name: str) -> bool:
    return name.endswith(_SUFFIX)


def _scheme(name: str) -> str:
    return name.lower().removesuffix(_SUFFIX)


_Address = IPv4Address | IPv6Address


def _go_matches(entry: str, name: str, ip: _Address | None, port: str) -> bool:
    """Match one entry of NO_PROXY, lower case and stripped, against a host."""
    network = _go_network(entry)
    if network is not None:
        return ip is not None and ip in network
    host, entry_port = _go_split(entry)
    if not host or (entry_port and entry_port != port):
        return False
    entry_ip = _go_ip(host) if "%" not in host else None
    if entry_ip is not None:
        return entry_ip == ip
    # `foo.com` covers the name and everything below it; `.foo.com` and `*.foo.com` only what is below.
    suffix = host[1:] if host.startswith("*.") else host
    below = suffix if suffix.startswith(".") else f".{suffix}"
    return ip is None and (name.endswith(below) or name == suffix)


def _go_ip(text: str) -> _Address | None:
    try:
        ip = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def _go_network(entry: str) -> IPv4Network | IPv6Network | None:
    try:
        network = ip_network(entry, strict=False) if _CIDR.fullmatch(entry) else None
    except ValueError:
        return None
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped and network.prefixlen >= 96:
        # Go sees an IPv4 network here, as `_go_ip` sees an IPv4 address.
        return IPv4Network((network.network_address.ipv4_mapped, network.prefixlen - 96))
    return network


def _go_split(entry: str) -> tuple[str, str]:
    """Split host and port as Go's net.SplitHostPort; without a port the host is the entry as it stands."""
    match = _HOST_AND_PORT.fullmatch(entry)
    if match is None:
        # So `[fd00:ec2::23]` keeps its brackets, and matches nothing.
        return entry, ""
    return match["bracketed"] or match["bare"] or "", match["port"]
