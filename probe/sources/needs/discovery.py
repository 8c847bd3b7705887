"""`needs.region`, `needs.vpc-id`, `needs.subnets`: what a controller finds out by itself, in its own order."""

from collections.abc import Callable, Iterable

from probe.controllers import Chosen
from probe.controllers.arguments import Arguments
from probe.controllers.profile import Place, PlaceKind
from probe.evidence.answers import InstanceMetadata
from probe.evidence.discovery import FoundValue, Looked, LookedAt
from probe.evidence.kubernetes import NodeFacts
from probe.evidence.walked import Outcome
from probe.parse.region import Region, read_region
from probe.sources.needs.imds_place import is_off, without_imds
from probe.sources.needs.region import controller_of
from probe.sources.needs.subnets import walk_subnets
from probe.sources.needs.vpc_id import checked, vpc_place
from probe.walk import Done, Walk

REGION_STEP = "needs.region"
VPC_STEP = "needs.vpc-id"
REGION_LABEL = "topology.kubernetes.io/region"

Look = Callable[[Place], LookedAt]


def walk_discovery(walk: Walk) -> None:
    """Walk the three steps; those that the controller has no order for are left out."""
    controller = controller_of(walk)
    if controller is None:
        return
    regions, vpcs = controller.of(controller.profile.region_order), controller.of(controller.profile.vpc_order)
    if regions:
        walk.step(REGION_STEP, lambda: _found(look_at(regions, lambda place: region_place(walk, place))))
    if vpcs:
        done = walk.step(VPC_STEP, lambda: _vpc(walk, controller, vpcs))
        walk_subnets(walk, controller, done.value)


def _vpc(walk: Walk, controller: Chosen, places: Iterable[Place]) -> Done[str]:
    facts = look_at(places, lambda place: vpc_place(walk, controller, place))
    return _found(checked(walk, facts))


def _found(facts: FoundValue) -> Done[str]:
    if facts.value is not None and facts.exists is not False:
        return Done(outcome=Outcome.OK, facts=facts, value=facts.value)
    if facts.is_known:
        return Done(outcome=Outcome.FAIL, facts=facts)
    unknown = next(one for one in facts.looked_at if one.looked is Looked.UNKNOWN)
    return Done(outcome=Outcome.SKIPPED, facts=facts, reason=f"{unknown.place}: {unknown.note or 'not known'}")


def look_at(places: Iterable[Place], look: Look) -> FoundValue:
    """Look into the places in their order, until one tells or a final one was to be used."""
    looked_at = []
    for place in places:
        one = look(place)
        looked_at.append(one)
        if one.looked is Looked.FOUND or (place.final and one.looked is not Looked.NOT_GIVEN):
            break
    return FoundValue(looked_at=tuple(looked_at))


def region_place(walk: Walk, place: Place) -> LookedAt:
    """Look for the region in one place."""
    if place.kind is PlaceKind.FLAG:
        return _told(place, Arguments(walk.options.wanted.controller_arguments).value(place.name))
    if place.kind is PlaceKind.VARIABLE:
        return _told(place, walk.surroundings.get(place.name))
    if place.kind is PlaceKind.SDK:
        variables = (walk.surroundings.get(name) for name in ("AWS_REGION", "AWS_DEFAULT_REGION"))
        return _told(place, next(filter(None, variables), None) or walk.profile_region())
    if place.kind is PlaceKind.IMDS:
        told = walk.facts("imds.metadata")
        region = told.region if isinstance(told, InstanceMetadata) else None
        return _told(place, region) if region and not is_off(walk) else without_imds(walk, place)
    node = walk.facts("kubernetes.node")
    label = node.labels.get(REGION_LABEL) if isinstance(node, NodeFacts) else None
    if place.kind is PlaceKind.NODE and label:
        return _told(place, label)
    return LookedAt(place=place.name, looked=Looked.UNKNOWN, note="not read from here")


def _told(place: Place, value: str | None) -> LookedAt:
    if not value:
        return LookedAt(place=place.name, looked=Looked.NOT_GIVEN)
    region = read_region(value)
    if not isinstance(region, Region):
        return LookedAt(place=place.name, looked=Looked.UNKNOWN, note=region.sentence)
    return LookedAt(place=place.name, looked=Looked.FOUND, value=region.name)
