"""A walk that has its keys already, and the lab's AWS services on loopback behind one overridden endpoint."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from probe.evidence import Outcome, Source, Step, Wanted
from probe.lab.network import LabNetwork
from probe.lab.servers import BoundTo, Canaries, mint_credentials, mint_token
from probe.lab.servers.aws_api import AwsApiServer
from probe.lab.servers.aws_api_config import AwsConfig
from probe.secret import Secret
from probe.surroundings import Files, Surroundings
from probe.walk import Done, Options, SourceWalker, Walk
from tests.wire.test_sts import live

ADDRESS = "198.51.100.20"
ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE"
ENDPOINT = {"AWS_ENDPOINT_URL": f"http://{ADDRESS}", "AWS_REGION": "eu-central-1"}
LBC = Wanted(source="environment", controller="aws-load-balancer-controller", controller_version="2.9.0")

F = TypeVar("F")


@dataclass(kw_only=True)
class Asked:
    """What a walk after the chain came to."""

    steps: dict[str, Step]
    calls: list[str | None]
    canaries: tuple[str, ...]

    def facts(self, step_id: str, kind: type[F]) -> F:
        """Return what a step left behind."""
        facts = self.steps[step_id].facts
        assert isinstance(facts, kind)
        return facts

    def outcome(self, step_id: str) -> tuple[Outcome, str | None]:
        """Return what a step came to, and why."""
        return self.steps[step_id].outcome, self.steps[step_id].reason


@dataclass(kw_only=True)
class Pod:
    """A pod whose chain has been walked."""

    root: Path
    config: AwsConfig = field(default_factory=AwsConfig)
    environment: dict[str, str] = field(default_factory=lambda: dict(ENDPOINT))
    wanted: Wanted = LBC
    gives: tuple[Source, ...] = (Source.ENVIRONMENT,)
    """The sources that gave keys."""
    refused: tuple[Source, ...] = ()
    """Those whose keys STS refuses."""
    before: tuple[Step, ...] = ()
    """Steps of the chain that a check looks at."""
    external_id: str | None = None
    session: str = "one"

    def after_the_chain(self, walker: SourceWalker) -> Asked:
        """Walk it."""
        canaries = Canaries()
        with self._world(canaries) as (walk, server):
            walker(walk)
            steps = {step.id: step for step in walk.close()}
        calls = sorted(filter(None, (request.action for request in server.requests)))
        return Asked(steps=steps, calls=[*calls], canaries=canaries.values())

    @contextmanager
    def walk(self) -> Iterator[Walk]:
        """Give the walk itself, before anything is asked."""
        with self._world(Canaries()) as (walk, _):
            yield walk

    @contextmanager
    def _world(self, canaries: Canaries) -> Iterator[tuple[Walk, AwsApiServer]]:
        minted = {
            source: mint_credentials(canaries, role=f"of-{source}", session=self.session) for source in self.gives
        }
        config = replace(self.config, known_keys=tuple(minted.values()))
        with AwsApiServer(config, canaries=canaries) as server:
            walk = Walk(
                Surroundings(environment=self.environment, files=Files(root=str(self.root))),
                LabNetwork(dial={f"{ADDRESS}:80": str(server.port)}),
                Options(wanted=self.wanted, external_id=Secret(self.external_id) if self.external_id else None),
            )
            for source, keys in minted.items():
                walk.offer(source, live(keys))
                walk.settle(f"identity.{source}", Done(outcome=Outcome.OK))
            for source in self.refused:
                walk.settle(f"identity.{source}", Done(outcome=Outcome.FAIL))
            for step in self.before:
                walk.settle(step.id, Done(outcome=step.outcome, facts=step.facts))
            yield walk, server


def with_a_service_account(root: Path) -> None:
    """Put the token into the pod that tells its ServiceAccount."""
    token = root / "var/run/secrets/kubernetes.io/serviceaccount/token"
    token.parent.mkdir(parents=True)
    bound = BoundTo(namespace="kube-system", serviceaccount="controller", pod="controller-1")
    subject = "system:serviceaccount:kube-system:controller"
    token.write_text(mint_token(Canaries(), issuer=ISSUER, subject=subject, kubernetes=bound))
