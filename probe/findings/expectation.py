"""Which source the pod is meant to use: what the user said, else what the configuration shows."""

from probe.evidence import (
    AccountFacts,
    ContainerVariables,
    Evidence,
    KeysInEnvironment,
    Outcome,
    SelectedProfile,
    Source,
    WebIdentityVariables,
)
from probe.report import Expected


def expectation(evidence: Evidence) -> Expected:
    """Return what the verdict is measured against, and say when it was inferred."""
    wanted = evidence.wanted
    if wanted.source is not None:
        return Expected(source=wanted.source, role_arn=wanted.role_arn, inferred=False, because="--expect says so")
    source, because = _inferred(evidence)
    return Expected(source=source, role_arn=wanted.role_arn, inferred=True, because=because)


def _inferred(evidence: Evidence) -> tuple[Source, str]:
    """Injected identities come first: whoever annotated a ServiceAccount or made an association meant it.

    Static keys and profiles are often leftovers that shadow it, so they count only where nothing is injected.
    """
    web_identity = evidence.facts("web-identity.variables", WebIdentityVariables)
    container = evidence.facts("container.variables", ContainerVariables)
    # A role without a token file is a leftover to every SDK; it speaks for web identity only where nothing else does.
    if web_identity is not None and (web_identity.token_file is not None or container is None):
        return Source.WEB_IDENTITY, "web identity is configured"
    if container is not None:
        return Source.CONTAINER, "a container credential endpoint is configured"
    keys = evidence.facts("environment.keys", KeysInEnvironment)
    if keys is not None and (keys.has_access_key or keys.has_secret):
        return Source.ENVIRONMENT, "static keys are in the environment and no identity is injected"
    profile = evidence.facts("shared-config.profile", SelectedProfile)
    if profile is not None and evidence.outcome("shared-config.profile") is not Outcome.ABSENT:
        return Source.SHARED_CONFIG, "a profile is configured and no identity is injected"
    account = evidence.facts("kubernetes.service-account", AccountFacts)
    if account is not None and account.role_arn:
        return Source.WEB_IDENTITY, "the ServiceAccount names a role, and nothing is configured in the container"
    return Source.IMDS, "nothing else is configured, so every SDK ends at IMDS"
