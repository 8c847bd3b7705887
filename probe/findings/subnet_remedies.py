"""Which tags make subnets discoverable, as commands with the subnets' ids."""

from collections.abc import Iterable, Iterator, Sequence

from probe.evidence.subnet import Subnet
from probe.findings.shell import quoted
from probe.findings.subnet_discovery import CLUSTER_TAG, Bar, Discovered, Resolver, Scheme
from probe.report import Remedy, Tool

MOST_TAGGED = 16
"""Subnets in one command."""


def remedies(subnets: Sequence[Subnet], short: Sequence[Discovered], rules: Resolver) -> tuple[Remedy, ...]:
    """Tag what fits, for each scheme that finds too little; then the ways around discovery."""
    return (
        *(remedy for one in short for remedy in _for_scheme(subnets, one)),
        *_of_cluster(short, rules),
        *_addresses(short, rules),
        Remedy(
            text="Or name the subnets: annotation alb.ingress.kubernetes.io/subnets on the Ingress, "
            "service.beta.kubernetes.io/aws-load-balancer-subnets on the Service."
        ),
    )


def _for_scheme(subnets: Sequence[Subnet], one: Discovered) -> Iterator[Remedy]:
    """Offer subnets by the role tag, where those that are offered are too few."""
    untagged = [subnet for subnet in subnets if subnet.tags.get(one.scheme.role_tag) not in {"", "1"}]
    fitting = [subnet for subnet in untagged if _fits(subnet, one.scheme) and subnet.zone not in one.zones]
    if not untagged:
        return
    ids = [subnet.subnet_id for subnet in fitting][:MOST_TAGGED]
    kind = "public" if one.scheme is Scheme.INTERNET_FACING else "private"
    doubt = "" if all(subnet.routes_to_internet is not None for subnet in fitting) else _DOUBT
    what = f"Offer {kind} subnets to {one.scheme} load balancers, two zones at least for an ALB.{doubt}"
    yield _tag(what, ids or ["SUBNET_ID"], one.scheme.role_tag, "1")


_DOUBT = " Which ones are public was taken from their public addresses: check their route tables first."


def _fits(subnet: Subnet, scheme: Scheme) -> bool:
    told = subnet.routes_to_internet
    is_public = subnet.gives_public_addresses if told is None else told
    return is_public is (scheme is Scheme.INTERNET_FACING)


def _of_cluster(short: Iterable[Discovered], rules: Resolver) -> Iterator[Remedy]:
    barred = _barred(short, {Bar.OTHER_CLUSTER, Bar.NO_CLUSTER_TAG})
    if barred:
        tag = f"{CLUSTER_TAG}{rules.cluster or 'CLUSTER'}"
        yield _tag("Share the subnets that carry other clusters' tags with this cluster.", barred, tag, "shared")
    if any(bar is Bar.OTHER_CLUSTER for one in short for _, bar in one.barred):
        yield Remedy(
            text=f"Is {rules.cluster} the cluster's name? The controller only knows what --cluster-name (chart value "
            "clusterName) says."
        )


def _addresses(short: Iterable[Discovered], rules: Resolver) -> Iterator[Remedy]:
    barred = _barred(short, {Bar.FEW_ADDRESSES})
    if barred:
        yield Remedy(
            text=f"Free addresses in {', '.join(barred)}, or offer larger subnets: each must have "
            f"{rules.least_addresses} free."
        )


def _barred(short: Iterable[Discovered], bars: set[Bar]) -> list[str]:
    return sorted({name for one in short for name, bar in one.barred if bar in bars})[:MOST_TAGGED]


def _tag(text: str, ids: Sequence[str], key: str, value: str) -> Remedy:
    resources = " ".join(quoted(one) for one in ids)
    return Remedy(
        text=text,
        command=f"aws ec2 create-tags --resources {resources} --tags {quoted(f'Key={key},Value={value}')}",
        tool=Tool.AWS,
        privileged=True,
    )
