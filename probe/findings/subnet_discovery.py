"""How the AWS Load Balancer Controller finds the subnets of a load balancer whose Ingress or Service names none.

Read from kubernetes-sigs/aws-load-balancer-controller:pkg/networking/subnet_resolver.go and the releases'
docs/deploy/subnet_discovery.md: candidates (role tag, since 2.12.1 else the route tables), then those that are not
another cluster's and have eight free addresses, then one for each zone, then enough of them. Pure.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from probe.controllers.arguments import Arguments
from probe.controllers.version import at_least
from probe.evidence.subnet import Subnet
from probe.records import dataclass

CLUSTER_TAG = "kubernetes.io/cluster/"
LEAST_ADDRESSES = 8
_ORDINARY_ZONE = re.compile(r"[a-z]{2,5}(?:-[a-z]+){1,3}-[0-9]{1,2}[a-z]")


class Scheme(StrEnum):
    """Where a load balancer faces."""

    INTERNET_FACING = "internet-facing"
    INTERNAL = "internal"

    @property
    def role_tag(self) -> str:
        """The tag that offers a subnet to such load balancers; its value is `1` or empty."""
        return "kubernetes.io/role/elb" if self is Scheme.INTERNET_FACING else "kubernetes.io/role/internal-elb"


class Bar(StrEnum):
    """Why a candidate is not taken."""

    OTHER_CLUSTER = "other-cluster"
    """Only other clusters' tags are on it."""
    CLUSTER_UNKNOWN = "cluster-unknown"
    """It has tags of clusters, and the name of this one is not known."""
    NO_CLUSTER_TAG = "no-cluster-tag"
    """Up to 2.1.1 the tag of this cluster had to be there."""
    FEW_ADDRESSES = "few-addresses"


@dataclass(frozen=True, kw_only=True)
class Resolver:
    """What a controller's release and flags make of the rules."""

    cluster: str | None = None
    demands_cluster_tag: bool = False
    checks_cluster_tag: bool = True
    least_addresses: int = LEAST_ADDRESSES
    falls_back_to_routes: bool = True
    takes_one_subnet: bool = False
    """Whether one subnet is enough for an ALB: the feature gate ALBSingleSubnet, for accounts that AWS lets."""


def resolver(version: str | None, words: Sequence[str]) -> Resolver:
    """Describe the rules of a release with these flags; without a version those of the newest."""
    arguments = Arguments(words)
    return Resolver(
        cluster=arguments.value("--cluster-name") or None,
        demands_cluster_tag=not _since(version, "2.1.2"),
        checks_cluster_tag=not arguments.say("--feature-gates=SubnetsClusterTagCheck=false"),
        least_addresses=LEAST_ADDRESSES if _since(version, "2.3.0") else 0,
        falls_back_to_routes=_since(version, "2.12.1")
        and not arguments.say("--feature-gates=SubnetDiscoveryByReachability=false"),
        takes_one_subnet=arguments.say("--feature-gates=ALBSingleSubnet=true"),
    )


def _since(version: str | None, release: str) -> bool:
    return version is None or at_least(version, release)


@dataclass(frozen=True, kw_only=True)
class Discovered:
    """What the rules find for one scheme."""

    scheme: Scheme
    by_routes: bool = False
    """Whether no subnet has the role tag, so that the route tables decide."""
    candidates: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    """One for each zone, in the order of their ids."""
    zones: tuple[str, ...] = ()
    """The zones of the chosen ones."""
    barred: tuple[tuple[str, Bar], ...] = ()
    enough_for_alb: bool | None = None
    """None: cannot be known."""
    enough_for_nlb: bool | None = None


def discover(subnets: Sequence[Subnet], scheme: Scheme, rules: Resolver) -> Discovered:
    """Find the subnets of a load balancer with this scheme."""
    tagged = [one for one in subnets if one.tags.get(scheme.role_tag) in {"", "1"}]
    by_routes = not tagged and rules.falls_back_to_routes
    candidates = [one for one in subnets if _faces(one, scheme)] if by_routes else tagged
    barred = {one.subnet_id: bar for one in candidates if (bar := _bar(one, rules)) is not None}
    sure = _one_per_zone((one for one in candidates if one.subnet_id not in barred), rules)
    perhaps = _one_per_zone(
        (one for one in candidates if barred.get(one.subnet_id) in {None, Bar.CLUSTER_UNKNOWN}), rules
    )
    known = not (by_routes and any(one.routes_to_internet is None for one in subnets))
    alb, nlb = (
        _agreed(_are_enough(sure, least), _are_enough(perhaps, least)) if known else None
        for least in (1 if rules.takes_one_subnet else 2, 1)
    )
    return Discovered(
        scheme=scheme,
        by_routes=by_routes,
        candidates=tuple(one.subnet_id for one in candidates),
        chosen=tuple(one.subnet_id for one in sure),
        zones=tuple(sorted(one.zone for one in sure)),
        barred=tuple(barred.items()),
        enough_for_alb=alb,
        enough_for_nlb=nlb,
    )


def _faces(subnet: Subnet, scheme: Scheme) -> bool:
    return subnet.routes_to_internet is (scheme is Scheme.INTERNET_FACING)


def _bar(subnet: Subnet, rules: Resolver) -> Bar | None:
    own = rules.cluster is not None and f"{CLUSTER_TAG}{rules.cluster}" in subnet.tags
    has_any = any(key.startswith(CLUSTER_TAG.rstrip("/")) for key in subnet.tags)
    if rules.checks_cluster_tag and not own and has_any:
        return Bar.CLUSTER_UNKNOWN if rules.cluster is None else Bar.OTHER_CLUSTER
    if rules.demands_cluster_tag and not own:
        return Bar.CLUSTER_UNKNOWN if rules.cluster is None and has_any else Bar.NO_CLUSTER_TAG
    return Bar.FEW_ADDRESSES if subnet.free_addresses < rules.least_addresses else None


def _one_per_zone(subnets: Iterable[Subnet], rules: Resolver) -> tuple[Subnet, ...]:
    """Choose in each zone a subnet with this cluster's tag before one without, then the first by id."""
    own = f"{CLUSTER_TAG}{rules.cluster}"
    chosen: dict[str, Subnet] = {}
    for one in sorted(subnets, key=lambda one: (own not in one.tags, one.subnet_id)):
        chosen.setdefault(one.zone, one)
    return tuple(sorted(chosen.values(), key=lambda one: one.subnet_id))


def _are_enough(chosen: Sequence[Subnet], least: int) -> bool | None:
    """Whether that many are enough, all in one kind of place.

    An Outpost, a local zone or a Wavelength Zone needs one only. Which zones those are, only their names hint at.
    """
    if not chosen:
        return False
    if any(not one.on_outpost and not _ORDINARY_ZONE.fullmatch(one.zone) for one in chosen):
        return None
    on_outpost = {one.on_outpost for one in chosen}
    if len(on_outpost) > 1:
        return False
    return on_outpost == {True} or len(chosen) >= least


def _agreed(one: bool | None, other: bool | None) -> bool | None:
    return one if one is other else None
