"""`needs.instance`: the metadata options of the node's instance, where token PUTs got no answer."""

import re
from typing import Any

from probe.evidence import InstanceMetadata, InstanceOptions, NodeFacts, Outcome
from probe.sources.needs.keys import KeysOf, any_keys
from probe.sources.needs.reads import NO_KEYS, aws_read
from probe.walk import Done, Walk

STEP = "needs.instance"
_INSTANCE = re.compile(r"i-[0-9a-f]{8,17}", re.ASCII)
_BY_ADDRESS = re.compile(r"ip-[0-9]{1,3}(?:-[0-9]{1,3}){3}\.[a-z0-9.-]{1,80}", re.ASCII)


def walk_instance(walk: Walk) -> None:
    """Walk the step where IMDS does not answer as it should."""
    if walk.outcome("imds.token") is not Outcome.FAIL:
        return
    parameters, keys = _selection(walk), any_keys(walk)
    if parameters is None:
        walk.skip("neither the instance's id nor the node's name is known", STEP)
    elif keys is None:
        walk.skip(f"{NO_KEYS}; ec2:DescribeInstances takes some", STEP)
    else:
        walk.step(STEP, lambda: _options(walk, parameters, keys))


def _selection(walk: Walk) -> dict[str, Any] | None:
    """Say which instance: by its id, else by the name that EC2 gave the node, which another VPC may give as well."""
    told, of_node = walk.facts("imds.metadata"), walk.facts("kubernetes.node")
    node = walk.given.pod.node or ""
    found = told.instance_id if isinstance(told, InstanceMetadata) else None
    found = found or (of_node.instance_id if isinstance(of_node, NodeFacts) else None)
    instance_id = found or node.partition(".")[0]
    if _INSTANCE.fullmatch(instance_id):
        return {"InstanceIds": [instance_id]}
    if _BY_ADDRESS.fullmatch(node):
        return {"Filters": [{"Name": "private-dns-name", "Values": [node]}]}
    return None


def _options(walk: Walk, parameters: dict[str, Any], keys: KeysOf) -> Done[None]:
    read, result = aws_read(walk, "ec2", "DescribeInstances", parameters, keys=keys)
    groups = (result or {}).get("Reservations") or ()
    instances = [one for group in groups for one in group.get("Instances") or () if _may_run(one)]
    facts = InstanceOptions(read=read)
    if len(instances) != 1:
        shown = f"{len(instances)} instances for it" if instances else "no instance for it"
        reason = read.reason or f"EC2 was asked for this node and shows {shown}"
        return Done(outcome=Outcome.SKIPPED, facts=facts, reason=reason)
    options = instances[0].get("MetadataOptions") or {}
    limit = options.get("HttpPutResponseHopLimit")
    facts = InstanceOptions(
        read=read,
        instance_id=_shaped(instances[0].get("InstanceId")),
        hop_limit=limit if isinstance(limit, int) and 1 <= limit <= 64 else None,
        tokens=_one_of(options.get("HttpTokens"), "required", "optional"),
        endpoint=_one_of(options.get("HttpEndpoint"), "enabled", "disabled"),
    )
    return Done(outcome=Outcome.OK, facts=facts)


def _may_run(instance: dict[str, Any]) -> bool:
    """Whether a pod may be on it: one that was stopped keeps its name."""
    return ((instance.get("State") or {}).get("Name") or "running") == "running"


def _shaped(value: object) -> str | None:
    return value if isinstance(value, str) and _INSTANCE.fullmatch(value) else None


def _one_of(value: object, *known: str) -> str | None:
    return value if isinstance(value, str) and value in known else None
