"""How STS decides. Pure: the same request at the same time gets the same answer.

The order of the checks of a web identity (provider, key, audience, thumbprint, expiry, trust) is the likely one;
AWS does not document it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from probe.lab.servers.go_jwt import ReadToken, UnreadableTokenError, is_base64url, read_token
from probe.lab.servers.messages import Request
from probe.lab.servers.minting import MintedCredentials
from probe.lab.servers.sigv4 import STAMP, authorization, is_genuine, signed_at
from probe.lab.servers.sts_config import KeyRing, Provider, StsConfig, StsError, StsRole

SKEW = timedelta(minutes=15)
DEFAULT_DURATION = 3600
DURATIONS = (900, 43200)
ROLE_ARN = re.compile(r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>\d{12}):role/(?P<name>[\w+=,.@/-]+)", re.ASCII)
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
REQUIRED = {"RoleArn": (20, 2048), "RoleSessionName": (2, 64), "WebIdentityToken": (4, 20000)}

UNTRUSTED = StsError(code="AccessDenied", message="Not authorized to perform sts:AssumeRoleWithWebIdentity", status=403)
NOT_A_JWT = StsError(
    code="InvalidIdentityToken",
    message="The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
)
NO_KEY = StsError(
    code="InvalidIdentityToken",
    message="Couldn't retrieve verification key from your identity provider,  "
    "please reference AssumeRoleWithWebIdentity documentation for requirements",
)
WRONG_AUDIENCE = StsError(code="InvalidIdentityToken", message="Incorrect token audience")
WRONG_THUMBPRINT = StsError(
    code="InvalidIdentityToken",
    message="OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
)
DURATION_EXCEEDED = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
UNKNOWN_KEY = StsError(
    code="InvalidClientTokenId", message="The security token included in the request is invalid", status=403
)
EXPIRED_SESSION = StsError(
    code="ExpiredToken", message="The security token included in the request is expired", status=403
)
UNSIGNED = StsError(code="MissingAuthenticationToken", message="Request is missing Authentication Token", status=403)
WRONG_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """A web identity that may assume its role."""

    account: str
    role_name: str
    """The last part of the role's path, as the session's ARN has it."""
    session_name: str
    duration: int
    subject: str
    audience: str
    issuer: str


def judge_web_identity(config: StsConfig, parameters: Mapping[str, str], now: float) -> Admitted | StsError:
    """Decide whether these parameters get a session."""
    match = ROLE_ARN.fullmatch(parameters.get("RoleArn", ""))
    role = next((role for role in config.roles if role.arn == parameters.get("RoleArn")), None)
    invalid = _invalid_parameters(parameters, role)
    if invalid is not None or match is None:
        return invalid or _validation("Request ARN is invalid")
    if not config.region_enabled:
        return _region_disabled(match["account"])
    try:
        token = _web_identity_token(parameters["WebIdentityToken"])
    except UnreadableTokenError:
        return NOT_A_JWT
    at_home = (match["account"], match["partition"]) == (config.account, config.partition)
    refusal = _token_refusal(config.providers if at_home else (), token, now)
    if refusal is not None:
        return refusal
    issuer, subject = str(token.claims.get("iss")), str(token.claims.get("sub"))
    if role is None or role.trusted is None or not role.trusted.allows(issuer, subject, token.audiences):
        return UNTRUSTED
    return Admitted(
        account=match["account"],
        role_name=match["name"].rpartition("/")[2],
        session_name=parameters["RoleSessionName"],
        duration=int(parameters.get("DurationSeconds", DEFAULT_DURATION)),
        subject=subject,
        audience=role.trusted.audience,
        issuer=issuer,
    )


def judge_caller(config: StsConfig, keys: KeyRing, request: Request, now: float) -> MintedCredentials | StsError:
    """Decide whose signature this is: key, session token, the session's end, date, then the signature."""
    if request.header("authorization") is None:
        return UNSIGNED
    signed, stamp = authorization(request), signed_at(request)
    if signed is None or stamp is None:
        return StsError(code="IncompleteSignature", message="Authorization header is not complete (lab's wording)")
    known = keys.find(signed.access_key_id)
    if known is None or (known.session_token or "") != (request.header("x-amz-security-token") or ""):
        return UNKNOWN_KEY
    if known.issued_by == "global" and known.session_token and config.accepts_session_tokens == "regional-only":
        return UNKNOWN_KEY
    server_time = datetime.fromtimestamp(now, UTC)
    if known in config.expired_keys or known.expiration <= server_time:
        return EXPIRED_SESSION
    complaint = _skew_complaint(stamp, server_time)
    if complaint is None and not is_genuine(request, signed, known.secret_access_key):
        complaint = WRONG_SIGNATURE
    return known if complaint is None else StsError(code="SignatureDoesNotMatch", message=complaint, status=403)


