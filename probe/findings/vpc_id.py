"""The place that was to give the VPC's id gives none, or one that EC2 does not know."""

from collections.abc import Iterator

from probe.controllers.version import is_whole
from probe.evidence.discovery import FoundValue, Looked, LookedAt
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.discovery_view import DiscoveryView, chart_values, find_vpc, look_lines
from probe.findings.shell import quoted
from probe.report import Finding, Remedy, Tool

CODE = "vpc-id-unavailable"
STEP = "needs.vpc-id"


def findings(case: Case) -> Iterator[Finding]:
    """Yield the finding, where a place failed that is not an IMDS out of reach."""
    view = DiscoveryView(case)
    facts, controller = view.vpc_id, view.controller
    if facts is None or controller is None:
        return
    if facts.exists is False:
        yield _unknown_vpc(view, facts)
        return
    tried = [one for one in facts.looked_at if one.looked is not Looked.NOT_GIVEN]
    if facts.value is not None or not facts.is_known or not tried:
        return
    last = tried[-1]
    if last.looked is Looked.NO_ANSWER:
        if "answers" in (last.note or ""):
            yield view.unless_flags_say(_finding(view, facts, last, "IMDS answers and does not give it"))
        return
    yield _finding(view, facts, last, _WHY[last.looked].format(place=last.place, note=last.note or ""))


_WHY = {
    Looked.NO_MATCH: "{place} fits no VPC in this account and region ({note})",
    Looked.SEVERAL: "{place} fits more than one VPC, and exactly one is wanted ({note})",
    Looked.REFUSED: "{place} takes a call that AWS refuses",
}


def _unknown_vpc(view: DiscoveryView, facts: FoundValue) -> Finding:
    where = _asked_in(view, facts)
    return found(
        CODE,
        certainty=view.sure(facts.checked),
        step=STEP,
        summary=f"{facts.told_by} gives {facts.value}, which EC2 does not know in {where} for these keys.",
        evidence=[*look_lines("VPC id", facts), *_said(facts.looked_at[-1])],
        remedies=_remedies(view),
        becomes_certain_with=_OWN_KEYS,
    )


def _asked_in(view: DiscoveryView, facts: FoundValue) -> str:
    answer = facts.checked.answer if facts.checked else None
    return answer.region if answer else view.region_name


_OWN_KEYS = "The same call with the keys that the controller uses: another account has other VPCs."

_RELEASE = "The controller's release, which decides whether all of the tags count or one: --controller NAME@VERSION."


def _finding(view: DiscoveryView, facts: FoundValue, last: LookedAt, why: str) -> Finding:
    title = view.controller.title if view.controller else ""
    by_release = last.looked in {Looked.NO_MATCH, Looked.SEVERAL} and last.place == "--aws-vpc-tags"
    by_release = by_release and not is_whole(view.controller.version if view.controller else None)
    return found(
        CODE,
        certainty=LIKELY if by_release else view.sure(last.read) if last.read else CERTAIN,
        step=STEP,
        summary=f"{title} does not get the VPC's id: {why}.",
        evidence=[*look_lines("VPC id", facts), *_said(last)],
        remedies=(*_about(last), *_remedies(view)),
        becomes_certain_with=_RELEASE if by_release else _OWN_KEYS,
    )


def _said(one: LookedAt) -> Iterator[str]:
    if one.read is not None:
        answer = one.read.answer
        code = f": {answer.code}" if answer and answer.code else ""
        yield f"{one.read.action} with the {one.read.keys_of} keys{code}"
    if one.place == "--aws-vpc-tags":
        yield "with this flag IMDS is not asked any more, whatever comes of it"


def _about(last: LookedAt) -> Iterator[Remedy]:
    if last.looked is Looked.REFUSED and last.read is not None:
        yield Remedy(text=f"Allow {last.read.action} in the role's policy, or give the id itself as below.")
    elif last.place == "--aws-vpc-tags":
        yield Remedy(
            text="See which tags the VPCs have.",
            command="aws ec2 describe-vpcs --query 'Vpcs[].[VpcId,Tags]' --output json",
            tool=Tool.AWS,
        )


def _remedies(view: DiscoveryView) -> tuple[Remedy, ...]:
    values = {"vpcId": "VPC_ID", "region": view.region_name}
    namespace = quoted(view.case.namespace)
    look = Remedy(
        text="The flags that the controller runs with:",
        command=f"kubectl -n {namespace} get deployment aws-load-balancer-controller "
        "-o jsonpath='{.spec.template.spec.containers[0].args}'",
        tool=Tool.KUBECTL,
    )
    return (find_vpc(view), chart_values(view.case, values), look)
