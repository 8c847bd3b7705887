"""IMDS is needed for a region, a VPC's id or the instance's data, and gives nothing: not a matter of credentials."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from probe.controllers.profile import Metadata, MetadataNeed
from probe.evidence import TIMED_OUT, Outcome, Source
from probe.evidence.discovery import FoundValue, Looked
from probe.evidence.kubernetes import PodFacts
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.discovery_view import CHART_VALUES, DiscoveryView, chart_values, find_vpc, look_lines
from probe.findings.identity_remedies import identity_remedies, instance_argument
from probe.findings.imds_hop_limit_remedies import raise_hop_limit
from probe.findings.imds_view import EC2_SERVER, ImdsView
from probe.findings.standpoint import stands_on_node
from probe.report import Finding, Remedy, Tool

CODE = "metadata-needed-unreachable"
_ON_THE_WAY = ("imds.connect", "imds.token", "imds.metadata")
_BUSY = 429
_SERVER_ERROR = 500
_LOAD_BALANCER = "aws-load-balancer-controller"


def findings(case: Case) -> Iterator[Finding]:
    """Yield one finding for everything that the controller lacks because of IMDS."""
    view, imds = DiscoveryView(case), ImdsView(case)
    controller = view.controller
    if controller is None:
        return
    lacking = [need for need in controller.of(controller.profile.metadata) if _is_lacking(view, imds, need)]
    if not lacking or not _speaks_for_it(view, imds):
        return
    what = " and ".join(_named(lacking))
    works = case.expected.source not in {None, "none"} and case.works(Source(case.expected.source))
    finding = found(
        CODE,
        certainty=LIKELY if _on_host_network(view) is None or _is_busy(view, imds) else CERTAIN,
        step=_step(lacking),
        source="needs",
        summary=f"{controller.title} takes {what} from IMDS, which gives nothing here{_no_other(lacking)}."
        + (" The credentials work: this is not about them." if works else ""),
        evidence=[*_evidence(view, imds, lacking)],
        remedies=_remedies(view, imds, lacking),
        becomes_certain_with="A second run: IMDS may only be busy."
        if _is_busy(view, imds)
        else "The probe on the network that the controller is on: compare hostNetwork.",
    )
    if not any(need.fatal for need in lacking):
        finding = replace(finding, severity=Severity.WARNING)
    replacements = [place for need in lacking for place in need.replaced_by]
    yield finding if all(_would_be_seen(view, place) for place in replacements) else view.softened(finding)


def _is_lacking(view: DiscoveryView, imds: ImdsView, need: MetadataNeed) -> bool:
    """Whether nothing replaces IMDS for this need, and IMDS was seen not to give it."""
    facts = {Metadata.REGION: view.region, Metadata.VPC_ID: view.vpc_id}.get(need.what)
    if facts is not None:
        return _ends_at_imds(facts)
    if any(_is_given(view, place) for place in need.replaced_by):
        return False
    if imds.variables.disabled:
        return True
    outcomes = [view.case.evidence.outcome(step) for step in _ON_THE_WAY]
    # What a GET without a token gives is given: SDKs go on without one.
    return outcomes[-1] is not Outcome.OK and Outcome.FAIL in outcomes


def _is_given(view: DiscoveryView, place: str) -> bool:
    """Whether a flag or a variable (`NAME`, or `NAME=VALUE`) is there."""
    if place.startswith("--"):
        return bool(view.arguments.value(place))
    name, _, value = place.partition("=")
    given = view.case.given
    return given.variables.get(name) == value if value else given.is_set(name)


def _is_busy(view: DiscoveryView, imds: ImdsView) -> bool:
    """Whether IMDS answered with an error that passes: 429, or one of the server."""
    told = [*imds.attempts, *([view.case.instance.exchange] if view.case.instance else [])]
    return any(one.status == _BUSY or (one.status or 0) >= _SERVER_ERROR for one in told)


def _would_be_seen(view: DiscoveryView, place: str) -> bool:
    """Whether it would be known if it were given: the flags if any was told; of variables, those of AWS."""
    return view.flags_are_known if place.startswith("--") else place.startswith("AWS_")


def _ends_at_imds(facts: FoundValue) -> bool:
    """Whether IMDS was the place that was to tell, and nothing came from it or after it.

    An IMDS that answers and lacks the item is a matter of its own.
    """
    if facts.value is not None or not facts.is_known:
        return False
    tried = [one for one in facts.looked_at if one.looked is not Looked.NOT_GIVEN]
    return len(tried) == 1 and tried[0].looked is Looked.NO_ANSWER and "answers" not in (tried[0].note or "")


def _on_host_network(view: DiscoveryView) -> bool | None:
    """Whether this controller runs on the host network; None where that depends on how it is installed."""
    workloads = view.controller.profile.workloads if view.controller else ()
    told = {one.host_network for one in workloads}
    return told.pop() if len(told) == 1 else None


def _speaks_for_it(view: DiscoveryView, imds: ImdsView) -> bool:
    """Whether what the probe met is what the controller meets.

    On the host network no hop limit is too low and no policy for pods applies; a pod beside it proves nothing then,
    except where IMDS itself says that it is switched off.
    """
    if _on_host_network(view) is not True or _stands_on_node(view.case) is True:
        return True
    told = [one for one in imds.attempts if one.answered]
    return bool(told) and all(one.status == 403 and one.server == EC2_SERVER for one in told)


def _stands_on_node(case: Case) -> bool | None:
    pod = case.evidence.facts("kubernetes.pod", PodFacts)
    return pod.host_network if pod is not None else stands_on_node(case)


def _step(lacking: Sequence[MetadataNeed]) -> str | None:
    kinds = {need.what for need in lacking}
    if Metadata.REGION in kinds:
        return "needs.region"
    return "needs.vpc-id" if Metadata.VPC_ID in kinds else None


def _named(lacking: Sequence[MetadataNeed]) -> list[str]:
    names = {Metadata.REGION: "its region", Metadata.VPC_ID: "the VPC's id", Metadata.INSTANCE: "the instance's data"}
    return [name for kind, name in names.items() if any(need.what is kind for need in lacking)]


def _no_other(lacking: Sequence[MetadataNeed]) -> str:
    if any(not need.replaced_by for need in lacking):
        return ", and nothing replaces it"
    return ", and no flag or variable gives it in its place"


def _evidence(view: DiscoveryView, imds: ImdsView, lacking: Sequence[MetadataNeed]) -> Iterator[str]:
    yield from look_lines("region", view.region)
    yield from look_lines("VPC id", view.vpc_id)
    if imds.variables.disabled:
        yield "AWS_EC2_METADATA_DISABLED keeps SDKs from IMDS"
    for need in lacking:
        if need.what is Metadata.INSTANCE:
            failed = next((step for step in _ON_THE_WAY if view.case.evidence.outcome(step) is Outcome.FAIL), None)
            yield f"needed from IMDS: {need.why}{f' (step {failed} failed)' if failed else ''}"


def _remedies(view: DiscoveryView, imds: ImdsView, lacking: Sequence[MetadataNeed]) -> Iterator[Remedy]:
    """Explicit values first, then an identity of the pod's own, and only then what opens IMDS."""
    case = view.case
    if any(need.replaced_by for need in lacking):
        yield from _explicit(view, lacking)
    if case.nothing_configured():
        yield from identity_remedies(case)
    if imds.variables.disabled:
        yield Remedy(text="Or remove AWS_EC2_METADATA_DISABLED from this container.")
    elif any(one.status == 403 for one in imds.puts):
        yield _enable(case)
    elif any(one.ending in TIMED_OUT for one in imds.puts):
        yield from raise_hop_limit(imds)


def _explicit(view: DiscoveryView, lacking: Sequence[MetadataNeed]) -> Iterator[Remedy]:
    controller = view.controller
    if controller is not None and controller.profile.name == _LOAD_BALANCER:
        if any(need.what is Metadata.VPC_ID for need in lacking):
            yield find_vpc(view)
        yield chart_values(view.case, {CHART_VALUES["--aws-region"]: view.region_name, "vpcId": "VPC_ID"})
        return
    for need in lacking:
        if need.replaced_by:
            yield Remedy(text=f"Give it {' and '.join(_named([need]))} itself: {' or '.join(need.replaced_by)}.")


def _enable(case: Case) -> Remedy:
    return Remedy(
        text="Switch IMDS on for the instance, and in the launch template or node class that it came from.",
        command=f"aws ec2 modify-instance-metadata-options --instance-id {instance_argument(case)} "
        "--http-endpoint enabled --http-tokens required",
        tool=Tool.AWS,
        privileged=True,
    )
