"""Names as people say them: SDKs, sources, what an agent says, lists."""

from collections.abc import Iterable

from probe.evidence import Source
from probe.evidence.container_text import ContainerText

EVERY_SDK = ("go-v1", "go-v2", "botocore", "js-v3", "java-v2", "rust")
"""The SDK families that findings name, in the order in which they are told."""
SDK_NAMES = {
    "go-v1": "Go v1",
    "go-v2": "Go v2",
    "botocore": "botocore",
    "js-v3": "JS v3",
    "java-v2": "Java v2",
    "rust": "Rust",
    "cli-v1": "AWS CLI v1",
    "cli-v2": "AWS CLI v2",
    "java-v1": "Java v1",
    "cpp": "C++",
    "crt": "CRT",
    "dotnet": ".NET",
}
SOURCE_NAMES: dict[str, str] = {
    Source.ENVIRONMENT: "the environment's keys",
    Source.SHARED_CONFIG: "the profile",
    Source.WEB_IDENTITY: "web identity (IRSA)",
    Source.CONTAINER: "container credentials (Pod Identity)",
    Source.IMDS: "the node role",
}
SAID: dict[str, str] = {
    ContainerText.TOKEN_EMPTY: "the agent got no token",
    ContainerText.TOKEN_UNPARSABLE: "the agent cannot read the token",
    ContainerText.TOKEN_EXPIRED: "the agent calls the token expired",
    ContainerText.TOKEN_NOT_YET_VALID: "the agent calls the token not yet valid",
    ContainerText.TOKEN_CLAIMS: "the agent does not like the token's claims",
    ContainerText.WRONG_HOST: "the agent was asked under another name",
    ContainerText.RATE_LIMITED: "the agent's own limit",
    ContainerText.NOT_FOUND: "no such path there",
    ContainerText.ROLE_TRUST: "by EKS Auth: about the role's trust",
    ContainerText.NODE_ROLE_DENIED: "by EKS Auth: about the node role",
    ContainerText.EKS_AUTH: "by EKS Auth",
    ContainerText.UPSTREAM_SILENT: "EKS Auth gave the agent no answer",
    ContainerText.UPSTREAM_LOOKUP: "the agent cannot look EKS Auth up",
    ContainerText.UPSTREAM_DIAL: "the agent cannot connect to EKS Auth",
    ContainerText.UPSTREAM_X509: "the agent does not trust the certificate of EKS Auth",
    ContainerText.UPSTREAM_TIMEOUT: "the agent had no answer of EKS Auth in time",
    ContainerText.NO_NODE_CREDENTIALS: "the agent has no credentials of its own",
    ContainerText.ECS_ERROR: "as the ECS agent says it",
}
"""Whose text it is, and what about."""


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence has them: `one`, `one and two`, `one, two and three`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def sdks_listed(sdks: Iterable[str]) -> str:
    """Return SDK families as a sentence has them."""
    return listed(SDK_NAMES.get(sdk, sdk) for sdk in sdks)


def said_in_words(kind: str | None) -> str | None:
    """Return which of the known texts a container endpoint answered with; one that is not known here as it is."""
    return SAID.get(kind, kind.replace("-", " ")) if kind else None
