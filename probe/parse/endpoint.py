"""Addresses of the container credentials endpoint and of IMDS, as they stand in the environment.

What each SDK makes of such an address (which hosts it accepts, how it reads a bad one) is not decided here.
"""

import re
from dataclasses import field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, Literal

from probe.parse.region import Region, RegionProblem, StsHosts, read_region, region_from_issuer, sts_hosts
from probe.records import dataclass

__all__ = [
    "ContainerUri",
    "HostClass",
    "ImdsEndpoint",
    "Region",
    "RegionProblem",
    "StsHosts",
    "UriProblem",
    "UriProblemKind",
    "read_container_uri",
    "read_imds_endpoint",
    "read_region",
    "region_from_issuer",
    "sts_hosts",
]

_LONGEST_URI = 4096
_ECS_HOST: Final = "169.254.170.2"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})")
_HOST_AND_PORT = re.compile(r"(?:\[(?P<bracketed>[^\[\]]*)\]|(?P<bare>[^:\[\]]*))(?::(?P<port>.*))?")


class HostClass(StrEnum):
    """What kind of host an address names, told from its text alone; nothing is resolved."""

    LOOPBACK = "loopback"
    LOCALHOST = "localhost"
    ECS = "ecs"
    EKS_IPV4 = "eks-ipv4"
    EKS_IPV6 = "eks-ipv6"
    OTHER_IP = "other-ip"
    NAME = "name"


class UriProblemKind(StrEnum):
    """Why a text is not a usable http address."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    WHITE_SPACE = "white-space"
    CONTROL_CHARACTER = "control-character"
    NOT_ASCII = "not-ascii"
    QUOTED = "quoted"
    NO_SCHEME = "no-scheme"
    OTHER_SCHEME = "other-scheme"
    USER_INFORMATION = "user-information"
    UNCLOSED_BRACKET = "unclosed-bracket"
    UNBRACKETED_IPV6 = "unbracketed-ipv6"
    BAD_HOST = "bad-host"
    BAD_PORT = "bad-port"
    NO_LEADING_SLASH = "no-leading-slash"
    BAD_MODE = "bad-mode"


@dataclass(frozen=True, kw_only=True)
class UriProblem:
    """Why a text is not a usable address. The sentence never quotes the text, which may hold a password."""

    kind: UriProblemKind
    sentence: str


@dataclass(frozen=True, kw_only=True)
class ContainerUri:
    """A well formed http or https address. `host` is lower case and has no brackets."""

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    """With the query. On ECS it holds the credentials id, which is as good as a password on that host."""
    host_class: HostClass

    @property
    def authority(self) -> str:
        """Host and port as a URL spells them, the default port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class ImdsEndpoint:
    """Where SDKs look for IMDS, given the endpoint and the mode that are configured."""

    address: ContainerUri
    overridden: bool
    """True when an endpoint is set; the mode then has no effect on the address."""
    mode: Literal["IPv4", "IPv6"]
    mode_spelled_exactly: bool
    """False for `ipv6` and the like: botocore takes any case, the JavaScript SDK only `IPv4` and `IPv6`."""


def read_container_uri(text: str, kind: Literal["full", "relative"]) -> ContainerUri | UriProblem:
    """Read `AWS_CONTAINER_CREDENTIALS_FULL_URI` or `…_RELATIVE_URI` as it is; nothing is trimmed."""
    problem = _text_problem(text)
    if problem is not None:
        return problem
    if kind == "full":
        return _read_absolute(text)
    if text.startswith("/"):
        return _address("http", _ECS_HOST, 80, text)
    return _problem(
        UriProblemKind.NO_LEADING_SLASH, "The relative URI does not begin with a slash, so it becomes part of the host."
    )


def read_imds_endpoint(endpoint: str | None, mode: str | None) -> ImdsEndpoint | UriProblem:
    """Combine `AWS_EC2_METADATA_SERVICE_ENDPOINT` and `…_ENDPOINT_MODE`; None and empty text mean not set."""
    family = {"ipv4": "IPv4", "ipv6": "IPv6"}.get((mode or "IPv4").lower())
    if family is None:
        return _problem(UriProblemKind.BAD_MODE, "The IMDS endpoint mode is neither IPv4 nor IPv6.")
    is_ipv6 = family == "IPv6"
    default = "http://[fd00:ec2::254]" if is_ipv6 else "http://169.254.169.254"
    address = read_container_uri(endpoint or default, "full")
    if isinstance(address, UriProblem):
        return address
    return ImdsEndpoint(
        address=address,
        overridden=bool(endpoint),
        mode="IPv6" if is_ipv6 else "IPv4",
        mode_spelled_exactly=(mode or family) == family,
    )


