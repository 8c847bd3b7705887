"""Container credentials: the EKS Pod Identity agent, ECS, and helpers of your own."""

from probe.findings.catalogue import (
    agent_answer,
    agent_denial,
    agent_path,
    agent_presence,
    container_answer,
    container_token,
    container_uri,
)
from probe.findings.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    *container_uri.ENTRIES,
    *container_token.ENTRIES,
    *agent_path.ENTRIES,
    *agent_presence.ENTRIES,
    *agent_denial.ENTRIES,
    *agent_answer.ENTRIES,
    *container_answer.ENTRIES,
)
