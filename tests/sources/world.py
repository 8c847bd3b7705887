"""A walk of one source against the lab's servers on loopback."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from probe.evidence import Step
from probe.lab.network import LabNetwork
from probe.surroundings import Files, Surroundings
from probe.walk import Options, Walk

TOKEN_PATH = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
URL = "http://169.254.170.23/v1/credentials"
AGENT_ADDRESS = "169.254.170.23:80"


@dataclass(kw_only=True)
class Pod:
    """What a pod is given; addresses lead to ports on loopback."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    dial: dict[str, str] = field(default_factory=dict)
    names: Mapping[str, list[str] | str] = field(default_factory=dict)
    deadline: float = 15.0

    def write(self, path: str, content: str | bytes) -> None:
        """Put a file into the pod."""
        where = self.root / path.lstrip("/")
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(content.encode() if isinstance(content, str) else content)

    def walked(self, source: Callable[[Walk], None]) -> dict[str, Step]:
        """Walk one source without STS, and return the steps by their ids."""
        surroundings = Surroundings(environment=self.environment, files=Files(root=str(self.root)))
        network = LabNetwork(dial=self.dial, names=self.names)
        walk = Walk(surroundings, network, Options(deadline_seconds=self.deadline, sts_allowed=False))
        source(walk)
        return {step.id: step for step in walk.close()}
