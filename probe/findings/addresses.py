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
