"""Signature Version 4 as a server checks it, for the few requests that the lab's STS gets.

Written from the "Create a signed AWS API request" page of the IAM User Guide, not from an SDK, so that the SDKs
are checked against something other than themselves.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

from probe.lab.servers.messages import Request

ALGORITHM = "AWS4-HMAC-SHA256"
STAMP = "%Y%m%dT%H%M%SZ"
AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Credential=(?P<key>[^/,\s]+)/(?P<day>\d{{8}})/(?P<region>[\w-]+)/(?P<service>[\w-]+)"
    r"/aws4_request, *SignedHeaders=(?P<headers>[a-z0-9;-]+), *Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Authorization:
    """The parts of a signed request's Authorization header."""

    access_key_id: str
    day: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        """The credential scope without the key."""
        return f"{self.day}/{self.region}/{self.service}/aws4_request"


def authorization(request: Request) -> Authorization | None:
    """Read the Authorization header; None if it is absent or not of SigV4's form."""
    match = AUTHORIZATION.fullmatch(request.header("authorization") or "")
    if match is None:
        return None
    return Authorization(
        access_key_id=match["key"],
        day=match["day"],
        region=match["region"],
        service=match["service"],
        signed_headers=tuple(match["headers"].split(";")),
        signature=match["signature"],
    )


def signed_at(request: Request) -> datetime | None:
    """Read the time in X-Amz-Date, UTC; None if it is absent or not a time."""
    try:
        return datetime.strptime(request.header("x-amz-date") or "", STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def is_genuine(request: Request, signed: Authorization, secret: str) -> bool:
    """Tell whether the signature is what this secret gives for this request."""
    digest = hashlib.sha256(_canonical(request, signed).encode("latin-1")).hexdigest()
    to_sign = "\n".join([ALGORITHM, request.header("x-amz-date") or "", signed.scope, digest])
    key = f"AWS4{secret}".encode()
    for part in signed.scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.compare_digest(hmac.new(key, to_sign.encode(), "sha256").hexdigest(), signed.signature)


def _canonical(request: Request, signed: Authorization) -> str:
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in _query_pairs(request))
    return "\n".join(
        [
            request.method,
            quote(request.path, safe="/-_.~"),
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{name}:{_values(request, name)}" for name in signed.signed_headers),
            "",
            ";".join(signed.signed_headers),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )


def _query_pairs(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.query, keep_blank_values=True)


def _values(request: Request, name: str) -> str:
    return ",".join(" ".join(value.split()) for key, value in request.headers if key == name)
