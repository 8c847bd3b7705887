"""Walks as a sidecar would see them, made by hand from a pod with Pod Identity and from whole lab runs."""

import json
from dataclasses import replace
from functools import cache
from typing import Any, cast

from probe.evidence import Evidence, Facts, Outcome, Step
from probe.lab import scenario
from probe.lab.network import LabNetwork
from probe.lab.world import World
from probe.saved import evidence_document, load_evidence
from probe.surroundings import Files, Surroundings
from probe.walk import SKIPPABLE, Options, walk


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
