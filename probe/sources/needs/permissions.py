"""`needs.permissions` and `needs.write-permissions`: what the expected source's keys may do.

Reads are simply made, in their smallest form, or with DryRun. Of what changes something, only the policy simulator can
be asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from probe.controllers import Chosen
from probe.controllers.arguments import Arguments
from probe.controllers.profile import Read, Setting
from probe.evidence import AwsRead, Decoded, Outcome, Permission, Permissions
from probe.sources.needs.decoding import decode
from probe.sources.needs.keys import NO_EXPECTED_KEYS, KeysOf, expected_keys
from probe.sources.needs.reads import Call, Made, make
from probe.sources.needs.region import controller_of
from probe.sources.needs.simulation import walk_write_permissions
from probe.sources.web_identity_path import together
from probe.walk import Done, Walk

STEP = "needs.permissions"
WRITE_STEP = "needs.write-permissions"


def walk_permissions(walk: Walk) -> None:
    """Walk both steps, at the same time."""
    controller, keys = controller_of(walk), expected_keys(walk)
    if controller is None:
        return
    if keys is None:
        walk.skip(NO_EXPECTED_KEYS, STEP, WRITE_STEP)
        return
    together([partial(_walk_reads, walk, controller, keys), partial(walk_write_permissions, walk, controller, keys)])


def _walk_reads(walk: Walk, controller: Chosen, keys: KeysOf) -> None:
    arguments = Arguments(walk.options.wanted.controller_arguments)
    variables = walk.surroundings.environment
    made = [one for one in controller.profile.reads if controller.makes(one, arguments, variables)]
    reads = [replace(one, essential=one.essential and controller.surely_makes(one, arguments)) for one in made]
    if not reads:
        walk.absent(STEP, reason="the profile names no call, or none that is made with these flags")
        return
    walk.step(STEP, lambda: _permissions(walk, reads, keys))


def _permissions(walk: Walk, reads: Sequence[Read], keys: KeysOf) -> Done[None]:
    made = together([partial(_made, walk, one, keys) for one in reads])
    facts = Permissions(reads=tuple(one.read for one in made), identity=keys.arn, decoded=_decoded(walk, made, keys))
    return Done(outcome=_outcome(facts.reads), facts=facts, reason=_reason(facts.reads))


def _outcome(reads: Sequence[AwsRead]) -> Outcome:
    found = {one.permission for one in reads}
    if any(one.permission is Permission.DENIED and one.essential for one in reads):
        return Outcome.FAIL
    if found == {Permission.UNKNOWN}:
        return Outcome.SKIPPED
    return Outcome.OK if found == {Permission.ALLOWED} else Outcome.WARN


def _reason(reads: Sequence[AwsRead]) -> str | None:
    """Say why some permissions could not be found out."""
    reasons = dict.fromkeys(one.reason for one in reads if one.permission is Permission.UNKNOWN and one.reason)
    return "; ".join(filter(None, reasons))[:300] or None


def _made(walk: Walk, read: Read, keys: KeysOf) -> Made:
    parameters = filled(walk, read.parameters)
    if isinstance(parameters, Setting):
        reason = f"{read.action} was not tried, because {parameters.what} is not known"
        untried = AwsRead(
            action=read.action, keys_of=keys.source, reason=reason, why=read.why, essential=read.essential
        )
        return Made(read=untried)
    call = Call(
        service=read.service,
        operation=read.operation,
        parameters={**parameters, "DryRun": True} if read.dry_run else parameters,
        action=read.action,
        region=read.region,
        why=read.why,
        essential=read.essential,
    )
    return make(walk, call, keys)


def filled(walk: Walk, parameters: Mapping[str, object]) -> dict[str, Any] | Setting:
    """Put what the deployment tells into a call's parameters; return the first setting that nothing tells."""
    ready: dict[str, Any] = {}
    for name, value in parameters.items():
        parts = value if isinstance(value, (list, tuple)) else [value]
        known = [setting_of(walk, part) if isinstance(part, Setting) else part for part in parts]
        if None in known:
            return next(part for part in parts if isinstance(part, Setting) and setting_of(walk, part) is None)
        ready[name] = known if isinstance(value, (list, tuple)) else known[0]
    return ready


def setting_of(walk: Walk, setting: Setting) -> str | None:
    """Return what the deployment says of a setting: its flag, else its variable."""
    told = Arguments(walk.options.wanted.controller_arguments).value(setting.flag) if setting.flag else None
    return told or (walk.surroundings.get(setting.variable) if setting.variable else None)


def _decoded(walk: Walk, made: Sequence[Made], keys: KeysOf) -> Decoded | None:
    """Have the first encoded denial decoded; not by STS, where the user keeps it out."""
    if not walk.options.sts_allowed:
        return None
    first = next((one.encoded for one in made if one.encoded and one.read.permission is Permission.DENIED), None)
    return None if first is None else decode(walk, first, keys)
