"""IMDS, or somebody in its place, answers, but not as it should."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from probe.evidence import Ending, Source
from probe.findings.case import CERTAIN, LIKELY, Case, found, told
from probe.findings.catalogue.entry import Severity
from probe.findings.imds_mock import unlike_ec2
from probe.findings.imds_remedies import (
    disabled_remedies,
    forwarded_remedies,
    impostor_remedies,
    slow_remedies,
    transient_remedies,
)
from probe.findings.imds_view import ImdsView, is_ec2, names_another
from probe.report import Certainty, Finding

GO_V2_PATIENCE_MS = 500.0
"""How long Go v2 waits for the headers of an answer (aws/aws-sdk-go-v2:feature/ec2/imds/api_client.go)."""
SDK_PATIENCE_MS = 1000.0
"""The time that most other SDKs give a token PUT."""


def with_token(case: Case) -> Iterator[Finding]:
    """A token came, and not as it should: from a stranger, at the second try, or slowly."""
    imds = ImdsView(case)
    if not imds.has_token or imds.token is None:
        return
    failed = [one for one in imds.attempts if not one.answered or (one.status or 0) >= 500]
    odd = unlike_ec2(imds)
    if odd:
        yield _impostor(imds, LIKELY, odd[0], more=odd[1:])
    elif failed:
        yield replace(_unavailable(imds), severity=Severity.WARNING)
    elif (imds.token_waited_ms or 0.0) > GO_V2_PATIENCE_MS:
        yield _slow(imds, imds.token_waited_ms or 0.0)


def refusals(case: Case) -> Iterator[Finding]:
    """The token PUT is answered by a refusal."""
    imds = ImdsView(case)
    put = imds.put
    if imds.has_token or put is None or put.status is None:
        return
    by_ec2, unnamed = is_ec2(put), put.server is None
    if put.status >= 500:
        if names_another([put]):
            yield _impostor(imds, LIKELY, f"answers the token PUT with {put.status}")
    elif imds.get is not None and imds.get.status in _NEVER_EC2 and not is_ec2(imds.get):
        yield _impostor(imds, CERTAIN, f"answers the listing of all metadata with {imds.get_status}")
    elif put.status == 403 and {get.status for get in imds.gets} == {403} and not names_another(imds.attempts):
        yield _disabled(imds)
    elif put.status == 403 and imds.get_status in {200, 401}:
        yield _forwarded(imds)
    elif put.status == 400 and (by_ec2 or unnamed):
        yield _token_rejected(imds, CERTAIN if by_ec2 else LIKELY)
    elif by_ec2 and put.status in _ODD_REFUSALS:
        yield _token_rejected(imds, LIKELY)
    else:
        known = not by_ec2 and (put.status in _NEVER_EC2 or put.status < 400)
        yield _impostor(imds, CERTAIN if known else LIKELY, f"answers the token PUT with {put.status}")


_NEVER_EC2 = frozenset({404, 405, 501})
"""Answers to a token PUT, and to the listing of all metadata, that the EC2 IMDS does not give."""
_ODD_REFUSALS = frozenset({401, 403, 417, 429})
"""Never seen on a well-formed PUT: something on the way changes the request, or limits it."""


def _disabled(imds: ImdsView) -> Finding:
    return found(
        "imds-disabled",
        certainty=CERTAIN if imds.is_ec2 else LIKELY,
        step="imds.token",
        summary="IMDS is switched off on this instance (HttpEndpoint=disabled): every request gets 403.",
        evidence=[told(one) for one in imds.attempts],
        remedies=disabled_remedies(imds),
    )


def _forwarded(imds: ImdsView) -> Finding:
    return found(
        "imds-forwarded",
        certainty=CERTAIN if imds.is_ec2 else LIKELY,
        step="imds.token",
        summary="IMDS refuses the token PUT with 403 and still answers GETs: something on the way changes the request.",
        evidence=[told(one) for one in imds.attempts],
        remedies=forwarded_remedies(),
    )


def _token_rejected(imds: ImdsView, certainty: Certainty) -> Finding:
    return found(
        "imds-token-rejected",
        certainty=certainty,
        step="imds.token",
        summary=f"IMDS refuses a well-formed token PUT with {imds.put_status}: something on the way changes it, most "
        "likely a proxy that drops the TTL header.",
        evidence=[told(one) for one in imds.attempts],
        remedies=forwarded_remedies(),
    )


def strangers(case: Case) -> Iterator[Finding]:
    """No token, and what comes in the place of answers is not IMDS': no HTTP at all, or a page of something else."""
    imds = ImdsView(case)
    if imds.has_token or not imds.puts:
        return
    if all(put.ending is Ending.NOT_HTTP for put in imds.puts):
        sure = bool(imds.gets) and not any(is_ec2(get) for get in imds.gets)
        yield _impostor(imds, CERTAIN if sure else LIKELY, "does not speak HTTP")
    elif imds.puts_stalled and imds.gets and all((get.status or 500) < 500 for get in imds.gets):
        yield _impostor(imds, LIKELY, f"keeps silent at the token PUT and answers a GET with {imds.get_status}")


