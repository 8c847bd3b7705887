"""The hop limit, and what resembles it: a token PUT that stalls.

The limit is the time to live of the packets that answer a token PUT. Connects and GETs are not concerned (EC2 user
guide, "Use the Instance Metadata Service"), so the PUT alone stalls while a tokenless GET to the same address is
answered in milliseconds.
"""

from collections.abc import Iterator

from probe.findings.case import CERTAIN, LIKELY, Case, found, told
from probe.findings.imds_remedies import hop_limit_remedies, stall_remedies
from probe.findings.imds_view import ImdsView
from probe.report import Certainty, Finding


def stalls(case: Case) -> Iterator[Finding]:
    """A connection stands, and the token PUT gets no answer."""
    imds = ImdsView(case)
    if not imds.puts_stalled or imds.has_token:
        return
    if imds.gets_stalled:
        yield _stalled(imds, "neither the token PUT nor a GET without a token gets an answer")
    elif not imds.gets_answered:
        return  # some answered, some not: imds-unavailable speaks of it
    elif imds.request_was_lost:
        yield _stalled(imds, "the token PUT itself is lost on the way, so its answer's hop limit cannot be the reason")
    elif imds.hops == 1:
        yield _stalled(imds, "IMDS is one hop away, and no hop limit is lower than one")
    elif imds.get_status in {200, 401}:
        yield _hop_limit(imds)


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
    """Certain only for the whole picture: two PUTs, patience, GETs answered before and after, by EC2's own server."""
    whole = len(imds.puts) >= 2 and len(imds.gets) >= 2 and imds.waited_long_enough and imds.is_ec2
    return CERTAIN if whole else LIKELY


def _summary(imds: ImdsView, *, version_1: bool) -> str:
    need = f"{imds.hops} are needed" if imds.hops else "at least 2 are needed, 3 with an overlay network"
    tail = "; IMDSv1 still answers, so SDKs fall back after a delay" if version_1 else ""
    return f"The IMDS hop limit is too low for this pod: answers to token PUTs die on the way ({need}){tail}."


def _evidence(imds: ImdsView) -> Iterator[str]:
    for put in imds.puts:
        heard = " (request acknowledged)" if put.request_acknowledged else ""
        yield told(put) + heard
    yield from map(told, imds.gets)
    if imds.hops:
        yield f"IMDS is {imds.hops} hops away, measured with TCP connects of limited time to live"
    if not imds.is_ec2:
        yield "the answers do not carry Server: EC2ws, so an interceptor that swallows PUTs is not excluded"


def _stalled(imds: ImdsView, why: str) -> Finding:
    return found(
        "imds-stalled",
        certainty=CERTAIN if imds.gets_stalled and imds.waited_long_enough else LIKELY,
        step="imds.token",
        summary=f"IMDS accepts connections and stays silent: {why}.",
        evidence=[told(one) for one in (*imds.puts, *imds.gets)],
        remedies=stall_remedies(),
    )


RULES = (stalls,)
