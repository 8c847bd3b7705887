"""`needs.endpoints`: whether the endpoints that the controller calls can be reached: name, connection, certificate."""

from functools import partial

from probe.controllers import Chosen
from probe.controllers.arguments import Arguments
from probe.controllers.profile import Endpoint
from probe.evidence import Ending, Endpoints, Outcome, ReachedEndpoint
from probe.sources.needs.reads import NO_REGION, aws_endpoint
from probe.sources.needs.region import FoundRegion, controller_of, region_of
from probe.sources.sts_way import StsWay
from probe.sources.web_identity_path import together
from probe.walk import Done, Walk

STEP = "needs.endpoints"


def walk_endpoints(walk: Walk) -> None:
    """Walk `needs.endpoints`."""
    controller, region = controller_of(walk), region_of(walk)
    if controller is None:
        return
    if not controller.profile.endpoints:
        walk.absent(STEP, reason="the profile names no endpoint")
    elif region is None:
        walk.skip(NO_REGION, STEP)
    else:
        walk.step(STEP, lambda: _endpoints(walk, controller, region))


def _endpoints(walk: Walk, controller: Chosen, region: FoundRegion) -> Done[None]:
    arguments = Arguments(walk.options.wanted.controller_arguments)
    all_of_them = controller.of(controller.profile.endpoints)
    off = [one for one in all_of_them if one.optional_flag and arguments.say(one.optional_flag)]
    called = [one for one in all_of_them if controller.makes(one, arguments, walk.surroundings.environment)]
    reached = tuple(filter(None, together([partial(_reach, walk, one) for one in called])))
    facts = Endpoints(
        region=region.name,
        region_from=region.told_by,
        reached=reached,
        turned_off=tuple(one.service for one in off),
    )
    return Done(outcome=Outcome.OK if all(one.is_reached for one in reached) else Outcome.FAIL, facts=facts)


def _reach(walk: Walk, needed: Endpoint) -> ReachedEndpoint | None:
    """Go to one endpoint as far as one gets; None where it has no host in this partition."""
    endpoint = aws_endpoint(walk, needed.service, needed.region)
    if endpoint is None:
        return None
    way = StsWay(walk, endpoint)
    connection = way.connect()
    goes_on = connection.ending is Ending.CONNECTED and endpoint.secure
    return ReachedEndpoint(
        endpoint=endpoint,
        connection=connection,
        handshake=way.handshake() if goes_on else None,
        optional_flag=needed.optional_flag,
        why=needed.why,
    )
