"""The hop limit, and what resembles it: a token PUT that stalls.

The limit is the time to live of the packets that answer a token PUT. Connects and GETs are not concerned (EC2 user
guide, "Use the Instance Metadata Service"), so the PUT alone stalls while a tokenless GET to the same address is
answered in milliseconds.
"""

from collections.abc import Iterator

from probe.evidence import Exchange
from probe.findings.asked_of_aws import hop_limit, instance_lines
from probe.findings.case import CERTAIN, LIKELY, Case, found, told
from probe.findings.container_view import cause_open
from probe.findings.imds_hop_limit_remedies import hop_limit_remedies
from probe.findings.imds_remedies import disabled_remedies, stall_remedies
from probe.findings.imds_view import ImdsView, is_ec2
from probe.findings.kubernetes_view import KubernetesView
from probe.findings.standpoint import picture, stands_on_node
from probe.report import Certainty, Finding


def stalls(case: Case) -> Iterator[Finding]:
    """A connection stands, and no token PUT gets an answer."""
    imds = ImdsView(case)
    if not imds.puts_stalled or imds.has_token:
        return
    if imds.gets_unanswered:
        yield _stalled(imds, "neither the token PUT nor a GET without a token gets an answer")
    elif not imds.gets_answered or any((get.status or 0) >= 500 for get in imds.gets):
        return  # some answered, some not, or by an error: imds-unavailable speaks of it
    elif imds.get_status == 403:
        yield _disabled(imds)
    elif imds.get_status not in {200, 401} or _is_page(imds):
        return  # what answers the GET is not IMDS: imds-impostor speaks of it
    elif imds.requests_were_lost:
        yield _stalled(imds, "no token PUT is acknowledged, so the requests get lost, and not their answers")
    elif imds.hops == 1:
        yield _stalled(
            imds,
            "the connects end one hop away, where no hop limit is too low; a mesh sidecar or a proxy on the node may "
            "accept them in its place",
        )
    else:
        yield _hop_limit(imds)


def _is_page(imds: ImdsView) -> bool:
    """Whether a web page came in the place of the listing."""
    return imds.get_status == 200 and "html" in ((imds.get.content_type if imds.get else None) or "")


def _hop_limit(imds: ImdsView) -> Finding:
    version_1 = imds.get_status == 200
    return found(
        "imds-hop-limit-v1-allowed" if version_1 else "imds-hop-limit",
        certainty=_certainty(imds),
        step="imds.token",
        summary=_summary(imds, version_1=version_1),
        evidence=_evidence(imds),
        remedies=hop_limit_remedies(imds),
    )


def _certainty(imds: ImdsView) -> Certainty:
    """Certain only for the whole picture: PUTs that arrived and waited, GETs answered at once before and after."""
    repeated = len(imds.puts) >= 2 and len(imds.gets) >= 2
    quick = imds.gets_were_quick and len({get.status for get in imds.gets}) == 1
    by_ec2 = imds.is_ec2 and imds.is_real_address
    died = imds.requests_arrived and not imds.small_packets_return
    told_by_ec2 = hop_limit(imds.case)
    if told_by_ec2 is not None and imds.hops and imds.route is not None:
        if told_by_ec2 >= imds.hops:
            return LIKELY
        if imds.route.is_exact and by_ec2:
            return CERTAIN
    return CERTAIN if repeated and quick and by_ec2 and died and imds.waited_long_enough else LIKELY


def _summary(imds: ImdsView, *, version_1: bool) -> str:
    need = f"{imds.hops} are needed" if imds.hops else "at least 2 are needed, 3 with an overlay network"
    tail = "; IMDSv1 still answers, so most SDKs fall back after a delay" if version_1 else ""
    return f"The IMDS hop limit is too low for this pod: answers to token PUTs die on the way ({need}){tail}."


def _evidence(imds: ImdsView) -> Iterator[str]:
    yield from (told(put) + _heard(put) for put in imds.puts)
    yield from map(told, imds.gets)
    if imds.route is not None and imds.hops:
        most = "" if imds.route.is_exact else "at most "
        yield f"IMDS is {most}{imds.hops} hops away, measured with TCP connects of limited time to live"
        yield picture(imds.route)
    if stands_on_node(imds.case) is False:
        yield "every answer has to cross the node; to a pod with hostNetwork it has not"
    node_line = KubernetesView(imds.case).node_line
    if node_line is not None:
        yield node_line
    yield from instance_lines(imds.case)
    if imds.hops and (hop_limit(imds.case) or 0) >= imds.hops:
        yield "that is enough for the measured distance: something else may swallow the answers on their way"
    if not imds.is_ec2:
        yield "the answers do not carry Server: EC2ws, so an interceptor that swallows PUTs is not excluded"
    if not imds.requests_arrived:
        yield "not every PUT was acknowledged, so it is not excluded that the requests themselves are lost"
    if imds.small_packets_return:
        yield "the end of a PUT's connection was acknowledged: a path that drops by size (MTU) is not excluded"


def _heard(put: Exchange) -> str:
    """Say what of a stalled PUT arrived, and whether anything still came back."""
    request = {True: "request acknowledged", False: "request not acknowledged", None: ""}[put.request_acknowledged]
    after = {True: ", our closing packet too", False: ", our closing packet not", None: ""}[put.end_acknowledged]
    return f" ({request}{after})" if request else ""


def _stalled(imds: ImdsView, why: str) -> Finding:
    sure = imds.gets_unanswered and len(imds.puts) >= 2 and imds.waited_long_enough
    finding = found(
        "imds-stalled",
        certainty=CERTAIN if sure else LIKELY,
        step="imds.token",
        summary=f"Connections to {imds.place} are accepted, and no answer comes: {why}.",
        evidence=[told(one) for one in imds.attempts],
        remedies=stall_remedies(),
    )
    return cause_open(finding)


def _disabled(imds: ImdsView) -> Finding:
    return found(
        "imds-disabled",
        certainty=LIKELY,
        step="imds.token",
        summary="IMDS seems to be switched off on this instance (HttpEndpoint=disabled): a GET gets 403.",
        evidence=[
            *map(told, imds.attempts),
            "the PUT's own refusal does not arrive; a low hop limit swallows refusals as well",
            *([] if is_ec2(*imds.gets) else ["the refusal does not carry Server: EC2ws"]),
        ],
        remedies=disabled_remedies(imds),
    )
