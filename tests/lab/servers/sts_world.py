"""A small world for the STS tests: one cluster, one role, and real botocore clients that can only reach loopback."""

import functools
from collections.abc import Sequence
from typing import Any, Protocol

import botocore.config
import botocore.session
from botocore import UNSIGNED

from probe.lab.servers import (
    BoundTo,
    Canaries,
    MintedCredentials,
    MintedToken,
    Provider,
    StsConfig,
    StsRole,
    StsServer,
    Trust,
    mint_token,
)

ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE0123456789"
SUBJECT = "system:serviceaccount:shop:web"
ROLE = "arn:aws:iam::111122223333:role/web-role"
TRUST = Trust(issuer=ISSUER, subject_pattern=SUBJECT)
WORLD = StsConfig(roles=(StsRole(arn=ROLE, trusted=TRUST),), providers=(Provider(issuer=ISSUER),))


def web_token(
    canaries: Canaries,
    *,
    issuer: str = ISSUER,
    audience: str | Sequence[str] = "sts.amazonaws.com",
    expires_in: float = 3600,
    subject: str = SUBJECT,
) -> MintedToken:
    return mint_token(
        canaries,
        issuer=issuer,
        subject=subject,
        audience=audience,
        expires_in=expires_in,
        issued_ago=60,
        kubernetes=BoundTo(namespace="shop", serviceaccount="web", pod="web-0"),
    )


@functools.cache
def _session() -> botocore.session.Session:
    """One session for all tests: what it caches is botocore's own data files."""
    return botocore.session.Session()


class StsClient(Protocol):
    """The two methods of botocore's generated client."""

    def get_caller_identity(self) -> dict[str, Any]:
        """Call and parse."""

    def assume_role_with_web_identity(self, **parameters: object) -> dict[str, Any]:
        """Call and parse."""


def client(server: StsServer, keys: MintedCredentials | None = None, *, secret: str | None = None) -> StsClient:
    """Make a botocore client with explicit keys, or an unsigned one whose keys are never used: no chain is walked."""
    config = botocore.config.Config(
        retries={"total_max_attempts": 1},
        connect_timeout=2,
        read_timeout=5,
        proxies={},
        **({"signature_version": UNSIGNED} if keys is None else {}),
    )
    made: StsClient = _session().create_client(
        "sts",
        region_name="eu-west-1",
        endpoint_url=server.base_url,
        aws_access_key_id="unused" if keys is None else keys.access_key_id,
        aws_secret_access_key="unused" if keys is None else secret or keys.secret_access_key,
        aws_session_token=None if keys is None else keys.session_token,
        config=config,
    )
    return made


def assume(server: StsServer, token: str, **changes: object) -> dict[str, Any]:
    """Call AssumeRoleWithWebIdentity with botocore, which parses the answer or raises ClientError."""
    parameters = {"RoleArn": ROLE, "RoleSessionName": "web-0", "WebIdentityToken": token} | changes
    return client(server).assume_role_with_web_identity(**parameters)
