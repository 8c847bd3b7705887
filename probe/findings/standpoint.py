"""Where the probe stands on the way to IMDS, and what an answer there proves for pods elsewhere."""

from probe.evidence import Route
from probe.findings.case import Case

_UNKNOWN = "?"
"""A router that stayed silent."""
_MOST_STOPS = 8
"""Stops drawn at most: a saved report may claim any distance."""


def picture(route: Route) -> str:
    """Draw the measured way, such as `pod → 10.0.0.1 (node) → 169.254.169.254, 2 hops`.

    The last router before IMDS is the node: IMDS answers at the node's own network interface.
    """
    if route.hops is None:
        return " → ".join(["pod", *_stops(route, _farthest(route)), _end(route)])
    stops = _stops(route, route.hops - 1)
    if stops and stops[-1] != _UNKNOWN:
        stops[-1] += " (node)"
    most = "" if route.is_exact else "at most "
    return f"{' → '.join(['pod', *stops, route.address])}, {most}{route.hops} hop{'s' if route.hops > 1 else ''}"


def _stops(route: Route, count: int) -> list[str]:
    known = {router.distance: router.address for router in route.routers}
    return [known.get(distance, _UNKNOWN) for distance in range(1, min(count, _MOST_STOPS) + 1)]


def _farthest(route: Route) -> int:
    return max((router.distance for router in route.routers), default=0)


def _end(route: Route) -> str:
    if route.rejected_by is not None:
        why = f", {route.rejected_by} says no"
    else:
        why = f", refused at a distance of {route.rejected_at}" if route.rejected_at is not None else ""
    return f"nothing connects to {route.address}{why}"


def stands_on_node(case: Case) -> bool | None:
    """Whether the probe has the node's own network (hostNetwork); None where the evidence does not tell.

    A router on the way proves that it has not. The absence of one does not prove that it has: a rule may lead to
    something on the node that answers in IMDS' place. The instance's own address as the sender's does.
    """
    route = case.evidence.facts("imds.route", Route)
    if route is None or route.hops is None:
        return None
    if any(router.distance == 1 for router in route.routers):
        return False
    own = case.instance.private_address if case.instance else None
    return True if route.hops == 1 and own is not None and own == route.source else None


def what_it_proves(case: Case) -> str:
    """Say what working IMDS credentials mean for other pods of the node, as sentences to append; often nothing."""
    if stands_on_node(case):
        return (
            " The probe has the node's own address (host network), where no hop limit is too low: a pod on this node "
            "that fails is held up on its way to the node."
        )
    route = case.evidence.facts("imds.route", Route)
    if route is not None and route.hops == 1:
        return (
            " The connects end one hop away: on the host network, or at something on the node that answers in IMDS' "
            "place. It proves nothing for pods elsewhere."
        )
    return ""
