"""A token came, or IMDSv1 answers; what hangs on it: the role and its keys."""

from collections.abc import Iterator

from probe.evidence import TIMED_OUT, CredentialsAnswer, Ending, Exchange
from probe.findings.case import CERTAIN, LIKELY, Case, found, told
from probe.findings.imds_remedies import (
    expired_remedies,
    impostor_remedies,
    no_role_remedies,
    role_trust_remedies,
    transient_remedies,
)
from probe.findings.imds_view import ImdsView, is_ec2
from probe.findings.words import when
from probe.report import Finding

NEEDED = frozenset({"AccessKeyId", "SecretAccessKey", "Token", "Expiration"})
"""Fields without which no SDK takes the document (boto/botocore:botocore/utils.py, `_REQUIRED_CREDENTIAL_FIELDS`)."""
_SOUND = "Success"
_SPOKEN = {
    "InstanceProfileNotFound": "the instance profile was deleted while it was attached",
    "AssumeRoleUnauthorizedAccess": "EC2 cannot assume the role",
}
"""What the codes mean that are known; AWS lists no others, and one of them may be a fault of the service."""


def role_listing(case: Case) -> Iterator[Finding]:
    """The listing of the instance profile's role names none."""
    imds = ImdsView(case)
    listing = imds.listing
    if listing is None or listing.role is not None:
        return
    one, evidence = listing.exchange, [told(listing.exchange)]
    if one.status == 401 and not listing.with_token:
        return  # tokens are required, and why none came is said elsewhere
    if listing.info_code and listing.info_code != _SOUND:
        yield _unauthorized(imds, listing.info_code, evidence)
    elif one.status == 404 or (one.status == 200 and one.ending is Ending.ANSWERED and one.body_bytes == 0):
        yield _no_role(imds, one, evidence)
    else:
        yield _unusable(imds, one, "imds.role", "the role listing is not a role name")


def role_keys(case: Case) -> Iterator[Finding]:
    """The document with the role's keys cannot be used."""
    imds = ImdsView(case)
    keys = imds.credentials
    if keys is None:
        return
    if keys.code is not None and keys.code != _SOUND:
        yield _unauthorized(imds, keys.code, [told(keys.exchange)])
    elif keys.has_keys and not NEEDED & set(keys.missing_fields):
        if keys.expires is not None and keys.expires < _now(case, keys.exchange.clock_skew_seconds):
            yield _expired(imds, keys.exchange, keys.expires)
    else:
        yield _unusable(imds, keys.exchange, "imds.credentials", _lack(keys))


def _lack(keys: CredentialsAnswer) -> str:
    if keys.exchange.ending is Ending.TOO_LARGE:
        return "the credentials document is too long to be one"
    if keys.not_json:
        return "the credentials document is not JSON"
    if keys.missing_fields:
        return f"the credentials document lacks {', '.join(keys.missing_fields)}"
    return "the credentials document holds keys that cannot be keys"


def _no_role(imds: ImdsView, one: Exchange, evidence: list[str]) -> Finding:
    sure = one.status == 404 and is_ec2(one)
    listing = imds.listing
    attached = listing is not None and (listing.instance_profile is not None or listing.info_code == _SOUND)
    why = "the instance profile has none" if attached else "no instance profile is attached, or it has none"
    return found(
        "imds-no-role",
        certainty=CERTAIN if sure else LIKELY,
        step="imds.role",
        summary=f"IMDS works, and this instance has no role to give: {why}.",
        evidence=evidence,
        remedies=no_role_remedies(imds),
    )


def _unauthorized(imds: ImdsView, code: str, evidence: list[str]) -> Finding:
    what = _SPOKEN.get(code)
    return found(
        "imds-role-unauthorized",
        certainty=CERTAIN if what is not None else LIKELY,
        step="imds.credentials" if imds.credentials else "imds.role",
        summary=f"IMDS has no keys for this instance's profile: {what or 'EC2 seems not to assume the role'} ({code}).",
        evidence=[*evidence, f"Code {code}"],
        remedies=role_trust_remedies(imds),
    )


def _expired(imds: ImdsView, one: Exchange, expires: float) -> Finding:
    checked = is_ec2(one) and one.clock_skew_seconds is not None
    return found(
        "imds-credentials-expired",
        certainty=CERTAIN if checked else LIKELY,
        step="imds.credentials",
        summary=f"IMDS hands out credentials that expired at {when(expires)}.",
        evidence=[
            told(one),
            f"by the Date header of the same answer it is {when(_now(imds.case, one.clock_skew_seconds))}"
            if checked
            else "no Date header of EC2 confirms the local clock",
        ],
        remedies=expired_remedies(imds),
    )


def _unusable(imds: ImdsView, one: Exchange, step: str, malformed: str) -> Finding:
    """Say how a request for the role or its keys failed; `malformed` is for a complete 200."""
    if one.status is None or one.status >= 500 or one.ending in TIMED_OUT:
        return _unanswered(imds, one, step)
    if one.status == 401 and imds.has_token:
        return found(
            "imds-token-rejected",
            certainty=CERTAIN,
            step=step,
            summary="IMDS refuses a token that was issued a moment ago (401): token and request may meet two servers.",
            evidence=[told(one)],
            remedies=impostor_remedies(imds),
        )
    if one.status == 200:
        return found(
            "imds-response-malformed",
            certainty=CERTAIN,
            step=step,
            summary=f"IMDS answered 200, and {malformed}.",
            evidence=[told(one)],
            remedies=impostor_remedies(imds),
        )
    redirect = ", a redirect, which nobody should follow" if 300 <= one.status < 400 else ""
    return found(
        "imds-rejected",
        certainty=LIKELY,
        step=step,
        summary=f"IMDS answers {'a good token' if imds.has_token else 'a GET'} with status {one.status}{redirect}.",
        evidence=[told(one)],
        remedies=impostor_remedies(imds),
    )


def _unanswered(imds: ImdsView, one: Exchange, step: str) -> Finding:
    gave = "gave a token" if imds.has_token else "answered before"
    failed = f"answered the next request with {one.status}" if one.status else "did not answer the next request"
    return found(
        "imds-unavailable",
        certainty=CERTAIN,
        step=step,
        summary=f"IMDS {gave} and then {failed}.",
        evidence=[told(one), *_by_size(imds, one)],
        remedies=transient_remedies(),
    )


def _by_size(imds: ImdsView, one: Exchange) -> Iterator[str]:
    short = [each for each in imds.attempts if each.answered]
    if short and one.ending is Ending.NO_ANSWER and one.request_acknowledged:
        yield (
            "the request was acknowledged, and shorter answers came through: a path that drops by size looks like this "
            "(compare the MTU of the pod, the tunnel and the node)"
        )


def _now(case: Case, skew: float | None) -> float:
    """The time by IMDS' own clock, where it told it: a wrong local clock must not decide what has expired."""
    return case.given.clock + (skew or 0.0)
