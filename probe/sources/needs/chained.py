"""`needs.chained-role`: one attempt to assume the role that comes after the pod's own.

AssumeRole changes nothing. The session is the shortest there is, and its keys are dropped unread.
"""

from probe.evidence import ChainedRole, Outcome, Permission, Source
from probe.records import dataclass
from probe.sources.needs.keys import NO_EXPECTED_KEYS, KeysOf, expected_keys
from probe.sources.needs.reads import NO_KEYS, aws_read
from probe.walk import Done, Walk

STEP = "needs.chained-role"
SESSION_SECONDS = 900
_SOURCES = {
    "Environment": Source.ENVIRONMENT,
    "EcsContainer": Source.CONTAINER,
    "Ec2InstanceMetadata": Source.IMDS,
}
"""`credential_source` of a profile."""


@dataclass(frozen=True, kw_only=True)
class _Target:
    arn: str
    told_by: str
    external_id: str | None
    keys_of: Source | None
    """The source that a profile names; None for the expected one."""


def walk_chained_role(walk: Walk) -> None:
    """Walk the step where --assume or the profile in use names a role."""
    target = _target(walk)
    if target is None:
        return
    keys = _keys(walk, target)
    if keys is None:
        walk.skip(NO_KEYS if target.keys_of else NO_EXPECTED_KEYS, STEP)
        return
    walk.step(STEP, lambda: _assume(walk, target, keys))


def _target(walk: Walk) -> _Target | None:
    wanted = walk.options.wanted.assume_role_arn
    if wanted is not None:
        external_id = walk.options.external_id
        return _Target(
            arn=wanted,
            told_by="--assume",
            external_id=external_id.reveal() if external_id else None,
            keys_of=None,
        )
    arn, source = walk.shared.setting("role_arn"), walk.shared.setting("credential_source")
    if arn is None or source not in _SOURCES:
        return None
    name = walk.shared.selected.name if walk.shared.selected else "default"
    external_id_of_profile = walk.shared.setting("external_id")
    return _Target(arn=arn, told_by=f"profile {name}", external_id=external_id_of_profile, keys_of=_SOURCES[source])


def _keys(walk: Walk, target: _Target) -> KeysOf | None:
    """Return the keys to ask with; never those of another role than the pod's: its answer would be another one."""
    if target.keys_of is None:
        return expected_keys(walk)
    keys = walk.offered(target.keys_of)
    return None if keys is None else KeysOf(source=target.keys_of, keys=keys)


def _assume(walk: Walk, target: _Target, keys: KeysOf) -> Done[None]:
    parameters = {
        "RoleArn": target.arn,
        "RoleSessionName": "credential-probe",
        "DurationSeconds": SESSION_SECONDS,
    }
    if target.external_id:
        parameters["ExternalId"] = walk.keep(target.external_id).reveal()
    read, result = aws_read(walk, "sts", "AssumeRole", parameters, keys=keys)
    facts = ChainedRole(
        read=read,
        target=walk.redactor.clean(target.arn, 300),
        told_by=target.told_by,
        caller=keys.arn,
        with_external_id=target.external_id is not None,
    )
    if read.permission is Permission.UNKNOWN:
        return Done(outcome=Outcome.SKIPPED, facts=facts, reason=read.reason)
    if result is not None and not isinstance(result.get("Credentials"), dict):
        return Done(outcome=Outcome.SKIPPED, facts=facts, reason="STS' answer holds no session")
    return Done(outcome=Outcome.OK if read.permission is Permission.ALLOWED else Outcome.FAIL, facts=facts)
