"""`needs.write-permissions`: the actions that change something, asked of IAM's policy simulator and of nobody else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from probe.controllers import Chosen
from probe.evidence import Outcome, SimulatedAction, WritePermissions
from probe.sources.needs.keys import KeysOf
from probe.sources.needs.principal import role_behind
from probe.sources.needs.reads import aws_read
from probe.sources.needs.region import region_of
from probe.walk import Done, Walk

STEP = "needs.write-permissions"
DECISIONS = ("allowed", "implicitDeny", "explicitDeny")
"""Best first: an action that some resource of the right kind allows is allowed."""
_MOST = 60
"""Actions of one call. A whole answer stays far below the bound of an answer."""
_RESOURCES: Mapping[str, tuple[str, ...]] = {
    "ec2": (
        *(
            "instance/i-0123456789abcdef0",
            "network-interface/eni-0123456789abcdef0",
            "security-group/sg-0123456789abcdef0",
        ),
        *("subnet/subnet-0123456789abcdef0", "vpc/vpc-0123456789abcdef0", "volume/vol-0123456789abcdef0"),
        *("snapshot/snap-0123456789abcdef0", "launch-template/lt-0123456789abcdef0"),
    ),
    "elasticloadbalancing": (
        *("loadbalancer/app/k8s-example/0123456789abcdef", "loadbalancer/net/k8s-example/0123456789abcdef"),
        *("targetgroup/k8s-example/0123456789abcdef",),
        *("listener/app/k8s-example/0123456789abcdef/0123456789abcdef",),
        *("listener-rule/app/k8s-example/0123456789abcdef/0123456789abcdef/0123456789abcdef",),
    ),
}
"""Resources that could exist, without the front of their ARNs. A policy for one kind of resource does not allow `*`."""


def walk_write_permissions(walk: Walk, controller: Chosen, keys: KeysOf) -> None:
    """Walk `needs.write-permissions`."""
    actions = tuple(one.action for one in controller.of(controller.profile.writes))[:_MOST]
    role = role_behind(walk, keys.arn)
    if not actions:
        return
    if role is None:
        walk.skip("whose keys these are is not known, or they are no role's", STEP)
        return
    walk.step(STEP, lambda: _simulated(walk, actions, role, keys))


def _simulated(walk: Walk, actions: Sequence[str], role: str, keys: KeysOf) -> Done[None]:
    """Ask once for each service, because the resources that are tried are its own."""
    found: list[SimulatedAction] = []
    known = region_of(walk)
    region, read = known.name if known else "us-east-1", None
    for service in dict.fromkeys(action.partition(":")[0] for action in actions):
        of_service = [action for action in actions if action.startswith(f"{service}:")]
        parameters = {
            "PolicySourceArn": role,
            "ActionNames": of_service,
            "ResourceArns": _resources(service, role, region),
            "MaxItems": 1000,
        }
        read, result = aws_read(walk, "iam", "SimulatePrincipalPolicy", parameters, keys=keys)
        if result is None:
            reason = read.reason or ""
            return Done(outcome=Outcome.SKIPPED, reason=reason, facts=WritePermissions(read=read, principal=role))
        found += _actions(walk, result, of_service)
    if read is None or not found:
        return Done(outcome=Outcome.SKIPPED, reason="the policy simulator told nothing")
    facts = WritePermissions(read=read, principal=role, actions=tuple(found))
    is_sure = {one.action for one in found if one.decision == "allowed"} == set(actions)
    return Done(outcome=Outcome.OK if is_sure else Outcome.WARN, facts=facts, reason=_open(actions, found))


def _open(asked: Sequence[str], found: Sequence[SimulatedAction]) -> str | None:
    """Say of which actions nothing is known: not told at all, or denied for a condition whose key has no value."""
    told = {one.action for one in found if one.decision == "allowed" or not one.missing_context}
    unknown = [action for action in asked if action not in told]
    return f"the policy simulator does not decide {', '.join(unknown)}" if unknown else None


def _resources(service: str, role: str, region: str) -> list[str]:
    _, partition, _, _, account, _ = role.split(":", 5)
    front = f"arn:{partition}:{service}:{region}:{account}:"
    return ["*", *(f"{front}{one}" for one in _RESOURCES.get(service, ()))]


def _actions(walk: Walk, result: Mapping[str, Any], asked: Sequence[str]) -> Iterable[SimulatedAction]:
    """Return what is told of each action that was asked about."""
    for one in result.get("EvaluationResults") or ():
        name = one.get("EvalActionName")
        if name not in asked:
            continue
        parts = [one, *(one.get("ResourceSpecificResults") or ())]
        decisions = {part.get("EvalDecision") or part.get("EvalResourceDecision") for part in parts}
        decision = next((known for known in DECISIONS if known in decisions), None)
        missing = {key for part in parts for key in part.get("MissingContextValues") or () if isinstance(key, str)}
        if decision is not None:
            yield SimulatedAction(
                action=name,
                decision=decision,
                missing_context=tuple(walk.redactor.clean(key, 100) for key in sorted(missing)[:10]),
                allowed_by_organization=_flag(one, "OrganizationsDecisionDetail", "AllowedByOrganizations"),
                allowed_by_boundary=_flag(one, "PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary"),
            )


def _flag(one: Mapping[str, Any], detail: str, name: str) -> bool | None:
    told = (one.get(detail) or {}).get(name)
    return told if isinstance(told, bool) else None