def _problem(kind: UriProblemKind, sentence: str) -> UriProblem:
    return UriProblem(kind=kind, sentence=sentence)


def _address(scheme: str, host: str, port: int, path: str) -> ContainerUri:
    return ContainerUri(scheme=scheme, host=host, port=port, path=path, host_class=_host_class(host))


def _text_problem(text: str) -> UriProblem | None:
    if not text.strip():
        return _problem(UriProblemKind.EMPTY, "The variable is set and empty.")
    if len(text) > _LONGEST_URI:
        return _problem(UriProblemKind.TOO_LONG, "The URI is too long to be one.")
    if any(character.isspace() for character in text):
        return _problem(UriProblemKind.WHITE_SPACE, "There is white space in the URI.")
    if not text.isascii():
        return _problem(UriProblemKind.NOT_ASCII, "There is a character in the URI that is not ASCII.")
    if not text.isprintable():
        return _problem(UriProblemKind.CONTROL_CHARACTER, "There is a control character in the URI.")
    if text[0] in "\"'" or text[-1] in "\"'":
        return _problem(UriProblemKind.QUOTED, "The quotes are part of the URI.")
    return None


def _read_absolute(text: str) -> ContainerUri | UriProblem:
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if not separator or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
        return _problem(UriProblemKind.NO_SCHEME, "The URI does not begin with http:// or https://.")
    if scheme not in _DEFAULT_PORTS:
        return _problem(UriProblemKind.OTHER_SCHEME, "The scheme is neither http nor https.")
    end = re.search(r"[/?#]|$", rest)
    authority, path = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    place = _read_authority(authority, _DEFAULT_PORTS[scheme])
    if isinstance(place, UriProblem):
        return place
    path = path.partition("#")[0]
    return _address(scheme, *place, path if path.startswith("/") else f"/{path}")


def _read_authority(authority: str, default_port: int) -> tuple[str, int] | UriProblem:
    """Return host and port."""
    if "@" in authority:
        return _problem(UriProblemKind.USER_INFORMATION, "There is a user name or password before the host.")
    if authority.count("[") != authority.count("]"):
        return _problem(UriProblemKind.UNCLOSED_BRACKET, "A bracket of the IPv6 address is missing.")
    if authority.count(":") > 1 and "[" not in authority:
        return _problem(UriProblemKind.UNBRACKETED_IPV6, "An IPv6 address needs brackets in a URI.")
    match = _HOST_AND_PORT.fullmatch(authority)
    if match is None:
        return _problem(UriProblemKind.BAD_HOST, "The host is not valid.")
    problem = _host_problem(match["bracketed"], match["bare"])
    if problem is not None:
        return problem
    port = _port(match["port"] or str(default_port))
    if port is None:
        return _problem(UriProblemKind.BAD_PORT, "The port is not a number from 1 to 65535.")
    return (match["bracketed"] or match["bare"]).lower(), port


def _port(digits: str) -> int | None:
    return int(digits) if re.fullmatch(r"[0-9]{1,5}", digits) and 0 < int(digits) < 65536 else None


def _host_problem(bracketed: str | None, bare: str | None) -> UriProblem | None:
    if bracketed is not None:
        valid = isinstance(_ip(bracketed), IPv6Address)
        sentence = "What stands in brackets is not an IPv6 address."
    else:
        valid = _NAME.fullmatch(bare or "") is not None
        sentence = "The host is not valid." if bare else "There is no host."
    return None if valid else _problem(UriProblemKind.BAD_HOST, sentence)


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _host_class(host: str) -> HostClass:
    if host == "localhost":
        return HostClass.LOCALHOST
    ip = _ip(host)
    if ip is None:
        return HostClass.NAME
    if ip in _KNOWN_HOSTS:
        return _KNOWN_HOSTS[ip]
    # An IPv4 address written as IPv6 is loopback to some Python versions and SDKs and not to others.
    mapped = isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None
    return HostClass.LOOPBACK if ip.is_loopback and not mapped else HostClass.OTHER_IP


_KNOWN_HOSTS: Final = {
    ip_address(_ECS_HOST): HostClass.ECS,
    ip_address("169.254.170.23"): HostClass.EKS_IPV4,
    ip_address("fd00:ec2::23"): HostClass.EKS_IPV6,
}
