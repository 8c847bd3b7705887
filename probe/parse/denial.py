"""Denials of AWS, read for what they name: who, which action, on what, and which kind of policy is the reason.

The wordings are those of "Troubleshoot access denied error messages" in the IAM User Guide. A text that names no policy
is older, or of a service or a cross-account call that does not tell.
"""

import re
from enum import StrEnum
from typing import Final

from probe.records import dataclass


class PolicyKind(StrEnum):
    """The kinds of policies that a denial can name."""

    IDENTITY = "identity-based policy"
    SERVICE_CONTROL = "service control policy"
    RESOURCE_CONTROL = "resource control policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    ENDPOINT = "VPC endpoint policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"


@dataclass(frozen=True, kw_only=True)
class Denial:
    """What a denial names; None for what it does not."""

    principal: str | None = None
    """ARN of who was denied."""
    action: str | None = None
    resource: str | None = None
    """ARN, or a pattern of one."""
    policy: PolicyKind | None = None
    is_explicit: bool | None = None
    """Whether a statement denies it (True) or none allows it (False)."""
    policy_arn: str | None = None
    """The policy itself, which newer texts name."""


_WHO: Final = re.compile(r"User: (?P<principal>arn:\S{1,400}) is not authorized to perform: (?P<action>[\w-]+:\w+)")
_RESOURCE: Final = re.compile(r" on resource: (?P<resource>\S{1,400})")
_WHY: Final = re.compile(
    r"(?P<none>because no )?(?P<explicit>with an explicit deny in (?:a|an|the) )?"
    r"(?P<policy>" + "|".join(re.escape(kind) for kind in PolicyKind) + r")"
    r"(?:: (?P<arn>arn:[^\s,]{1,300}))?",
    re.IGNORECASE,
)
_BY_NAME: Final = {kind.lower(): kind for kind in PolicyKind}


def read_denial(message: str | None) -> Denial:
    """Read the text of a denial."""
    text = message or ""
    who, resource = _WHO.search(text), _RESOURCE.search(text)
    why = next((found for found in _WHY.finditer(text) if found["none"] or found["explicit"]), None)
    return Denial(
        principal=who["principal"] if who else None,
        action=who["action"] if who else None,
        resource=resource["resource"].rstrip(".,") if resource else None,
        policy=_BY_NAME[why["policy"].lower()] if why else None,
        is_explicit=bool(why["explicit"]) if why else None,
        policy_arn=why["arn"].rstrip(".") if why and why["arn"] else None,
    )
