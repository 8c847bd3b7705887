"""What the lab's STS knows: roles and their trust, identity providers, keys, and how it misbehaves."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from probe.lab.servers.faults import Fault
from probe.lab.servers.minting import ACCOUNT, STS_AUDIENCE, MintedCredentials


@dataclass(frozen=True, kw_only=True)
class StsError:
    """An error answer of STS."""

    code: str
    message: str
    status: int = 400
    type: Literal["Sender", "Receiver"] = "Sender"


@dataclass(frozen=True, kw_only=True)
class Trust:
    """A role's trust policy for one identity provider."""

    issuer: str
    """The `iss` whose provider the policy names, https:// included."""
    subject_pattern: str
    audience: str = STS_AUDIENCE
    operator: Literal["StringLike", "StringEquals"] = "StringLike"
    """Under StringEquals a `*` in the pattern is a plain character (crossplane/crossplane#5578)."""

    def allows(self, issuer: str, subject: str, audiences: tuple[str, ...]) -> bool:
        """Tell whether the policy lets a token with these claims in."""
        if issuer != self.issuer or self.audience not in audiences:
            return False
        if self.operator == "StringEquals":
            return subject == self.subject_pattern
        pattern = re.escape(self.subject_pattern).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(pattern, subject, re.DOTALL) is not None


@dataclass(frozen=True, kw_only=True)
class StsRole:
    """An IAM role."""

    arn: str
    trusted: Trust | None = None
    """None for a role that trusts no web identity."""
    max_session: int = 3600
    """MaxSessionDuration in seconds."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """An IAM OIDC provider of the server's account, together with what its issuer publishes."""

    issuer: str
    audiences: tuple[str, ...] = (STS_AUDIENCE,)
    """The provider's client ids."""
    key_ids: tuple[str, ...] | None = None
    """The `kid`s of the issuer's JWKS; None for any, an empty tuple for an issuer that cannot be reached."""
    thumbprint_ok: bool = True


@dataclass(frozen=True, kw_only=True)
class StsConfig:
    """One STS endpoint. Its clock decides about token expiry and about signature dates (15 minutes either way)."""

    region: str = "eu-west-1"
    partition: str = "aws"
    account: str = ACCOUNT
    """The account that has the providers; a role of another account finds none."""
    roles: tuple[StsRole, ...] = ()
    providers: tuple[Provider, ...] = ()
    known_keys: tuple[MintedCredentials, ...] = ()
    expired_keys: tuple[MintedCredentials, ...] = ()
    """Known, and expired whatever their expiration says."""
    error: StsError | None = None
    """Answered to every action."""
    errors: Mapping[str, StsError] = field(default_factory=dict)
    """By Action, for one action alone."""
    region_enabled: bool = True
    """Whether the account has STS switched on in this region."""
    throttled_first: int = 0
    """How many requests are throttled before the first is served."""
    accepts_session_tokens: Literal["all", "regional-only"] = "all"
    """`regional-only`: an opt-in region, which refuses sessions that the global endpoint issued."""
    date_offset_seconds: float = 0.0
    faults: tuple[Fault, ...] = ()


class KeyRing:
    """The keys that STS endpoints accept, those they issued included. Endpoints of one world may share it."""

    def __init__(self) -> None:
        self._keys: dict[str, MintedCredentials] = {}
        self._lock = threading.Lock()

    def add(self, credentials: MintedCredentials) -> None:
        """Accept these from now on."""
        with self._lock:
            self._keys[credentials.access_key_id] = credentials

    def find(self, access_key_id: str) -> MintedCredentials | None:
        """Find the keys with this id, or None."""
        with self._lock:
            return self._keys.get(access_key_id)
