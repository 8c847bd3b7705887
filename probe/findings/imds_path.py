"""IMDS cannot be reached: no connection, or one that is broken off."""

from collections.abc import Iterator

from probe.evidence import NO_PATH, Ending
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.imds_remedies import blocked_remedies, fargate_remedies, no_route_remedies, refused_remedies
from probe.findings.imds_view import ImdsView
from probe.report import Finding


def no_connection(case: Case) -> Iterator[Finding]:
    """The TCP connect fails. How it fails is certain; who makes it fail is not visible from inside."""
    connection = ImdsView(case).connection
    if connection is None or connection.ending not in NO_PATH:
        return
    took = f" after {connection.milliseconds:.0f} ms" if connection.milliseconds is not None else ""
    evidence = [f"connect to {connection.address or connection.host}:{connection.port}: {connection.ending}{took}"]
    if connection.error_name:
        evidence.append(f"the kernel said {connection.error_name}")
    if connection.ending is Ending.REFUSED:
        yield _refused(case, evidence)
    elif connection.ending is Ending.CONNECT_TIMEOUT:
        yield _silent(case, evidence)
    else:
        yield found(
            "imds-no-route",
            certainty=CERTAIN,
            step="imds.connect",
            summary=f"There is no route from this pod to IMDS at {connection.host} ({connection.error_name}).",
            evidence=evidence,
            remedies=no_route_remedies(case),
        )


def _refused(case: Case, evidence: list[str]) -> Finding:
    return found(
        "imds-refused",
        certainty=CERTAIN,
        step="imds.connect",
        summary="The connection to IMDS is refused: something on the node intercepts the address, and it is not there.",
        evidence=[*evidence, "the real IMDS listens whenever the instance runs; it answers or stays silent"],
        remedies=refused_remedies(case),
    )


def _silent(case: Case, evidence: list[str]) -> Finding:
    hints = case.given.pod.fargate_hints
    if hints:
        return found(
            "imds-absent-fargate",
            certainty=CERTAIN if any(hint.startswith("node name") for hint in hints) else LIKELY,
            step="imds.connect",
            summary="This pod runs on Fargate, where there is no IMDS.",
            evidence=[*evidence, *hints],
            remedies=fargate_remedies(case),
        )
    return found(
        "imds-blocked",
        certainty=CERTAIN,
        step="imds.connect",
        summary="IMDS does not answer a TCP connect: a network policy or host rule drops it, or there is no IMDS here.",
        evidence=evidence,
        remedies=blocked_remedies(case),
    )


def broken_off(case: Case) -> Iterator[Finding]:
    """Connected, and then reset or closed without an answer."""
    imds = ImdsView(case)
    attempts = (*imds.puts, *imds.gets)
    broken = [one for one in attempts if one.ending in {Ending.RESET, Ending.CLOSED}]
    if not broken or any(one.answered for one in attempts) or len(broken) < len(attempts):
        return
    yield found(
        "imds-reset",
        certainty=CERTAIN,
        step="imds.token",
        summary="The connection to IMDS is accepted and then broken off before any answer.",
        evidence=[f"{one.method} {one.url}: {one.ending}" for one in attempts],
        remedies=refused_remedies(case),
    )


RULES = (no_connection, broken_off)
