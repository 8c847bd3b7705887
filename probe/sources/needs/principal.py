"""The role behind a session."""

import re

from probe.evidence import WebIdentityVariables
from probe.walk import Walk

_SESSION = re.compile(r"arn:(?P<partition>[a-z-]+):sts::(?P<account>[0-9]{12}):assumed-role/(?P<name>[^/]+)/.+")


def role_behind(walk: Walk, arn: str | None) -> str | None:
    """Return the ARN of the role that a session's ARN names; None for what is no session of a role.

    A session's ARN leaves the role's path out: only where the pod names the role itself is it known.
    """
    session = _SESSION.fullmatch(arn or "")
    if session is None:
        return None
    end = f"/{session['name']}"
    start = f"arn:{session['partition']}:iam::{session['account']}:role/"
    for told in _named(walk):
        if told and told.startswith(start) and told.endswith(end):
            return told
    return f"{start}{session['name']}"


def _named(walk: Walk) -> tuple[str | None, ...]:
    variables = walk.facts("web-identity.variables")
    configured = variables.role_arn if isinstance(variables, WebIdentityVariables) else None
    return walk.options.wanted.role_arn, configured


def account_of(arn: str | None) -> str | None:
    """Return the account in an ARN."""
    parts = (arn or "").split(":")
    return parts[4] if len(parts) > 5 else None
