"""The region that a controller works in, by its own order; without a profile, the one that SDKs find."""

from functools import partial

from probe.controllers import Chosen, chosen
from probe.controllers.arguments import Arguments
from probe.controllers.profile import Place, PlaceKind
from probe.evidence import InstanceMetadata
from probe.parse.region import Region, read_region
from probe.records import dataclass
from probe.sources.sts_path import sts_endpoint
from probe.walk import Walk


@dataclass(frozen=True, kw_only=True)
class FoundRegion:
    """A region, and which place told it."""

    name: str
    told_by: str


def controller_of(walk: Walk) -> Chosen | None:
    """Return the controller that the user named, None for --checks alone."""
    wanted = walk.options.wanted
    return chosen(wanted.controller, wanted.controller_version)


def region_of(walk: Walk) -> FoundRegion | None:
    """Return the region to ask AWS in; None where nothing tells one.

    Where the controller's own places tell nothing, the token's issuer and the instance still do: what is asked there is
    as good, and that the controller itself lacks a region is a finding of its own.
    """
    controller = controller_of(walk)
    places = controller.of(controller.profile.region_order) if controller else ()
    found = next(filter(None, map(partial(_in_place, walk), places)), None)
    return found or _of_sdks(walk) or _of_instance(walk)


def _in_place(walk: Walk, place: Place) -> FoundRegion | None:
    if place.kind is PlaceKind.FLAG:
        told = Arguments(walk.options.wanted.controller_arguments).value(place.name)
    elif place.kind is PlaceKind.VARIABLE:
        told = walk.surroundings.get(place.name)
    elif place.kind is PlaceKind.SDK:
        return _of_sdks(walk)
    elif place.kind is PlaceKind.IMDS:
        return _of_instance(walk)
    else:
        told = None
    return _found(told, place.name)


def _of_sdks(walk: Walk) -> FoundRegion | None:
    endpoint = sts_endpoint(walk)
    return None if endpoint.region_from == "default" else _found(endpoint.region, endpoint.region_from)


def _of_instance(walk: Walk) -> FoundRegion | None:
    told = walk.facts("imds.metadata")
    return _found(told.region, "the instance") if isinstance(told, InstanceMetadata) else None


def _found(told: str | None, place: str) -> FoundRegion | None:
    region = read_region(told) if told else None
    return FoundRegion(name=region.name, told_by=place) if isinstance(region, Region) else None
