"""Made-up credentials and tokens in the real formats, every secret of them a canary."""

import base64
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from probe.lab.servers.canaries import BASE32, BASE64URL, Canaries, noise

ACCOUNT = "111122223333"
STS_AUDIENCE = "sts.amazonaws.com"
KEY_ID = "1234567890abcdef1234567890abcdefEXAMPLE0"
HINT_LENGTH = 4
"""How many characters at the end of an access key id may be shown."""
SIGNATURE_LENGTH = 342
"""A signature by a 2048-bit RSA key, in base64url without padding."""


@dataclass(frozen=True, kw_only=True, repr=False)
class MintedCredentials:
    """A set of keys and the identity behind it."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None
    """None for the long-term keys of a user."""
    expiration: datetime
    """UTC; the end of time for long-term keys."""
    arn: str
    """As GetCallerIdentity tells it."""
    user_id: str
    issued_by: Literal["regional", "global"] = "regional"
    """The kind of STS endpoint that issued the session; opt-in regions refuse sessions of the global one."""

    def __repr__(self) -> str:
        return f"MintedCredentials(…{self.hint}, {self.arn})"

    @property
    def hint(self) -> str:
        """The end of the access key id, which is all that may be shown of it."""
        return self.access_key_id[-HINT_LENGTH:]

    @property
    def account(self) -> str:
        """The account of the identity."""
        return self.arn.split(":")[4]

    @property
    def expiration_text(self) -> str:
        """RFC 3339 to the second, as every credential endpoint writes it."""
        return self.expiration.strftime("%Y-%m-%dT%H:%M:%SZ")


class MintedToken(str):
    """A JWT as text whose repr (as in a failed assertion or a traceback with locals) shows nothing of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"MintedToken({len(self)} characters)"


@dataclass(frozen=True, kw_only=True)
class BoundTo:
    """What a projected ServiceAccount token is bound to: the claims under `kubernetes.io`."""

    namespace: str
    serviceaccount: str
    pod: str
    node: str | None = None
    """None for older clusters, whose tokens do not name the node."""


def mint_credentials(  # noqa: PLR0913 - the parts of an identity, each with the default that most worlds want
    canaries: Canaries,
    *,
    role: str = "node-role",
    session: str = "i-0123456789EXAMPLE0",
    account: str = ACCOUNT,
    partition: str = "aws",
    expires_in: float = 6 * 3600,
    issued_by: Literal["regional", "global"] = "regional",
    now: float | None = None,
) -> MintedCredentials:
    """Mint the session keys of an assumed role. `expires_in` is in seconds from `now` (epoch) and may be negative."""
    begin = datetime.fromtimestamp(time.time() if now is None else now, UTC)
    return MintedCredentials(
        access_key_id=_access_key_id(canaries, "ASIA"),
        secret_access_key=canaries.secret(40),
        session_token=canaries.secret(356, prefix="IQoJb3JpZ2luX2VjE", suffix="=="),
        expiration=begin + timedelta(seconds=expires_in),
        arn=f"arn:{partition}:sts::{account}:assumed-role/{role}/{session}",
        user_id=f"AROAEXAMPLE{noise(10, BASE32)}:{session}",
        issued_by=issued_by,
    )


def mint_user_keys(canaries: Canaries, *, user: str = "example-user", account: str = ACCOUNT) -> MintedCredentials:
    """Mint long-term keys of an IAM user: `AKIA…`, no session token, no end."""
    return MintedCredentials(
        access_key_id=_access_key_id(canaries, "AKIA"),
        secret_access_key=canaries.secret(40),
        session_token=None,
        expiration=datetime.max.replace(tzinfo=UTC),
        arn=f"arn:aws:iam::{account}:user/{user}",
        user_id=f"AIDAEXAMPLE{noise(10, BASE32)}",
    )


def mint_token(  # noqa: PLR0913 - the claims of a token, each of them a way to break it
    canaries: Canaries,
    *,
    issuer: str,
    subject: str,
    audience: str | Sequence[str] = STS_AUDIENCE,
    expires_in: float = 86400,
    issued_ago: float = 60,
    not_before_in: float | None = None,
    key_id: str = KEY_ID,
    kubernetes: BoundTo | None = None,
    now: float | None = None,
) -> MintedToken:
    """Mint a projected ServiceAccount token: RS256, Kubernetes' claims, and a signature that verifies nowhere.

    Times are seconds from `now` (epoch); `nbf` equals `iat` unless `not_before_in` says otherwise.
    """
    current = time.time() if now is None else now
    issued = int(current - issued_ago)
    claims: dict[str, Any] = {
        "aud": [audience] if isinstance(audience, str) else [*audience],
        "exp": int(current + expires_in),
        "iat": issued,
        "iss": issuer,
        "jti": str(uuid.uuid4()),
        **({} if kubernetes is None else {"kubernetes.io": _binding(kubernetes)}),
        "nbf": issued if not_before_in is None else int(current + not_before_in),
        "sub": subject,
    }
    # The last character carries four bits that strict decoders want to be zero; "A" is all zeros.
    signature = canaries.secret(SIGNATURE_LENGTH, suffix="A", alphabet=BASE64URL)
    header = _segment({"alg": "RS256", "kid": key_id})
    return MintedToken(f"{header}.{canaries.keep(_segment(claims))}.{signature}")


def mint_imds_token(canaries: Canaries) -> MintedToken:
    """Mint an IMDSv2 session token: 56 characters of base64url, as seen in the field."""
    return MintedToken(canaries.secret(56, prefix="AQAAA", suffix="==", alphabet=BASE64URL))


def _access_key_id(canaries: Canaries, kind: str) -> str:
    """20 characters: the kind, EXAMPLE, the end of the canary word, noise. All but the hint is secret."""
    secret = canaries.keep(f"{kind}EXAMPLE{canaries.word[-2:]}{noise(3, BASE32)}")
    return secret + noise(HINT_LENGTH, BASE32)


def _binding(bound: BoundTo) -> dict[str, Any]:
    claims: dict[str, Any] = {"namespace": bound.namespace}
    if bound.node is not None:
        claims["node"] = {"name": bound.node, "uid": str(uuid.uuid4())}
    claims["pod"] = {"name": bound.pod, "uid": str(uuid.uuid4())}
    claims["serviceaccount"] = {"name": bound.serviceaccount, "uid": str(uuid.uuid4())}
    return claims


def _segment(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode("ascii")
