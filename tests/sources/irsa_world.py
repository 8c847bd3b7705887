"""A pod with web identity on loopback: STS over TLS, regional and global, as the walk reaches them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from probe.evidence import Evidence, Outcome, Step
from probe.lab.network import LabNetwork
from probe.lab.servers import (
    BoundTo,
    Canaries,
    LabAuthority,
    LabServer,
    Provider,
    StsConfig,
    StsRole,
    StsServer,
    Trust,
    mint_token,
)
from probe.secret import Redactor
from probe.sources.web_identity import walk_web_identity
from probe.surroundings import Files, Surroundings
from probe.walk import Options, Walk

REGIONAL, GLOBAL = "sts.eu-central-1.amazonaws.com", "sts.amazonaws.com"
PATH = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE"
SUBJECT = "system:serviceaccount:kube-system:aws-load-balancer-controller"
ROLE = "arn:aws:iam::111122223333:role/load-balancer-controller"
WORLD = StsConfig(
    region="eu-central-1",
    roles=(StsRole(arn=ROLE, trusted=Trust(issuer=ISSUER, subject_pattern=SUBJECT)),),
    providers=(Provider(issuer=ISSUER),),
)
INJECTED = {
    "AWS_ROLE_ARN": ROLE,
    "AWS_WEB_IDENTITY_TOKEN_FILE": PATH,
    "AWS_REGION": "eu-central-1",
    "HOSTNAME": "aws-load-balancer-controller-7d4f8",
}

T = TypeVar("T")


@dataclass(kw_only=True)
class Cluster:
    """A running STS and what a pod sees of it."""

    root: Path
    authority: LabAuthority
    server: LabServer
    everywhere: LabServer
    canaries: Canaries = field(default_factory=Canaries)
    environment: dict[str, str] = field(default_factory=lambda: dict(INJECTED))
    dial: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str] | str] = field(default_factory=dict)
    sts_allowed: bool = True
    skipped: frozenset[str] = frozenset()
    deadline: float = 15.0
    redactor: Redactor | None = None

    def write(self, path: str, content: str | bytes) -> None:
        """Put a file into the pod."""
        where = self.root / path.lstrip("/")
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(content.encode() if isinstance(content, str) else content)

    def token(self, **claims: float) -> str:
        """Mint a token for the pod's ServiceAccount."""
        bound = BoundTo(namespace="kube-system", serviceaccount="aws-load-balancer-controller", pod="a-pod")
        return mint_token(
            self.canaries,
            issuer=ISSUER,
            subject=SUBJECT,
            kubernetes=bound,
            expires_in=claims.get("expires_in", 3600.0),
        )

    def walk(self) -> Walk:
        """Return a walk that has not begun."""
        dial = {"198.51.100.10:443": str(self.server.port), "198.51.100.11:443": str(self.everywhere.port), **self.dial}
        names: dict[str, list[str] | str] = {REGIONAL: ["198.51.100.10"], GLOBAL: ["198.51.100.11"], **self.names}
        network = LabNetwork(dial=dial, names=names, certificates=str(self.authority.ca_pem_path))
        surroundings = Surroundings(environment=self.environment, files=Files(root=str(self.root)))
        return Walk(
            surroundings,
            network,
            Options(deadline_seconds=self.deadline, sts_allowed=self.sts_allowed, skipped=self.skipped),
        )

    def walked(self) -> "Walked":
        """Walk web identity."""
        walk = self.walk()
        walk_web_identity(walk)
        return Walked(Evidence(given=walk.given, steps=walk.close()))


@dataclass(frozen=True)
class Walked:
    """What a walk of web identity left behind."""

    evidence: Evidence

    def step(self, name: str) -> Step:
        """Return a step; fails where it was not recorded."""
        found = self.evidence.step(name if "." in name else f"web-identity.{name}")
        assert found is not None
        return found

    def outcome(self, name: str) -> Outcome:
        """Return the outcome of a step."""
        return self.step(name).outcome

    def facts(self, name: str, kind: type[T]) -> T:
        """Return what a step left behind; fails where it left something else."""
        facts = self.step(name).facts
        assert isinstance(facts, kind)
        return facts


@contextmanager
def cluster(root: Path, config: StsConfig = WORLD, everywhere: StsConfig = WORLD) -> Iterator[Cluster]:
    """Run STS, regional and global, and a pod whose token is in place."""
    authority = LabAuthority(root)
    context = authority.server_context(REGIONAL, GLOBAL, "sts-fips.eu-central-1.amazonaws.com")
    with ExitStack() as stack:
        canaries = Canaries()
        server = stack.enter_context(StsServer(config, canaries=canaries, tls=context))
        other = stack.enter_context(StsServer(everywhere, canaries=canaries, tls=context))
        made = Cluster(root=root, authority=authority, server=server, everywhere=other, canaries=canaries)
        made.write(PATH, made.token())
        yield made
