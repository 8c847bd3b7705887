"""IMDS, or somebody in its place, answers, but not as it should."""

from collections.abc import Iterator

from probe.evidence import Ending
from probe.findings.case import CERTAIN, LIKELY, Case, found, told
from probe.findings.imds_remedies import (
    disabled_remedies,
    forwarded_remedies,
    impostor_remedies,
    transient_remedies,
)
from probe.findings.imds_view import ImdsView
from probe.report import Finding


def refusals(case: Case) -> Iterator[Finding]:
    """The token PUT is answered by a refusal."""
    imds = ImdsView(case)
    put, get = imds.put_status, imds.get_status
    if imds.has_token or put is None:
        return
    if put == 403 and get == 403 and imds.is_ec2:
        yield _disabled(imds)
    elif put == 403 and get in {200, 401, 404}:
        yield _forwarded(imds)
    elif put == 400 and imds.is_ec2:
        yield _token_rejected(imds)
    elif put < 500:
        yield _impostor(imds)


def _disabled(imds: ImdsView) -> Finding:
    return found(
        "imds-disabled",
        certainty=CERTAIN,
        step="imds.token",
        summary="IMDS is switched off on this instance (HttpEndpoint=disabled): every request gets 403.",
        evidence=[told(one) for one in (*imds.puts, *imds.gets)],
        remedies=disabled_remedies(imds),
    )


def _forwarded(imds: ImdsView) -> Finding:
    return found(
        "imds-forwarded",
        certainty=CERTAIN if imds.is_ec2 else LIKELY,
        step="imds.token",
        summary="IMDS refuses the token PUT with 403 and still answers GETs: something on the way changes the request.",
        evidence=[told(one) for one in (*imds.puts, *imds.gets)],
        remedies=forwarded_remedies(),
    )


def _token_rejected(imds: ImdsView) -> Finding:
    return found(
        "imds-token-rejected",
        certainty=CERTAIN,
        step="imds.token",
        summary="IMDS refuses the token PUT as malformed (400): its TTL header was lost or changed on the way.",
        evidence=[told(one) for one in (*imds.puts, *imds.gets)],
        remedies=forwarded_remedies(),
    )


def _impostor(imds: ImdsView) -> Finding:
    other = next((one for one in imds.puts if one.answered), None)
    server = other.server if other else None
    known = not imds.is_ec2 and imds.put_status in {200, 404, 405, 501}
    return found(
        "imds-impostor",
        certainty=CERTAIN if known else LIKELY,
        step="imds.token",
        summary="What answers at the IMDS address is not the EC2 IMDS "
        f"(Server: {server or 'none'}, PUT {imds.put_status}).",
        evidence=[told(one) for one in (*imds.puts, *imds.gets)],
        remedies=impostor_remedies(imds),
    )


def unsteady(case: Case) -> Iterator[Finding]:
    """Server errors, or the same request answered once and not another time."""
    imds = ImdsView(case)
    attempts = (*imds.puts, *imds.gets)
    troubled = [one for one in attempts if (one.status or 0) >= 500 or one.ending in _UNSTEADY]
    fine = [one for one in attempts if one.answered and (one.status or 0) < 500]
    all_stalled = not fine and all(one.ending is Ending.NO_ANSWER for one in attempts)
    hop_limit = imds.puts_stalled and imds.gets_answered
    if not troubled or all_stalled or hop_limit or _all_broken_off(imds):
        return
    state = "answers only sometimes" if fine else "answers with server errors"
    yield found(
        "imds-unavailable",
        certainty=CERTAIN,
        step="imds.token",
        summary=f"IMDS {state}: {len(troubled)} of {len(attempts)} requests failed.",
        evidence=[told(one) for one in attempts],
        remedies=transient_remedies(),
    )


_UNSTEADY = frozenset({Ending.NO_ANSWER, Ending.INCOMPLETE, Ending.RESET, Ending.CLOSED, Ending.NOT_HTTP})


def _all_broken_off(imds: ImdsView) -> bool:
    return all(one.ending in {Ending.RESET, Ending.CLOSED} for one in (*imds.puts, *imds.gets))


RULES = (refusals, unsteady)
