"""A pod with Pod Identity, its token, and the agent."""

from collections.abc import Mapping

from probe.evidence import CredentialsAnswer, Step
from probe.lab.servers import AgentConfig, AgentServer, Canaries, Fault, mint_credentials

AUDIENCE = "pods.eks.amazonaws.com"
SUBJECT = "system:serviceaccount:kube-system:example"
ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE"


def agent(canaries: Canaries, *faults: Fault) -> AgentServer:
    """An agent that gives keys, but for these faults."""
    return AgentServer(AgentConfig(credentials=mint_credentials(canaries, role="pod-role"), faults=faults))


def credentials(steps: Mapping[str, Step]) -> CredentialsAnswer:
    """What the request for credentials came to."""
    facts = steps["container.credentials"].facts
    assert isinstance(facts, CredentialsAnswer)
    return facts
