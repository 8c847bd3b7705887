"""Every rule about container credentials: Pod Identity, ECS, and helpers beside the application."""

from probe.findings import (
    agent_answer,
    agent_denial,
    agent_path,
    agent_presence,
    container_endpoint,
    container_injection,
    container_token,
    container_uri,
)
from probe.findings.case import Rule

RULES: tuple[Rule, ...] = (
    *container_injection.RULES,
    *container_uri.RULES,
    *container_token.RULES,
    *agent_path.RULES,
    *agent_presence.RULES,
    *agent_denial.RULES,
    *agent_answer.RULES,
    *container_endpoint.RULES,
)
