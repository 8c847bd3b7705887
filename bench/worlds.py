"""The worlds of the bench, on loopback, and the environment that keeps every program in them."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from probe.lab.scenario import TokenSpec
from probe.lab.servers import (
    AgentConfig,
    AgentServer,
    Canaries,
    ImdsConfig,
    ImdsServer,
    StsConfig,
    StsServer,
    mint_credentials,
    mint_token,
)

REGION = "eu-central-1"
AUDIENCE = ("pods.eks.amazonaws.com",)
ENDPOINTS = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_ENDPOINT_URL_STS")
"""With one of these missing, an SDK would dial a real address."""


class OpenWorldError(Exception):
    """A program could reach something that is not the bench's own."""


def closed(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment that was checked to lead to loopback only; raises OpenWorldError."""
    for name in ENDPOINTS:
        if not environment.get(name, "").startswith("http://127.0.0.1:"):
            raise OpenWorldError(f"{name} does not lead to loopback")
    return dict(environment)


@contextlib.contextmanager
def healthy_pod_identity() -> Iterator[dict[str, str]]:
    """Start a Pod Identity world where everything works, without TLS, and give the environment of its pod."""
    canaries = Canaries()
    role = mint_credentials(canaries, role="load-balancer-controller", session="eks-prod-example-pod")
    node = mint_credentials(canaries, role="node-role", session="i-0123456789EXAMPLE0")
    agent = AgentConfig(credentials=role, region=REGION, allowed_hosts=("127.0.0.1",))
    imds = ImdsConfig(credentials=node, region=REGION)
    with (
        tempfile.TemporaryDirectory(prefix="credential-probe-bench-") as home,
        AgentServer(agent) as agent_server,
        ImdsServer(imds, canaries=canaries) as imds_server,
        StsServer(StsConfig(region=REGION, known_keys=(role, node)), canaries=canaries) as sts_server,
    ):
        token = Path(home, "token")
        token.write_text(mint_token(canaries, issuer=TokenSpec.issuer, subject=TokenSpec.subject, audience=AUDIENCE))
        yield closed(
            {
                "HOME": home,
                "AWS_REGION": REGION,
                "AWS_DEFAULT_REGION": REGION,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{agent_server.port}/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token),
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://127.0.0.1:{imds_server.port}",
                "AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{sts_server.port}",
            }
        )
