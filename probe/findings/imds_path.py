"""IMDS cannot be reached: no connection, or one that is broken off."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import NO_PATH, Connection, Ending, PolicyFacts
from probe.findings.addresses import is_loopback
from probe.findings.case import CERTAIN, LIKELY, Case, found, told
from probe.findings.container_view import cause_open
from probe.findings.fargate import fargate_hints, node_says_so
from probe.findings.imds_remedies import (
    blocked_remedies,
    endpoint_remedies,
    fargate_remedies,
    no_route_remedies,
    refused_remedies,
)
from probe.findings.imds_view import ImdsView
from probe.findings.kubernetes_view import UNSELECTED, KubernetesView, Platform, listed
from probe.report import Certainty, Finding


def no_connection(case: Case) -> Iterator[Finding]:
    """The TCP connect fails. How it fails is certain; who makes it fail is not visible from inside."""
    imds = ImdsView(case)
    connection = imds.connection
    if connection is None or connection.ending not in NO_PATH:
        return
    evidence = [*_connect_evidence(imds, connection)]
    if connection.ending is Ending.REFUSED:
        yield _refused(imds, connection, evidence)
    elif connection.ending is Ending.CONNECT_TIMEOUT:
        yield _silent(imds, connection, evidence)
    else:
        yield _no_route(imds, connection, evidence)


def _connect_evidence(imds: ImdsView, connection: Connection) -> Iterator[str]:
    took = f" after {connection.milliseconds:.0f} ms" if connection.milliseconds is not None else ""
    times = f", {connection.attempts} times" if connection.attempts > 1 else ""
    where = f"{connection.address or connection.host} port {connection.port}"
    yield f"connect to {where}: {connection.ending.replace('-', ' ')}{took}{times}"
    if connection.error_name:
        yield f"the kernel said {connection.error_name}"
    if imds.route is not None and imds.route.rejected_by is not None:
        yield f"an ICMP error came from {imds.route.rejected_by}: a rule or a route there says no"
    elif imds.route is not None and imds.route.rejected_at == 1:
        yield "it is refused one hop away, before any router forwards it"


def _certainty(connection: Connection) -> Certainty:
    return CERTAIN if connection.attempts > 1 else LIKELY


def _refused(imds: ImdsView, connection: Connection, evidence: list[str]) -> Finding:
    if not imds.is_real_address:
        said = "Nobody listens at" if is_loopback(imds.variables.host) else "The connection is refused at"
        summary, remedies = f"{said} {imds.place}.", endpoint_remedies(imds.case)
    else:
        summary = (
            "The connection to IMDS is refused: a rule rejects it, or diverts it to something that is gone or not yet "
            "up, or this is no EC2 instance."
        )
        evidence = [*evidence, "IMDS itself is not known to refuse connections"]
        remedies = refused_remedies(imds.case)
    return found(
        "imds-refused",
        certainty=_certainty(connection),
        step="imds.connect",
        summary=summary,
        evidence=evidence,
        remedies=remedies,
    )


def _silent(imds: ImdsView, connection: Connection, evidence: list[str]) -> Finding:
    hints = tuple(fargate_hints(imds.case)) if imds.is_real_address else ()
    if hints:
        return found(
            "imds-absent-fargate",
            certainty=CERTAIN if node_says_so(imds.case) else LIKELY,
            step="imds.connect",
            summary="This pod runs on Fargate, where there is no IMDS.",
            evidence=[*evidence, *hints],
            remedies=fargate_remedies(imds.case),
        )
    view = KubernetesView(imds.case)
    against = view.policies_against(connection.address or connection.host) if imds.is_real_address else ()
    node = [view.node_line] if view.node_line else []
    unselected = [UNSELECTED] if view.is_unselected else []
    finding = found(
        "imds-blocked",
        certainty=_certainty(connection),
        step="imds.connect",
        summary=f"{_capital(imds.place)} does not answer a TCP connect: {_why(imds, view, against)}.",
        evidence=[*evidence, *node, *unselected],
        remedies=blocked_remedies(imds.case) if imds.is_real_address else endpoint_remedies(imds.case),
    )
    if view.platform is Platform.HYBRID:
        return finding
    return cause_open(finding) if view.policies is None else replace(finding, becomes_certain_with=_ELSEWHERE)


_ELSEWHERE = "For the reason: the same probe with hostNetwork on this node."


def _why(imds: ImdsView, view: KubernetesView, against: tuple[PolicyFacts, ...]) -> str:
    if view.platform is Platform.HYBRID and imds.is_real_address:
        return "this is a hybrid node, which has no IMDS"
    if against:
        return f"{listed(against)} selects this pod and allows no egress there"
    if ":" in imds.variables.host and imds.is_real_address:
        return "its IPv6 endpoint is off unless switched on for the instance, or a policy or rule drops the packets"
    if view.is_unselected:
        return "a host rule or a policy of another kind drops it, or there is no IMDS here"
    return "a network policy or host rule drops it, or there is no IMDS here"


def _no_route(imds: ImdsView, connection: Connection, evidence: list[str]) -> Finding:
    name = connection.error_name or connection.ending
    if connection.ending is Ending.PROHIBITED:
        summary = f"A rule forbids this pod to connect to {imds.place} ({name})."
    elif name == "ENETUNREACH" and (imds.route is None or imds.route.rejected_by is None):
        summary = f"There is no route from this pod to {imds.place} ({name})."
    else:
        summary = f"{_capital(imds.place)} cannot be reached from this pod ({name}): a rule or a router says so."
    return found(
        "imds-no-route",
        certainty=CERTAIN,
        step="imds.connect",
        summary=summary,
        evidence=evidence,
        remedies=no_route_remedies(imds.case),
    )


def broken_off(case: Case) -> Iterator[Finding]:
    """Connected, and then reset or closed without an answer."""
    imds = ImdsView(case)
    if imds.has_token or not imds.puts or not all(put.ending in _BROKEN_OFF for put in imds.puts):
        return
    everything = bool(imds.gets) and all(get.ending in _BROKEN_OFF for get in imds.gets)
    only = " while a GET without a token is answered" if imds.gets_answered else ""
    yield found(
        "imds-reset",
        certainty=CERTAIN if everything else LIKELY,
        step="imds.token",
        summary=f"The connection to {imds.place} is accepted, and the token PUT is broken off before any answer{only}.",
        evidence=[told(one) for one in imds.attempts],
        remedies=refused_remedies(case),
    )


_BROKEN_OFF = frozenset({Ending.RESET, Ending.CLOSED})


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
