"""Imitations of EC2 IMDS, the EKS Pod Identity agent, the ECS credential endpoint and STS, and what goes wrong there.

Every server is a context manager on an address of its own; nothing here is shared between instances, so several
worlds can run in one process.
"""

from probe.lab.servers.agent import AgentConfig, AgentServer, EksAuthError
from probe.lab.servers.base import LabServer, ListenOptions
from probe.lab.servers.canaries import Canaries
from probe.lab.servers.ecs import EcsConfig, EcsErrorCode, EcsServer
from probe.lab.servers.faults import Fault, FaultKind
from probe.lab.servers.imds import ImdsConfig, ImdsServer
from probe.lab.servers.impostor import ImpostorConfig, ImpostorServer
from probe.lab.servers.kubernetes import KubernetesConfig, KubernetesServer
from probe.lab.servers.messages import Answer, RecordedRequest, Request
from probe.lab.servers.minting import (
    BoundTo,
    MintedCredentials,
    MintedToken,
    mint_credentials,
    mint_imds_token,
    mint_token,
    mint_user_keys,
)
from probe.lab.servers.proxy import ForwardProxy, ProxyConfig
from probe.lab.servers.sockets import refusing_port, silent_port
from probe.lab.servers.sts import StsServer
from probe.lab.servers.sts_config import KeyRing, Provider, StsConfig, StsError, StsRole, Trust
from probe.lab.servers.tls import LabAuthority, LabToolMissingError

__all__ = [
    "AgentConfig",
    "AgentServer",
    "Answer",
    "BoundTo",
    "Canaries",
    "EcsConfig",
    "EcsErrorCode",
    "EcsServer",
    "EksAuthError",
    "Fault",
    "FaultKind",
    "ForwardProxy",
    "ImdsConfig",
    "ImdsServer",
    "ImpostorConfig",
    "ImpostorServer",
    "KeyRing",
    "KubernetesConfig",
    "KubernetesServer",
    "LabAuthority",
    "LabServer",
    "LabToolMissingError",
    "ListenOptions",
    "MintedCredentials",
    "MintedToken",
    "Provider",
    "ProxyConfig",
    "RecordedRequest",
    "Request",
    "StsConfig",
    "StsError",
    "StsRole",
    "StsServer",
    "Trust",
    "mint_credentials",
    "mint_imds_token",
    "mint_token",
    "mint_user_keys",
    "refusing_port",
    "silent_port",
]
