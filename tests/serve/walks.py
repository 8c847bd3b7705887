"""Walks as a sidecar would see them, made by hand from a pod with Pod Identity and from whole lab runs."""

import json
from dataclasses import replace
from functools import cache
from typing import Any, cast

from probe.evidence import CHAIN_ORDER, Ending, Evidence, Exchange, Facts, Outcome, Step
from probe.evidence.discovery import FoundValue, Looked, LookedAt
from probe.evidence.kubernetes import AccountFacts
from probe.evidence.needs import AwsAnswer, AwsRead, Permissions
from probe.lab import scenario
from probe.lab.network import LabNetwork
from probe.lab.world import World
from probe.saved import evidence_document, load_evidence
from probe.surroundings import Files, Surroundings
from probe.walk import SKIPPABLE, Options, walk

ALLOWED = AwsAnswer(
    exchange=Exchange(method="POST", url="https://ec2.eu-central-1.amazonaws.com/", status=412, ending=Ending.ANSWERED),
    endpoint="ec2.eu-central-1.amazonaws.com",
    region="eu-central-1",
    service="ec2",
    operation="DescribeInstanceTypes",
    code="DryRunOperation",
)
"""The good answer to a dry run."""


@cache
def walks_of(name: str) -> tuple[Evidence, Evidence]:
    """A whole and a light walk of the same lab world; the whole one as it comes back from a child."""
    with World(scenario.load(name)) as world:
        pod = Surroundings(environment=world.environment, files=Files(root=str(world.root)))
        network = LabNetwork(dial=world.dial, names=world.names, certificates=world.certificates)
        whole, _ = walk(pod, network, Options())
        light, _ = walk(pod, network, Options(skipped=SKIPPABLE))
    document = json.dumps({"schema": 1, "evidence": evidence_document(whole)})
    return load_evidence(document.encode()), light


def with_step(walked: Evidence, step_id: str, outcome: Outcome | None = None, **facts: object) -> Evidence:
    """A walk in which one step says something else."""
    step = walked.step(step_id)
    assert step is not None
    changed: Facts | None = (
        replace(step.facts, **cast("Any", facts)) if step.facts is not None and facts else step.facts
    )
    fresh = replace(step, outcome=outcome or step.outcome, facts=changed)
    return with_steps(walked, fresh)


def with_steps(walked: Evidence, *steps: Step) -> Evidence:
    """A walk with some steps exchanged."""
    fresh = {step.id: step for step in steps}
    return replace(walked, steps=tuple(fresh.get(step.id, step) for step in walked.steps))


def at(walked: Evidence, clock: float) -> Evidence:
    """The same walk at another time."""
    return replace(walked, given=replace(walked.given, clock=clock))


def with_beyond(walked: Evidence) -> Evidence:
    """A whole walk that also read Kubernetes and asked for what a controller needs."""
    account = AccountFacts(namespace="kube-system", name="karpenter", role_arn=None)
    read = AwsRead(action="ec2:DescribeInstanceTypes", answer=ALLOWED)
    region = FoundValue(looked_at=(LookedAt(place="AWS_REGION", looked=Looked.FOUND, value="eu-central-1"),))
    beyond = (
        Step(id="kubernetes.service-account", outcome=Outcome.OK, facts=account),
        Step(id="needs.region", outcome=Outcome.OK, facts=region),
        Step(id="needs.permissions", outcome=Outcome.OK, facts=Permissions(reads=(read,))),
        Step(id="needs.subnets", outcome=Outcome.SKIPPED, reason="the VPC's id is not known"),
    )
    steps = sorted((*walked.steps, *beyond), key=lambda step: CHAIN_ORDER.index(step.id))
    return replace(walked, steps=tuple(steps), wanted=replace(walked.wanted, controller="karpenter"))