def stands_in(case: Case) -> bool:
    """Whether what gave the keys is not EC2's IMDS, or seems not to be."""
    looks = (with_token, refusals, strangers)
    return any(finding.code == "imds-impostor" for look in looks for finding in look(case))


def _impostor(imds: ImdsView, certainty: Certainty, what: str, more: Iterable[str] = ()) -> Finding:
    """Make the finding. What a stranger hands out may serve all the same: kube2iam is there to do that."""
    servers = sorted({one.server for one in imds.attempts if one.server is not None})
    finding = found(
        "imds-impostor",
        certainty=certainty,
        step="imds.token",
        summary=f"What answers in the place of IMDS {'is not' if certainty is CERTAIN else 'seems not to be'} the EC2 "
        f"IMDS: it {what} (Server: {', '.join(servers) or 'none'}).",
        evidence=[*(told(one) for one in imds.attempts), *(f"it {one}" for one in more)],
        remedies=impostor_remedies(imds),
    )
    return replace(finding, severity=Severity.WARNING) if keys_may_work(imds) else finding


def keys_may_work(imds: ImdsView) -> bool:
    """Whether keys came, and neither their end nor STS speaks against them.

    A mock's samples ended years ago, and STS knows none of them.
    """
    keys, case = imds.credentials, imds.case
    if keys is None or not case.gave_keys(Source.IMDS):
        return False
    asked = case.identity(Source.IMDS)
    refused = asked is not None and asked.first.code is not None and not case.works(Source.IMDS)
    return not refused and (keys.expires is None or keys.expires > case.given.clock)


def unsteady(case: Case) -> Iterator[Finding]:
    """No token, and none of the clear pictures: server errors, answers that do not end, now one thing and now another.

    PUTs that stall with no GET beside them are half a picture, and say nothing.
    """
    imds = ImdsView(case)
    if not imds.puts or imds.has_token or (imds.puts_stalled and not imds.gets):
        return
    errors = [one for one in imds.attempts if (one.status or 0) >= 500]
    if names_another(errors):
        yield _impostor(imds, LIKELY, f"answers with {errors[0].status}")
    else:
        yield _unavailable(imds)


def _unavailable(imds: ImdsView) -> Finding:
    bad = [one for one in imds.attempts if one.ending is not Ending.ANSWERED or (one.status or 0) >= 500]
    errors = sorted({one.status for one in bad if one.status is not None and one.status >= 500})
    if errors:
        state = f"answers with server errors ({', '.join(map(str, errors))})"
    elif len(bad) == len(imds.attempts):
        state = "gives no whole answer"
    else:
        state = "answers only sometimes"
    # Where no PUT and some GET was answered, one GET that got lost is all that a low hop limit lacks to be seen.
    none_came = not errors and not any(put.answered for put in imds.puts) and any(get.answered for get in imds.gets)
    return found(
        "imds-unavailable",
        certainty=LIKELY if none_came else CERTAIN,
        step="imds.token",
        summary=f"IMDS {state}: {len(bad)} of {len(imds.attempts)} requests failed.",
        evidence=[told(one) for one in imds.attempts],
        becomes_certain_with="The same walk once more: behind a low hop limit every GET is answered, and no PUT.",
        remedies=transient_remedies(),
    )


def _slow(imds: ImdsView, waited: float) -> Finding:
    everybody = waited > SDK_PATIENCE_MS
    who = "most SDKs wait a second, and then count" if everybody else "Go v2 waits 500 ms, and then counts"
    return found(
        "imds-slow",
        certainty=CERTAIN,
        step="imds.token",
        summary=f"IMDS took {waited:.0f} ms to answer a token PUT; {who} it as failed.",
        evidence=[told(one) for one in imds.attempts],
        remedies=slow_remedies(),
        sdks=() if everybody else ("go-v2",),
    )