def _invalid_parameters(parameters: Mapping[str, str], role: StsRole | None) -> StsError | None:
    for name, (shortest, longest) in REQUIRED.items():
        value, member = parameters.get(name), name[0].lower() + name[1:]
        if value is None:
            return _constraint(f"Value null at '{member}'", "not be null")
        if len(value) < shortest:
            return _constraint(f"Value at '{member}'", f"have length greater than or equal to {shortest}")
        if len(value) > longest:
            return _constraint(f"Value at '{member}'", f"have length less than or equal to {longest}")
    if not SESSION_NAME.fullmatch(parameters["RoleSessionName"]):
        return _constraint("Value at 'roleSessionName'", r"satisfy regular expression pattern: [\w+=,.@-]*")
    if not ROLE_ARN.fullmatch(parameters["RoleArn"]):
        return _validation("Request ARN is invalid")
    return _invalid_duration(parameters.get("DurationSeconds"), role)


def _invalid_duration(text: str | None, role: StsRole | None) -> StsError | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return StsError(code="MalformedInput", message="DurationSeconds is not a number (lab's wording)")
    shortest, longest = DURATIONS
    if int(text) < shortest:
        return _constraint(f"Value '{text}' at 'durationSeconds'", f"have value greater than or equal to {shortest}")
    if int(text) > longest:
        return _constraint(f"Value '{text}' at 'durationSeconds'", f"have value less than or equal to {longest}")
    return _validation(DURATION_EXCEEDED) if role is not None and int(text) > role.max_session else None


def _web_identity_token(text: str) -> ReadToken:
    """Read a token and insist that every segment is base64url: STS verifies the signature, the agent does not."""
    token = read_token(text)
    if not all(is_base64url(segment) for segment in text.split(".")):
        raise UnreadableTokenError("signature is not base64url")
    return token


def _token_refusal(providers: tuple[Provider, ...], token: ReadToken, now: float) -> StsError | None:
    issuer = str(token.claims.get("iss"))
    provider = next((one for one in providers if one.issuer == issuer), None)
    if provider is None:
        message = f"No OpenIDConnect provider found in your account for {issuer}"
        return StsError(code="InvalidIdentityToken", message=message)
    if provider.key_ids is not None and token.header.get("kid") not in provider.key_ids:
        return NO_KEY
    if not set(token.audiences) & set(provider.audiences):
        return WRONG_AUDIENCE
    if not provider.thumbprint_ok:
        return WRONG_THUMBPRINT
    expires = token.number("exp")
    if expires is None or now >= expires:
        times = f"current date/time {int(now)} must be before the expiration date/time {int(expires or 0)}"
        return StsError(code="ExpiredTokenException", message=f"Token expired: {times}")
    return None


def _skew_complaint(stamp: datetime, server: datetime) -> str | None:
    signed, current = stamp.strftime(STAMP), server.strftime(STAMP)
    if stamp < server - SKEW:
        limit = (server - SKEW).strftime(STAMP)
        return f"Signature expired: {signed} is now earlier than {limit} ({current} - 15 min.)"
    if stamp > server + SKEW:
        limit = (server + SKEW).strftime(STAMP)
        return f"Signature not yet current: {signed} is still later than {limit} ({current} + 15 min.)"
    return None


def _region_disabled(account: str) -> StsError:
    message = (
        f"STS is not activated in this region for account:{account}. "
        "Your account administrator can activate STS in this region using the IAM Console."
    )
    return StsError(code="RegionDisabledException", message=message, status=403)


def _validation(message: str) -> StsError:
    return StsError(code="ValidationError", message=message)


def _constraint(value: str, requirement: str) -> StsError:
    return _validation(f"1 validation error detected: {value} failed to satisfy constraint: Member must {requirement}")
