"""A token came; what hangs on it: the role, its keys, and whether anybody should be able to take them."""

from collections.abc import Iterator
from datetime import UTC, datetime

from probe.evidence import Source
from probe.findings.case import CERTAIN, LIKELY, Case, found, told
from probe.findings.identity_remedies import close_imds_remedies
from probe.findings.imds_remedies import (
    impostor_remedies,
    no_role_remedies,
    role_trust_remedies,
    transient_remedies,
)
from probe.findings.imds_view import ImdsView
from probe.report import Finding

FALLING_THROUGH = ("java-v2", "cpp", "crt")
"""SDK families that go on to IMDS when a configured source fails (their chains swallow each provider's error)."""


def role_listing(case: Case) -> Iterator[Finding]:
    """The listing of the instance profile's role."""
    imds = ImdsView(case)
    listing = imds.listing
    if listing is None or listing.role is not None:
        return
    status, evidence = listing.exchange.status, [told(listing.exchange)]
    if listing.info_code and listing.info_code != "Success":
        yield _unauthorized(imds, listing.info_code, evidence)
    elif status == 404 or (status == 200 and listing.exchange.body_bytes == 0):
        yield found(
            "imds-no-role",
            certainty=CERTAIN if status == 404 else LIKELY,
            step="imds.role",
            summary="IMDS works, and this instance has no role to give: no instance profile is attached.",
            evidence=evidence,
            remedies=no_role_remedies(imds),
        )
    elif status == 401 and listing.with_token:
        yield found(
            "imds-token-rejected",
            certainty=CERTAIN,
            step="imds.role",
            summary="IMDS refuses a token that it issued a moment ago (401).",
            evidence=evidence,
            remedies=impostor_remedies(imds),
        )
    elif status == 200:
        yield _malformed(imds, "the role listing is not a role name", evidence, "imds.role")
    elif status is not None and status < 500:
        yield _rejected(imds, status, evidence, "imds.role")
    else:
        yield _silent(evidence, "imds.role")


def role_keys(case: Case) -> Iterator[Finding]:
    """The document with the role's keys."""
    imds = ImdsView(case)
    keys = imds.credentials
    if keys is None:
        return
    status, evidence = keys.exchange.status, [told(keys.exchange)]
    if keys.code is not None and keys.code != "Success":
        yield _unauthorized(imds, keys.code, evidence)
    elif keys.has_keys and keys.expires is not None and keys.expires < _now(case, keys.exchange.clock_skew_seconds):
        yield _expired(imds, keys.expires, evidence)
    elif keys.not_json or (status == 200 and not keys.has_keys):
        lacks = f"it lacks {', '.join(keys.missing_fields)}" if keys.missing_fields else "it is not JSON"
        yield _malformed(imds, f"the credentials document cannot be used: {lacks}", evidence, "imds.credentials")
    elif status is not None and 400 <= status < 500:
        yield _rejected(imds, status, evidence, "imds.credentials")
    elif not keys.has_keys:
        yield _silent(evidence, "imds.credentials")


def reachable(case: Case) -> Iterator[Finding]:
    """A pod with an identity of its own can still take the node role."""
    own = case.expected.source
    if own in {Source.IMDS, "none", None} or not case.gave_keys(Source.IMDS):
        return
    listing = ImdsView(case).listing
    role = listing.role if listing and listing.role else "the node role"
    broken = not case.works(Source(own)) and not case.gave_keys(Source(own))
    now = f" Since {own} fails, Java v2, C++ and CRT programs in this pod run as {role} now." if broken else ""
    yield found(
        "imds-reachable",
        certainty=CERTAIN,
        step="imds.credentials",
        summary=f"This pod can take the node role {role} from IMDS although it is meant to use {own}.{now}",
        evidence=[f"IMDS gave keys of {role}"],
        remedies=close_imds_remedies(case),
        sdks=FALLING_THROUGH if broken else (),
    )


def _unauthorized(imds: ImdsView, code: str, evidence: list[str]) -> Finding:
    return found(
        "imds-role-unauthorized",
        certainty=CERTAIN,
        step="imds.credentials" if imds.credentials else "imds.role",
        summary=f"EC2 cannot assume the role of this instance's profile: IMDS says {code}.",
        evidence=[*evidence, f"Code {code}"],
        remedies=role_trust_remedies(imds),
    )


def _expired(imds: ImdsView, expires: float, evidence: list[str]) -> Finding:
    when = datetime.fromtimestamp(expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return found(
        "imds-credentials-expired",
        certainty=CERTAIN,
        step="imds.credentials",
        summary=f"IMDS hands out credentials that expired at {when}.",
        evidence=evidence,
        remedies=role_trust_remedies(imds),
    )


def _malformed(imds: ImdsView, what: str, evidence: list[str], step: str) -> Finding:
    return found(
        "imds-response-malformed",
        certainty=CERTAIN,
        step=step,
        summary=f"IMDS answered 200, and {what}.",
        evidence=evidence,
        remedies=impostor_remedies(imds),
    )


def _rejected(imds: ImdsView, status: int, evidence: list[str], step: str) -> Finding:
    return found(
        "imds-rejected",
        certainty=LIKELY,
        step=step,
        summary=f"IMDS answers a good token with status {status}.",
        evidence=evidence,
        remedies=impostor_remedies(imds),
    )


def _silent(evidence: list[str], step: str) -> Finding:
    return found(
        "imds-unavailable",
        certainty=CERTAIN,
        step=step,
        summary="IMDS gave a token and then failed to answer the request that used it.",
        evidence=evidence,
        remedies=transient_remedies(),
    )


def _now(case: Case, skew: float | None) -> float:
    """The time by IMDS' own clock, where it told it: a wrong local clock must not decide what has expired."""
    return case.given.clock + (skew or 0.0)


RULES = (role_listing, role_keys, reachable)
