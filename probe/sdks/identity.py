"""Whom a program would run as: the ARN that STS told the walk for the same keys, or what can be known of it."""

from probe.evidence import InstanceMetadata, RoleListing, SelectedProfile, Source, StsAnswers, WebIdentityVariables
from probe.parse.arn import ArnProblem, partition_of_region, read_role_arn
from probe.sdks.view import View

SESSION = "AWS_ROLE_SESSION_NAME"
_VARIES = "…"


def identity_of(view: View, source: Source, hint: str | None) -> str | None:
    """Return the ARN of a source's keys; `hint` is their id's, where it is known. None where nobody asked STS."""
    if source is Source.WEB_IDENTITY:
        return _session_of_token(view)
    if not _same_keys(view, source, hint):
        return None
    answers = view.evidence.facts(f"identity.{source}", StsAnswers)
    told = (answers.first.arn or (answers.second.arn if answers.second else None)) if answers else None
    return told or (_node(view) if source is Source.IMDS else None)


def _same_keys(view: View, source: Source, hint: str | None) -> bool:
    """Whether the walk asked STS about these keys: the shared files may hold several, and so may the environment."""
    if source is Source.ENVIRONMENT:
        return view.keys.has_access_key and view.keys.has_secret
    if source is not Source.SHARED_CONFIG:
        return True
    selected = view.evidence.facts("shared-config.profile", SelectedProfile)
    return selected is not None and hint is not None and selected.access_key_hint == hint


def _session_of_token(view: View) -> str | None:
    """Return the assumed role. Each SDK makes up a session name of its own, unless the variable gives one."""
    walked = view.evidence.facts("web-identity.variables", WebIdentityVariables)
    role = read_role_arn(walked.role_arn) if walked is not None and walked.role_arn else None
    if role is None or isinstance(role, ArnProblem):
        return None
    session = view.value(SESSION) or _VARIES
    return f"arn:{role.partition}:sts::{role.account}:assumed-role/{role.name}/{session}"


def _node(view: View) -> str | None:
    """Return the instance's own session, whose name is the instance id."""
    listing = view.evidence.facts("imds.role", RoleListing)
    if listing is None or listing.role is None:
        return None
    instance = view.evidence.facts("imds.metadata", InstanceMetadata)
    partition = partition_of_region(instance.region) if instance and instance.region else None
    account = instance.account if instance else None
    name = (instance.instance_id if instance else None) or "i-…"
    return f"arn:{partition or _VARIES}:sts::{account or _VARIES}:assumed-role/{listing.role}/{name}"
