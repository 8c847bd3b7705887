"""`needs.subnets`: the subnets of the controller's VPC, with what its discovery looks at."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from probe.controllers import Chosen
from probe.evidence.discovery import Subnets
from probe.evidence.needs import AwsRead
from probe.evidence.subnet import Subnet
from probe.evidence.walked import Outcome
from probe.sources.documents import word
from probe.sources.needs.reads import aws_read
from probe.walk import Done, Walk

STEP = "needs.subnets"
DISCOVERERS = frozenset({"aws-load-balancer-controller"})
"""Controllers that look for subnets by tags."""
MOST_SUBNETS = 256
"""Kept of one VPC; AWS allows 200 unless asked for more."""
MOST_TAGS = 64
"""AWS allows 50: none is left out, or a cluster's own might be."""
TAGS = "kubernetes.io/"


def walk_subnets(walk: Walk, controller: Chosen, vpc_id: str | None) -> None:
    """Walk the step, for a controller that discovers subnets."""
    if controller.profile.name not in DISCOVERERS:
        return
    if vpc_id is None:
        walk.skip("the VPC's id is not known", STEP)
    else:
        walk.step(STEP, lambda: _subnets(walk, controller, vpc_id))


def _subnets(walk: Walk, controller: Chosen, vpc_id: str) -> Done[None]:
    in_vpc = {"Filters": [{"Name": "vpc-id", "Values": [vpc_id]}]}
    read, result = aws_read(walk, "ec2", "DescribeSubnets", in_vpc, why="subnet discovery")
    if result is None:
        return Done(outcome=Outcome.SKIPPED, reason=read.reason, facts=Subnets(read=read, vpc_id=vpc_id))
    listed = _dicts(result, "Subnets")
    subnets = tuple(_subnet(walk, one) for one in listed[:MOST_SUBNETS] if word(one.get("SubnetId")))
    routes, to_internet = _routes(walk, controller, subnets, in_vpc)
    facts = Subnets(
        read=read,
        vpc_id=vpc_id,
        subnets=tuple(_routed(one, to_internet) for one in subnets),
        complete=len(subnets) == len(listed) and not result.get("NextToken"),
        routes=routes,
    )
    return Done(outcome=Outcome.OK if subnets else Outcome.FAIL, facts=facts)


def _subnet(walk: Walk, told: Mapping[str, Any]) -> Subnet:
    free = told.get("AvailableIpAddressCount")
    return Subnet(
        subnet_id=word(told.get("SubnetId")) or "",
        zone=word(told.get("AvailabilityZone")) or "",
        free_addresses=free if isinstance(free, int) else 0,
        tags=dict(list(_tags(walk, told))[:MOST_TAGS]),
        on_outpost=bool(told.get("OutpostArn")),
        gives_public_addresses=told.get("MapPublicIpOnLaunch") is True,
    )


def _tags(walk: Walk, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in _dicts(told, "Tags"):
        key, value = one.get("Key"), one.get("Value")
        if isinstance(key, str) and isinstance(value, str) and key.startswith(TAGS):
            yield walk.redactor.clean(key, 130), walk.redactor.clean(value, 260)


def _routes(
    walk: Walk, controller: Chosen, subnets: tuple[Subnet, ...], in_vpc: Mapping[str, Any]
) -> tuple[AwsRead | None, Mapping[str | None, bool] | None]:
    """Read the route tables where a release falls back to them: no subnet offers itself to one of the schemes."""
    from probe.findings.subnet_discovery import Scheme, resolver  # noqa: PLC0415 - only this step needs it

    rules = resolver(controller.version, walk.options.wanted.controller_arguments)
    offered = [any(scheme.role_tag in one.tags for one in subnets) for scheme in Scheme]
    if not rules.falls_back_to_routes or all(offered):
        return None, None
    read, result = aws_read(walk, "ec2", "DescribeRouteTables", in_vpc, why="which subnets are public")
    if result is None or result.get("NextToken"):
        return read, None
    return read, dict(_to_internet(result))


def _to_internet(result: Mapping[str, Any]) -> Iterator[tuple[str | None, bool]]:
    """Tell for each subnet with a table of its own, and for None (the main table), whether it leads to the internet."""
    for table in _dicts(result, "RouteTables"):
        gateways = (route.get("GatewayId") for route in _dicts(table, "Routes"))
        leads = any(isinstance(gateway, str) and gateway.startswith("igw") for gateway in gateways)
        for association in _dicts(table, "Associations"):
            if association.get("Main") is True:
                yield None, leads
            elif isinstance(association.get("SubnetId"), str):
                yield association["SubnetId"], leads


def _routed(subnet: Subnet, to_internet: Mapping[str | None, bool] | None) -> Subnet:
    if to_internet is None:
        return subnet
    return replace(subnet, routes_to_internet=to_internet.get(subnet.subnet_id, to_internet.get(None)))


def _dicts(told: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    listed = told.get(name)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
