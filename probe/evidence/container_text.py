"""Which of the known texts a container credential endpoint answered with; the texts themselves are not kept."""

from enum import StrEnum


class ContainerText(StrEnum):
    """The texts of the EKS Pod Identity agent (aws/eks-pod-identity-agent, v0.0.x and v0.1.x) and of ECS."""

    TOKEN_EMPTY = "agent-token-empty"  # noqa: S105 - the name of a text
    TOKEN_UNPARSABLE = "agent-token-unparsable"  # noqa: S105 - the name of a text
    TOKEN_EXPIRED = "agent-token-expired"  # noqa: S105 - the name of a text
    TOKEN_NOT_YET_VALID = "agent-token-not-yet-valid"  # noqa: S105 - the name of a text
    TOKEN_CLAIMS = "agent-token-claims"  # noqa: S105 - the name of a text
    """Another complaint about the token's claims."""
    WRONG_HOST = "agent-wrong-host"
    """The Host header was not one of the agent's two addresses."""
    RATE_LIMITED = "agent-rate-limited"
    """The agent's own limit, not EKS Auth's."""
    NOT_FOUND = "agent-not-found"
    """What any Go program says of an unknown path."""
    ROLE_TRUST = "eks-auth-role-trust"
    NODE_ROLE_DENIED = "eks-auth-node-role-denied"
    EKS_AUTH = "eks-auth"
    """Another error of EKS Auth, named by its code."""
    UPSTREAM_SILENT = "agent-upstream-silent"
    """`[]`: a call of EKS Auth that failed without any answer."""
    UPSTREAM_LOOKUP = "agent-upstream-lookup"
    UPSTREAM_DIAL = "agent-upstream-dial"
    UPSTREAM_X509 = "agent-upstream-x509"
    UPSTREAM_TIMEOUT = "agent-upstream-timeout"
    NO_NODE_CREDENTIALS = "agent-no-node-credentials"
    ECS_ERROR = "ecs-error"
    """An error document of the ECS agent, named by its code."""
