"""Subnets for load balancers: whether the controller's own discovery finds any, and which tags it lacks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from probe.controllers.version import is_whole
from probe.evidence.discovery import Subnets
from probe.evidence.subnet import Subnet
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.discovery_view import DiscoveryView
from probe.findings.subnet_discovery import CLUSTER_TAG, Bar, Discovered, Resolver, Scheme, discover, resolver
from probe.findings.subnet_remedies import remedies
from probe.report import Certainty, Finding

CODE = "subnets-not-discoverable"
STEP = "needs.subnets"
MOST_SHOWN = 12
"""Subnets that are named one by one."""


def findings(case: Case) -> Iterator[Finding]:
    """Yield the finding where discovery certainly finds nothing for one scheme at least."""
    view = DiscoveryView(case)
    facts = case.evidence.facts(STEP, Subnets)
    if facts is None or not facts.complete or facts.read.reason is not None or view.controller is None:
        return
    rules = resolver(view.controller.version, case.evidence.wanted.controller_arguments)
    both = [discover(facts.subnets, scheme, rules) for scheme in Scheme]
    short = [one for one in both if one.enough_for_alb is False]
    if short:
        yield _finding(view, facts, rules, both, short)


def _finding(
    view: DiscoveryView, facts: Subnets, rules: Resolver, both: Sequence[Discovered], short: Sequence[Discovered]
) -> Finding:
    severity = _severity(both)
    finding = found(
        CODE,
        certainty=_certainty(view, facts, both),
        step=STEP,
        summary=f"{_summary(facts, both)} An Ingress, its class, or a Service that names its subnets is not concerned.",
        evidence=[*_lines(facts, rules, both)],
        remedies=remedies(facts.subnets, short, rules),
        becomes_certain_with="The controller's version and its cluster's name: --controller "
        "aws-load-balancer-controller@VERSION --controller-argument=--cluster-name=CLUSTER.",
    )
    return replace(finding, severity=severity)


def _severity(both: Sequence[Discovered]) -> Severity:
    """Nothing at all is an error; where one kind of load balancer has subnets, the other may not be wanted."""
    if all(one.enough_for_nlb is False for one in both):
        return Severity.ERROR
    return Severity.WARNING if all(one.enough_for_alb is False for one in both) else Severity.NOTE


def _certainty(view: DiscoveryView, facts: Subnets, both: Sequence[Discovered]) -> Certainty:
    """Certain with the controller's own keys and its release: the rules differ from release to release."""
    known = view.controller is not None and is_whole(view.controller.version) and view.flags_are_known
    return CERTAIN if known and view.as_controller(facts.read) and both else LIKELY


def _summary(facts: Subnets, both: Sequence[Discovered]) -> str:
    if not facts.subnets:
        return f"VPC {facts.vpc_id} has no subnets that these keys see."
    if all(one.enough_for_nlb is False for one in both):
        return f"None of the {len(facts.subnets)} subnets of {facts.vpc_id} can be discovered for load balancers."
    lacking = [one.scheme for one in both if one.enough_for_alb is False]
    if len(lacking) == len(both):
        return f"Subnets of one zone only can be discovered in {facts.vpc_id}: enough for an NLB, an ALB needs two."
    one = next(one for one in both if one.scheme is lacking[0])
    what = "no load balancer" if one.enough_for_nlb is False else "no ALB (it needs two zones)"
    return f"Discovery in {facts.vpc_id} finds subnets for {what} that is {one.scheme}; the other scheme is fine."


def _lines(facts: Subnets, rules: Resolver, both: Sequence[Discovered]) -> Iterator[str]:
    for one in both:
        yield f"{one.scheme}: {_chosen(one)}"
    for subnet in facts.subnets[:MOST_SHOWN]:
        yield f"{subnet.subnet_id} in {subnet.zone}: {', '.join(_why(subnet, rules, both))}"
    if len(facts.subnets) > MOST_SHOWN:
        yield f"and {len(facts.subnets) - MOST_SHOWN} subnets more"
    if rules.cluster is None:
        yield "the cluster's name is not known (--cluster-name): tags of clusters were not judged"


def _chosen(one: Discovered) -> str:
    how = "by route tables, no subnet has the role tag" if one.by_routes else f"by the tag {one.scheme.role_tag}"
    return f"{', '.join(one.chosen) or 'nothing'} ({how})"


def _why(subnet: Subnet, rules: Resolver, both: Iterable[Discovered]) -> Iterator[str]:
    roles = [scheme.role_tag for scheme in Scheme if subnet.tags.get(scheme.role_tag) in {"", "1"}]
    yield " and ".join(roles) or "no role tag"
    clusters = [key for key in subnet.tags if key.startswith(CLUSTER_TAG)]
    if clusters:
        yield ", ".join(clusters[:3])
    yield f"{subnet.free_addresses} free addresses"
    bars = {bar for one in both for name, bar in one.barred if name == subnet.subnet_id}
    yield from map(partial(_bar, rules=rules), sorted(bars))


def _bar(bar: Bar, rules: Resolver) -> str:
    return {
        Bar.OTHER_CLUSTER: f"left out: not tagged for cluster {rules.cluster}, but for others",
        Bar.CLUSTER_UNKNOWN: "tagged for a cluster; whether for this one is not known",
        Bar.NO_CLUSTER_TAG: f"left out: this release wants {CLUSTER_TAG}{rules.cluster or 'CLUSTER'}",
        Bar.FEW_ADDRESSES: f"left out: fewer than {rules.least_addresses} free addresses",
    }[bar]
