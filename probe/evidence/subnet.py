"""A subnet, as far as the discovery of subnets for load balancers looks at it."""

from collections.abc import Mapping
from dataclasses import field

from probe.records import dataclass


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """One subnet of the VPC."""

    subnet_id: str
    zone: str
    """Name of the availability zone, local zone or Wavelength Zone."""
    free_addresses: int = 0
    """Free IPv4 addresses, as EC2 counts them."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Only the tags whose keys begin with `kubernetes.io/`."""
    on_outpost: bool = False
    gives_public_addresses: bool = False
    """Whether instances started here get public addresses: a hint that it is a public subnet, not a proof."""
    routes_to_internet: bool | None = None
    """Whether its route table has a route to an internet gateway; None where the route tables were not read."""
