"""The one fact of a step beside the chain: what Kubernetes said, what AWS answered for the controller."""

from collections.abc import Iterable

from probe.evidence.discovery import FoundValue, Looked, Subnets
from probe.evidence.kubernetes import (
    AccountFacts,
    AgentFacts,
    KubernetesAccess,
    NodeFacts,
    PodFacts,
    PolicyList,
    WebhookFacts,
)
from probe.evidence.needs import (
    AwsRead,
    ChainedRole,
    Endpoints,
    IdentityProviders,
    InstanceOptions,
    Permission,
    Permissions,
    PodIdentityAssociations,
    WritePermissions,
)
from probe.evidence.trust import RoleTrust
from probe.tell.text.key_fact import key_fact
from probe.tell.units import counted

ALLOWED = "allowed"
"""How the policy simulator says yes."""


@key_fact.register
def _(facts: KubernetesAccess, clock: float) -> str:
    del clock
    return f"{facts.host}:{facts.port}" if facts.host else ""


@key_fact.register
def _(facts: AccountFacts, clock: float) -> str:
    del clock
    name = f"{facts.namespace}/{facts.name}"
    if not facts.exists:
        return f"there is no {name}"
    return f"{name}: {facts.role_arn if facts.role_arn is not None else 'no role is annotated'}"


@key_fact.register
def _(facts: PodFacts, clock: float) -> str:
    del clock
    network = "on the host network" if facts.host_network else None
    injected = f"injected: {', '.join(facts.volumes)}" if facts.volumes else "nothing is injected"
    return _joined([f"{facts.namespace}/{facts.name}", network, injected])


@key_fact.register
def _(facts: NodeFacts, clock: float) -> str:
    del clock
    return _joined([facts.name, facts.os_image, facts.instance_id])


@key_fact.register
def _(facts: AgentFacts, clock: float) -> str:
    del clock
    if not facts.pods:
        there = {True: ", the DaemonSet exists", False: ", and no DaemonSet", None: ""}[facts.daemon_set]
        return f"no agent on {facts.node}{there}"
    told = [f"{pod.name} is {'ready' if pod.ready else pod.waiting or pod.phase or 'not ready'}" for pod in facts.pods]
    return _joined(told[:3])


@key_fact.register
def _(facts: WebhookFacts, clock: float) -> str:
    del clock
    if not facts.exists:
        return f"there is no {facts.name}"
    differs = facts.sibling_authority is not None and facts.sibling_authority != facts.authority
    return _joined([facts.name, f"not the caBundle of {facts.sibling}" if differs else None])


@key_fact.register
def _(facts: PolicyList, clock: float) -> str:
    del clock
    names = ", ".join(one.name for one in facts.policies[:3])
    which = f"{counted(len(facts.policies), 'policy', 'policies')} on what leaves this pod: {names}"
    return which if facts.policies else f"none of {facts.seen} restricts what leaves this pod"


@key_fact.register
def _(facts: FoundValue, clock: float) -> str:
    del clock
    if facts.value is not None:
        missing = ", and EC2 knows no such VPC" if facts.exists is False else ""
        return f"{facts.value}, from {facts.told_by}{missing}"
    return "; ".join(f"{one.place}: {_LOOKED[one.looked]}" for one in facts.looked_at) or "nowhere to look"


_LOOKED = {
    Looked.FOUND: "found",
    Looked.NOT_GIVEN: "not given",
    Looked.NO_ANSWER: "no answer",
    Looked.NO_MATCH: "nothing matches",
    Looked.SEVERAL: "more than one matches",
    Looked.REFUSED: "refused",
    Looked.UNKNOWN: "not known",
}


@key_fact.register
def _(facts: Endpoints, clock: float) -> str:
    del clock
    missed = [one.endpoint.host for one in facts.reached if not one.is_reached]
    reached = f"{len(facts.reached) - len(missed)} of {len(facts.reached)} reached"
    return _joined([reached, f"not {', '.join(missed[:3])}" if missed else None])


@key_fact.register
def _(facts: Permissions, clock: float) -> str:
    del clock
    return _counts([one.permission for one in facts.reads])


@key_fact.register
def _(facts: WritePermissions, clock: float) -> str:
    del clock
    if not facts.actions:
        return read_in_words(facts.read)
    return _counts([Permission.ALLOWED if one.decision == ALLOWED else Permission.DENIED for one in facts.actions])


@key_fact.register
def _(facts: IdentityProviders, clock: float) -> str:
    del clock
    there = {True: "the token's issuer is among them", False: "the token's issuer is not among them"}
    told = there.get(facts.has_issuer) if facts.has_issuer is not None else None
    return f"{counted(facts.count or 0, 'provider')}: {told}" if told else read_in_words(facts.read)


@key_fact.register
def _(facts: PodIdentityAssociations, clock: float) -> str:
    del clock
    if facts.exists is None:
        return read_in_words(facts.read)
    return facts.association_id or "there is one" if facts.exists else f"none in {facts.cluster or 'the cluster'}"


@key_fact.register
def _(facts: InstanceOptions, clock: float) -> str:
    del clock
    if facts.hop_limit is None:
        return read_in_words(facts.read)
    return _joined([f"hop limit {facts.hop_limit}", f"tokens {facts.tokens}", f"endpoint {facts.endpoint}"])


@key_fact.register
def _(facts: ChainedRole, clock: float) -> str:
    del clock
    return f"{facts.target}: {read_in_words(facts.read)}"


@key_fact.register
def _(facts: Subnets, clock: float) -> str:
    del clock
    more = "" if facts.complete else " or more"
    known = facts.read.permission is Permission.ALLOWED
    return f"{counted(len(facts.subnets), 'subnet')}{more} in {facts.vpc_id}" if known else read_in_words(facts.read)


@key_fact.register
def _(facts: RoleTrust, clock: float) -> str:
    del clock
    if facts.read.permission is not Permission.ALLOWED:
        return read_in_words(facts.read)
    problem = f", which cannot be read: {facts.problem}" if facts.problem else ""
    return f"{facts.found_arn or facts.role_arn}: {counted(len(facts.statements), 'statement')}{problem}"


def read_in_words(read: AwsRead) -> str:
    """Return what became of one call, and which permission it takes."""
    if read.permission is Permission.ALLOWED:
        return f"{read.action} allowed"
    if read.permission is Permission.DENIED:
        return f"{read.action} denied"
    code = read.answer.code if read.answer is not None else None
    return f"{read.action}: {read.reason or code or 'no answer'}"


def _counts(permissions: list[Permission]) -> str:
    told = [(permissions.count(one), one) for one in Permission]
    return ", ".join(f"{number} {one}" for number, one in told if number)


def _joined(parts: Iterable[str | None]) -> str:
    return ", ".join(part for part in parts if part)
