"""The EKS Pod Identity agent (169.254.170.23, [fd00:ec2::23]).

Checks, their order and the texts follow aws/eks-pod-identity-agent v0.1.37: internal/middleware/rate_limiter,
internal/validation/request.go, pkg/errors/errors.go, pkg/handlers/eks_credential_handler.go.
"""

import json
import uuid
from dataclasses import dataclass
from typing import Literal, Unpack

from probe.lab.servers.base import LabServer, ListenOptions
from probe.lab.servers.faults import Fault
from probe.lab.servers.go_http import go_error, go_json, go_not_found
from probe.lab.servers.go_jwt import UnreadableTokenError, read_token, time_complaints
from probe.lab.servers.messages import Answer, Request
from probe.lab.servers.minting import ACCOUNT, MintedCredentials

CREDENTIALS_PATH = "/v1/credentials"
REAL_HOSTS = ("169.254.170.23", "fd00:ec2::23")
CALL = "unable to fetch credentials from EKS Auth: operation error EKS Auth: AssumeRoleForPodIdentity, "

Upstream = Literal["ok", "unreachable", "dial", "lookup", "x509", "no-node-credentials"]


@dataclass(frozen=True, kw_only=True)
class EksAuthError:
    """An error of EKS Auth that the agent passes on."""

    code: str
    message: str
    status: int
    fault: Literal["client", "server", "unknown"] = "client"


NO_ASSOCIATION = EksAuthError(
    code="ResourceNotFoundException",
    message="No association found for this service account (lab's wording)",
    status=404,
)
"""EKS Auth's own text for a missing association is not known; only the code may be matched."""


@dataclass(frozen=True, kw_only=True)
class AgentConfig:
    """How the agent and the EKS Auth behind it behave. Its clock decides about `exp` and `nbf`."""

    credentials: MintedCredentials | None = None
    """Those of the associated role; None for a ServiceAccount without association."""
    account: str = ACCOUNT
    region: str = "eu-west-1"
    cluster: str = "example"
    allowed_hosts: tuple[str, ...] = REAL_HOSTS
    """Hosts without port that it lets itself be called by; a loopback world adds 127.0.0.1."""
    error: EksAuthError | None = None
    """What EKS Auth answers instead of credentials."""
    upstream: Upstream = "ok"
    """`unreachable` is a failed call as current agents tell it (`[]`); `dial`, `lookup` and `x509` are agents that
    pass the Go text on; `no-node-credentials` is a node whose role the agent cannot get."""
    seconds: float = 0.0
    """How long it tries before it gives up on an upstream that is not `ok`; 1.5 to 6 in the field."""
    old_agent: bool = False
    """Agents of 2023 (v0.0.x): 500 and the Go text where later ones relay status and code."""
    rate_limited: bool = False
    date_offset_seconds: float = 0.0
    faults: tuple[Fault, ...] = ()


class AgentServer(LabServer):
    """Routes for faults: `tokenless`, `credentials` (a request with Authorization)."""

    def __init__(self, config: AgentConfig, **listen: Unpack[ListenOptions]) -> None:
        super().__init__(faults=config.faults, date_offset_seconds=config.date_offset_seconds, **listen)
        self._config = config

    def routes(self, request: Request) -> tuple[str, ...]:
        """`tokenless` or `credentials` on the one path there is, nothing elsewhere."""
        if request.path != CREDENTIALS_PATH:
            return ()
        return ("credentials",) if request.header("authorization") else ("tokenless",)

    def answer(self, request: Request) -> Answer:
        """Rate limit, host, token, then EKS Auth. Any method is served."""
        date = self.date()
        if request.path != CREDENTIALS_PATH:
            return go_not_found(date)
        if self._config.rate_limited:
            return go_error(429, "Too Many Requests", date)
        host = bare_host(request.host)
        if host not in self._config.allowed_hosts:
            return go_error(403, _wrong_host(self._config.allowed_hosts, host), date)
        problem = token_problem(request.header("authorization") or "", self.now())
        if problem is not None:
            return go_error(400, problem, date)
        return self._from_eks_auth()

    def _from_eks_auth(self) -> Answer:
        config = self._config
        if config.upstream != "ok":
            self._closed.wait(config.seconds)
            return go_error(500, upstream_text(config), self.date())
        if config.error is None and config.credentials is not None:
            return go_json(200, credentials_json(config.credentials, config.account), self.date())
        error = config.error or NO_ASSOCIATION
        status = 500 if config.old_agent else error.status
        return go_error(status, relayed(error, old_agent=config.old_agent), self.date())


def bare_host(host: str) -> str:
    """Cut port and brackets off a Host value, as Go's net.SplitHostPort and the agent's own code do."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, colon, _ = host.rpartition(":")
    return name if colon and ":" not in name else host


def token_problem(token: str, now: float) -> str | None:
    """Say what the agent has against an Authorization value; None if it goes on to EKS Auth.

    Signature, issuer and audience are not looked at here.
    """
    if not token:
        return "Service account token cannot be empty"
    try:
        read = read_token(token)
    except UnreadableTokenError as error:
        return f"Service account token cannot be parsed: {error}"
    complaints = time_complaints(read, now)
    return None if complaints is None else f"Service account token failed basic claim validations: {complaints}"


def relayed(error: EksAuthError, *, old_agent: bool) -> str:
    """Tell an error of EKS Auth in the words of a current or an old agent."""
    request_id = uuid.uuid4()
    if old_agent:
        detail = f"{error.code}: {error.message}"
        return f"{CALL}https response error StatusCode: {error.status}, RequestID: {request_id}, {detail}"
    return f"[{request_id}]: ({error.code}): {error.message}, fault: {error.fault}"


def upstream_text(config: AgentConfig) -> str:
    """Say what the agent says when no answer of EKS Auth exists."""
    if config.upstream == "unreachable":
        return "[]"
    if config.upstream == "no-node-credentials":
        imds = "no EC2 IMDS role found, operation error ec2imds: GetMetadata, canceled, context deadline exceeded"
        return (
            f"error getting credentials to cache: {CALL}get identity: get credentials: "
            f"failed to refresh cached credentials, {imds}"
        )
    host = f"eks-auth.{config.region}.api.aws"
    cause = {
        "dial": "dial tcp 192.0.2.23:443: i/o timeout",
        "lookup": f"dial tcp: lookup {host}: no such host",
        "x509": "tls: failed to verify certificate: x509: certificate signed by unknown authority",
    }[config.upstream]
    url = f"https://{host}/clusters/{config.cluster}/assume-role-for-pod-identity"
    return (
        f"error getting credentials to cache: {CALL}exceeded maximum number of attempts, 3, "
        f'https response error StatusCode: 0, RequestID: , request send failed, Post "{url}": {cause}'
    )


def credentials_json(credentials: MintedCredentials, account: str) -> bytes:
    """Write the success document; it has no Code, Type or LastUpdated."""
    return json.dumps(
        {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "Token": credentials.session_token,
            "AccountId": account,
            "Expiration": credentials.expiration_text,
        },
        separators=(",", ":"),
    ).encode()


def _wrong_host(allowed: tuple[str, ...], host: str) -> str:
    return (
        "Access Denied. Called agent through invalid address, "
        f"please use either [{' '.join(allowed)}] address not {host}"
    )
