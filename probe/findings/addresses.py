"""Addresses: which are a network's own, and which are everybody's."""

from ipaddress import ip_address, ip_network

# RFC 1918, RFC 6598 (pods of custom networking live there) and RFC 4193; `is_private` of the standard library
# counts much more, the ranges of documentation among it.
_OWN = tuple(
    ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)


def is_private(address: str) -> bool:
    """Whether an address is one of a private network: for STS, that of a VPC endpoint."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in _OWN)


# What filters answer with (this host, nowhere) and meshes make up: RFC 1122, 3927, 2544 and 1112; RFC 4291.
_NOBODYS = tuple(
    ip_network(text)
    for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "198.18.0.0/15", "240.0.0.0/4", "::/127", "fe80::/10")
)


def is_nobodys(address: str) -> bool:
    """Whether an address can be no server's beyond this host and its link."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in _NOBODYS)


def is_loopback(host: str) -> bool:
    """Whether a host is this one, by its address or its name."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
